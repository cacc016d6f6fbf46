#!/usr/bin/env bash
# pandas 3.1.1: `to_csv(url, compression="zstd")` without zstandard raises ImportError, and empties what was stored there.
#
# Expected: what is missing is noticed before anything is opened, as `to_excel` without openpyxl does; the object stays.
# Seen:     the object is opened for writing first and closed on the way out, which stores nothing as the new content.
#           A CSV that fails halfway is stored as far as it came, gzip with a right trailer, in place of the whole one.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install pandas==3.1.1 fsspec==2026.9.0 s3fs==2026.9.0 aiobotocore==3.10.0 'moto[s3,server]==5.2.5'

expect <<'OUT'
zstd: ImportError; then there are 0 bytes of 14
csv: ValueError; then there are 99 rows of 100
gzip: ValueError; then there are 99 rows of 100
OUT

run <<'PY'
import logging
import os

import fsspec
import pandas as pd
from moto.server import ThreadedMotoServer

logging.disable(logging.CRITICAL)
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
options = {"key": "any", "secret": "any", "endpoint_url": f"http://{host}:{port}"}
s3 = fsspec.filesystem("s3", **options)
s3.mkdir("box")


class Wordless:
    def __str__(self):
        raise ValueError("no words")


frame = pd.DataFrame({"a": ["x"] * 99 + [Wordless()]})


def attempt(compression):
    s3.pipe_file("box/x", b"what was there")
    try:
        frame.to_csv("s3://box/x", compression=compression, chunksize=10, index=False, storage_options=options)
    except Exception as error:
        return type(error).__name__
    raise AssertionError


print(f"zstd: {attempt('zstd')}; then there are {len(s3.cat_file('box/x'))} bytes of 14")
for name, compression in (("csv", None), ("gzip", "gzip")):
    error = attempt(compression)
    rows = len(pd.read_csv("s3://box/x", compression=compression, storage_options=options))
    print(f"{name}: {error}; then there are {rows} rows of 100")
PY
