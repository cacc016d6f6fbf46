#!/usr/bin/env bash
# pyarrow 26.0.1: `write_table(…, filesystem=…)` that fails leaves a whole Parquet file of the first rows, and removes
#                 the *local* file of that path.
#
# Expected: nothing under the name, or what was there before, as with a local path; and nothing done to the disk.
# Seen:     the writer is closed with its footer, so the object is a valid file with the row groups written so far, in
#           place of what was there; then os.remove("data/x.parquet") here, whatever file system was given. pandas'
#           `to_parquet("s3://data/x.parquet")` hands on bucket and key as path, so that a folder named like the bucket
#           (a copy of it, say) loses the file.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install pyarrow==26.0.1 pandas==3.1.1 fsspec==2026.9.0 s3fs==2026.9.0 aiobotocore==3.10.0 'moto[s3,server]==5.2.5'

expect <<'OUT'
pyarrow: ArrowInvalid; the local file is there: False; rows in the bucket: 1 of 2
pandas: ArrowInvalid; the local file is there: False; rows in the bucket: 1 of 2
a stream: ArrowInvalid; the local file is there: True; rows in the bucket: 1 of 2
OUT

run <<'PY'
import logging
import os
from pathlib import Path

import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from moto.server import ThreadedMotoServer

logging.disable(logging.CRITICAL)
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
options = {"key": "any", "secret": "any", "endpoint_url": f"http://{host}:{port}"}
s3 = fsspec.filesystem("s3", **options)
s3.mkdir("data")

here = Path("data/x.parquet")
here.parent.mkdir()
# The second time has nanoseconds, which the last argument forbids to round.
frame = pd.DataFrame({"when": [pd.Timestamp(0), pd.Timestamp(1)]})
how = {"coerce_timestamps": "us", "row_group_size": 1}


def to_stream():
    with s3.open("data/x.parquet", "wb") as stream:
        try:
            pq.write_table(pa.Table.from_pandas(frame), stream, **how)
        except pa.ArrowInvalid as error:
            return error
    raise AssertionError


def attempt(name, write):
    here.write_bytes(b"the copy of somebody who works beside the bucket")
    try:
        error = write()
    except Exception as raised:
        error = raised
    try:
        rows = len(pd.read_parquet("s3://data/x.parquet", storage_options=options))
    except Exception as unreadable:
        rows = type(unreadable).__name__
    print(f"{name}: {type(error).__name__}; the local file is there: {here.exists()}; rows in the bucket: {rows} of 2")
    s3.rm("data/x.parquet")


table = pa.Table.from_pandas(frame)
attempt("pyarrow", lambda: pq.write_table(table, "data/x.parquet", filesystem=s3, **how))
attempt("pandas", lambda: frame.to_parquet("s3://data/x.parquet", storage_options=options, **how))
attempt("a stream", to_stream)
PY
