#!/usr/bin/env bash
# pyarrow 26.0.1 with fsspec 2026.9.0: with a wrong secret, a file that is there is "not found".
#
# Expected: PermissionError, which s3fs raises for `info`, `exists`, `ls` and `open`.
# Seen:     pyarrow asks `isfile` before it opens; fsspec's `isfile` takes every exception for "no"; so ParquetFile,
#           read_metadata and a data set of listed files raise FileNotFoundError, and a program that then creates what
#           is missing, or goes on without it, does so where its key has expired. `read_table` asks `info` first, and
#           says PermissionError.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install pyarrow==26.0.1 fsspec==2026.9.0 s3fs==2026.9.0 aiobotocore==3.10.0 'moto[s3,iam,server]==5.2.5'

expect <<'OUT'
open: PermissionError
exists: PermissionError
isfile: False
read_table: PermissionError
ParquetFile: FileNotFoundError
read_metadata: FileNotFoundError
dataset: FileNotFoundError
OUT

run <<'PY'
import json
import logging
import os
from urllib.request import Request, urlopen

import boto3
import fsspec
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from moto.server import ThreadedMotoServer

logging.disable(logging.CRITICAL)
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f"http://{host}:{port}"
# moto looks at nobody's signature until it has let three requests pass, which make the one user it knows.
urlopen(Request(f"{url}/moto-api/reset-auth", data=b"3", headers={"Content-Type": "text/plain"}))
iam = boto3.client("iam", endpoint_url=url, aws_access_key_id="any", aws_secret_access_key="any")
iam.create_user(UserName="me")
key = iam.create_access_key(UserName="me")["AccessKey"]
allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
iam.put_user_policy(UserName="me", PolicyName="all", PolicyDocument=json.dumps(allow))

options = {"key": key["AccessKeyId"], "endpoint_url": url}
right = fsspec.filesystem("s3", secret=key["SecretAccessKey"], **options)
right.mkdir("box")
pq.write_table(pa.table({"a": [1]}), "box/x.parquet", filesystem=right)
wrong = fsspec.filesystem("s3", secret="mistyped", **options)


def attempt(name, call):
    try:
        print(f"{name}:", call())
    except Exception as error:
        print(f"{name}:", type(error).__name__)


attempt("open", lambda: wrong.open("box/x.parquet"))
attempt("exists", lambda: wrong.exists("box/x.parquet"))
attempt("isfile", lambda: wrong.isfile("box/x.parquet"))
attempt("read_table", lambda: pq.read_table("box/x.parquet", filesystem=wrong))
attempt("ParquetFile", lambda: pq.ParquetFile("box/x.parquet", filesystem=wrong))
attempt("read_metadata", lambda: pq.read_metadata("box/x.parquet", filesystem=wrong))
attempt("dataset", lambda: ds.dataset(["box/x.parquet"], filesystem=wrong))
PY
