#!/usr/bin/env bash
# botocore 1.43.117: a helper whose credentials hold for 15 minutes or less is run before each request, and twice before the first.
#
# Expected: credentials are kept until shortly before they expire; a helper that answers "for 14 minutes" is run once for
#           requests that follow each other, as it is when it answers "for an hour".
# Seen:     less than 15 minutes before the end botocore looks for new ones, however long they held when they came. With
#           sessions of 15 minutes, the shortest that STS gives, each request waits for the helper.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install botocore==1.43.117

expect <<'OUT'
three requests, credentials for 60 minutes: 1 runs
three requests, credentials for 14 minutes: 4 runs
OUT

run <<'PY'
import os
import stat
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.session import Session


class S3(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), S3)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["AWS_CONFIG_FILE"] = os.path.abspath("config")

for minutes in (60, 14):
    with open("helper", "w") as file:
        file.write(f"""#!{sys.executable}
import datetime, json
open("runs-{minutes}", "a").write("x")
end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes={minutes})
keys = {{"AccessKeyId": "A", "SecretAccessKey": "B", "SessionToken": "C"}}
print(json.dumps({{"Version": 1, **keys, "Expiration": end.isoformat()}}))
""")
    os.chmod("helper", stat.S_IRWXU)
    with open("config", "w") as file:
        file.write(f"[default]\ncredential_process = {os.path.abspath('helper')}\n")
    client = Session().create_client(
        "s3", region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{server.server_port}"
    )
    for _ in range(3):
        client.head_bucket(Bucket="bucket")
    runs = os.path.getsize(f"runs-{minutes}")
    print(f"three requests, credentials for {minutes} minutes: {runs} runs")
PY
