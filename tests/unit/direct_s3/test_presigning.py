"""Signed addresses, by botocore as the oracle."""

from __future__ import annotations

import random
from secrets import token_hex
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.session import Session

from storage_core.backends.drivers.direct.s3.endpoint import Addressing, Endpoint, endpoint_of
from storage_core.backends.drivers.direct.s3.presigning import presigned
from storage_core.backends.drivers.direct.s3.sigv4 import Keys, Signer
from tests.unit.direct_s3.test_sigv4 import HOSTS, REGIONS, texts

MOMENTS = 40
ADDRESSES = 25
"""In each moment."""


def test_signed_addresses_are_those_of_botocore() -> None:
    rng = random.Random(20261129)
    for _ in range(MOMENTS):
        given = Keys(texts(rng, 20) + "k", token_hex(20), rng.choice([None, token_hex(30) + "+/="]))
        signer = Signer(given)
        with time_machine.travel(rng.randint(0, 4_000_000_000), tick=False):
            for _ in range(ADDRESSES):
                region, host = rng.choice(REGIONS), rng.choice(HOSTS)
                folder = rng.choice(["", "/bucket"])
                path = quote(f"/{texts(rng, 30)}x", safe="/~")
                seconds = rng.randint(1, 604_800)
                theirs = AWSRequest("GET", f"https://{host}{folder}{path}")
                S3SigV4QueryAuth(Credentials(*given), "s3", region, expires=seconds).add_auth(
                    theirs
                )
                endpoint = Endpoint(f"https://{host}", host, folder, region)
                ours = presigned(signer, endpoint, path, {}, seconds)
                assert apart(ours) == apart(theirs.url)


def apart(url: str) -> tuple[str, set[str]]:
    """An address, and the parts of its query: their order is not signed."""
    where, _, query = url.partition("?")
    return where, {*query.split("&")}


@pytest.mark.parametrize("token", [None, "a+/= token"])
@pytest.mark.parametrize(
    ("bucket", "addressing"),
    [
        ("acme", Addressing(region="eu-west-1")),
        ("acme", Addressing(region="us-east-1")),
        ("acme.with.dots", Addressing(region="eu-west-1", style="path")),
        ("acme", Addressing(region="eu-west-1", style="path")),
        ("acme", Addressing(region="eu-west-1", dual_stack=True)),
        ("acme", Addressing(region="cn-north-1")),
        ("acme", Addressing(endpoint_url="http://127.0.0.1:9000")),
        ("acme", Addressing(region="x", endpoint_url="https://minio.example.com:443/base")),
        ("acme", Addressing(region="x", endpoint_url="https://s3.example.com", style="virtual")),
    ],
)
def test_whole_addresses_are_those_of_a_client_of_botocore(
    bucket: str, addressing: Addressing, token: str | None
) -> None:
    keys = Keys("AKIAEXAMPLE", token_hex(20), token)
    name = "pre fix/results/a+b ~ü%20"
    options: dict[str, Any] = {"use_dualstack_endpoint": addressing.dual_stack}
    # Otherwise botocore has the host of AWS without a region, which sends on to the right one.
    options["addressing_style"] = addressing.style or (
        "path" if addressing.endpoint_url else "virtual"
    )
    with time_machine.travel(1_800_000_000, tick=False):
        client = Session().create_client(
            "s3",
            region_name=addressing.region or "us-east-1",
            endpoint_url=addressing.endpoint_url,
            aws_access_key_id=keys.key,
            aws_secret_access_key=keys.secret,
            aws_session_token=keys.token,
            config=Config(signature_version="s3v4", s3=options),
        )
        theirs = client.generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": name}, ExpiresIn=3600
        )
        path = quote(f"/{name}", safe="/~")
        endpoint = endpoint_of(bucket, addressing)
        ours = presigned(Signer(keys), endpoint, path, {}, 3600)
    assert apart(ours) == apart(theirs)
