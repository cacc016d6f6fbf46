#!/usr/bin/env bash
# botocore 1.43.117: where addressing_style is virtual and the endpoint is an IP address, a bucket with a dot in its name is asked at a host that cannot be.
#
# Expected: no name can stand in front of an IP address, so that buckets are asked by their path there, as a bucket without
#           a dot is.
# Seen:     one with a dot becomes the beginning of the address over http: with.dots.127.0.0.1, with.dots.[::1]. Over https,
#           where no certificate fits a name with more dots, it is asked by its path.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install botocore==1.43.117

expect <<'OUT'
plain at http://127.0.0.1:9000: http://127.0.0.1:9000/plain/key
with.dots at http://127.0.0.1:9000: http://with.dots.127.0.0.1:9000/key
with.dots at http://[::1]:9000: http://with.dots.[::1]:9000/key
with.dots at https://127.0.0.1:9000: https://127.0.0.1:9000/with.dots/key
OUT

run <<'PY'
from botocore.config import Config
from botocore.session import Session


class Asked(Exception):
    pass


def ask(request, **_):
    raise Asked(request.url)


for bucket, endpoint in (
    ("plain", "http://127.0.0.1:9000"),
    ("with.dots", "http://127.0.0.1:9000"),
    ("with.dots", "http://[::1]:9000"),
    ("with.dots", "https://127.0.0.1:9000"),
):
    client = Session().create_client(
        "s3",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="A",
        aws_secret_access_key="B",
        config=Config(s3={"addressing_style": "virtual"}),
    )
    client.meta.events.register("before-send.s3", ask)
    try:
        client.get_object(Bucket=bucket, Key="key")
    except Asked as asked:
        print(f"{bucket} at {endpoint}: {asked}")
PY
