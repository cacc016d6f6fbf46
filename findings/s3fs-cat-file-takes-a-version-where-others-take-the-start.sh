#!/usr/bin/env bash
# s3fs 2026.9.0: `cat_file(path, start, end)`, as fsspec's interface has it, takes `start` for a version.
#
# Expected: the same positional arguments in every file system of fsspec: AbstractFileSystem.cat_file(path, start,
#           end). memory:// and s3fs are called alike for bytes 2 to 5 of ten.
# Seen:     memory gives b"234"; s3fs has `version_id` in second place, so botocore refuses the number 2 as a
#           VersionId (ParamValidationError). Named arguments work on both.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install s3fs==2026.9.0 fsspec==2026.9.0 aiobotocore==3.10.0 'moto[s3,server]==5.2.5'

expect <<'OUT'
memory, by position: b'234'
s3fs, by position: ParamValidationError about VersionId
s3fs, by name: b'234'
OUT

run <<'PY'
import logging
import os

import fsspec
from moto.server import ThreadedMotoServer

logging.disable(logging.CRITICAL)
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
memory = fsspec.filesystem("memory")
memory.pipe_file("/ten", b"0123456789")
s3 = fsspec.filesystem("s3", key="any", secret="any", endpoint_url=f"http://{host}:{port}")
s3.mkdir("bucket")
s3.pipe_file("bucket/ten", b"0123456789")
print("memory, by position:", memory.cat_file("/ten", 2, 5))
try:
    print("s3fs, by position:", s3.cat_file("bucket/ten", 2, 5))
except Exception as error:
    about = "VersionId" if "VersionId" in str(error) else "something else"
    print(f"s3fs, by position: {type(error).__name__} about {about}")
print("s3fs, by name:", s3.cat_file("bucket/ten", start=2, end=5))
PY
