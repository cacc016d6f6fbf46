#!/usr/bin/env bash
# obstore 0.12.1 and polars 2.1.0: a key and a secret that are given go out with AWS_SESSION_TOKEN of the environment.
#
# Expected: a token belongs to the key beside which it was issued. Where key and secret are given as arguments, variables of
#           other credentials do not count, as with boto3 and pyarrow.
# Seen:     each setting that is not given is looked for in the environment by itself, so that a request is signed with one
#           account's key and carries another one's token, as a signed header. S3 refuses that: on Lambda, where the variable
#           is always set, and in a shell that has assumed a role, a key that works elsewhere does not, and the error
#           names no variable.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install obstore==0.12.1 polars==2.1.0 boto3==1.43.117 pyarrow==26.0.1

expect <<'OUT'
with obstore: ('given', 'token-of-the-shell')
with polars: ('given', 'token-of-the-shell')
with boto3: ('given', None)
with pyarrow: ('given', None)
OUT

run <<'PY'
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import obstore
import polars
from obstore.store import S3Store
from pyarrow.fs import S3FileSystem

seen = []


class Server(BaseHTTPRequestHandler):
    def do_HEAD(self):
        key = self.headers["Authorization"].partition("Credential=")[2].partition("/")[0]
        seen.append((key, self.headers["x-amz-security-token"]))
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
HOST = f"127.0.0.1:{server.server_port}"
os.environ |= {
    "AWS_ACCESS_KEY_ID": "key-of-the-shell",
    "AWS_SECRET_ACCESS_KEY": "secret-of-the-shell",
    "AWS_SESSION_TOKEN": "token-of-the-shell",
}
GIVEN = {"aws_access_key_id": "given", "aws_secret_access_key": "secret"}
PLACE = {"aws_region": "us-east-1", "aws_endpoint_url": f"http://{HOST}"}


def with_obstore():
    store = S3Store("box", config=GIVEN | PLACE, client_options={"allow_http": True})
    obstore.get(store, "x")


def with_polars():
    polars.read_parquet("s3://box/x", storage_options=GIVEN | PLACE)


def with_boto3():
    boto3.client("s3", endpoint_url=f"http://{HOST}", region_name="us-east-1", **GIVEN).head_object(Bucket="box", Key="x")


def with_pyarrow():
    S3FileSystem(
        access_key="given", secret_key="secret", region="us-east-1", endpoint_override=HOST, scheme="http"
    ).open_input_file("box/x")


for ask in (with_obstore, with_polars, with_boto3, with_pyarrow):
    seen.clear()
    try:
        ask()
    except Exception:  # each its own, for the 404
        print(ask.__name__.replace("_", " ") + ":", *sorted(set(seen)))
PY
