#!/usr/bin/env bash
# polars 2.1.0: a URL of a scheme that it does not know is a local path, and some writers make its folders.
#
# Expected: an error that names the scheme, or fsspec, which is installed and knows it (memory:// here).
# Seen:     plain reads and writes say "No such file or directory". With `mkdir=True`, or `partition_by=`, which
#           implies it, the data land in ./memory:/…, without a word, and polars reads them back under the same URL,
#           so a round trip shows nothing. fsspec is asked by `read_parquet(…, use_pyarrow=True)` alone.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install polars==2.1.0 pyarrow==26.0.1 fsspec==2026.9.0

expect <<'OUT'
write_parquet: FileNotFoundError
write_parquet(mkdir=True), and back: True
write_parquet(partition_by=), and back: True
here: ['memory:/box/a.parquet', 'memory:/box/set/k=1/00000000.parquet', 'memory:/box/set/k=2/00000000.parquet']
in memory://: []
read_parquet(use_pyarrow=True): FileNotFoundError
OUT

run <<'PY'
from pathlib import Path

import fsspec
import polars as pl

frame = pl.DataFrame({"a": [1, 2], "k": [1, 2]})
url = "memory://box/a.parquet"
try:
    frame.write_parquet(url)
except OSError as error:
    print("write_parquet:", type(error).__name__)
frame.write_parquet(url, mkdir=True)
print("write_parquet(mkdir=True), and back:", pl.read_parquet(url).equals(frame))
frame.write_parquet("memory://box/set", partition_by="k")
back = pl.read_parquet("memory://box/set/**/*.parquet").sort("a")
print("write_parquet(partition_by=), and back:", back.select("a", "k").equals(frame))
print("here:", sorted(map(str, Path().glob("memory:/**/*.parquet"))))
print("in memory://:", fsspec.filesystem("memory").find("/"))
try:
    pl.read_parquet(url, use_pyarrow=True)
except OSError as error:
    print("read_parquet(use_pyarrow=True):", type(error).__name__)
PY
