#!/usr/bin/env bash
# dask 2026.8.0: `len` of a Parquet file is that of a file of the same name, size and time in another file system.
#
# Expected: two file systems of pyarrow's, each with a `t.parquet`, are two frames; `len` agrees with what is read.
# Seen:     what is read is right; `len` of the second, which is looked up in statistics kept by path, size and time
#           without the file system, is that of the first. With file systems of fsspec's both are right.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install "dask[dataframe]==2026.8.0" pandas==3.1.1 pyarrow==26.0.1

expect <<'OUT'
pyarrow: len 100, 100 rows read
pyarrow: len 100, 200 rows read
fsspec: len 100, 100 rows read
fsspec: len 200, 200 rows read
OUT

run <<'PY'
import os

import dask.dataframe as dd
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.dirfs import DirFileSystem
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

sizes = set()
for name, rows in (("a", 100), ("b", 200)):
    os.mkdir(name)
    # One value takes as many bytes for 200 rows as for 100.
    pq.write_table(pa.table({"x": pa.array([7] * rows, pa.int64())}), f"{name}/t.parquet")
    # As archives, rsync and checkouts leave them.
    os.utime(f"{name}/t.parquet", (1_000_000_000, 1_000_000_000))
    sizes.add(os.path.getsize(f"{name}/t.parquet"))
assert len(sizes) == 1

for kind, opened in (
    ("pyarrow", lambda name: SubTreeFileSystem(os.path.abspath(name), LocalFileSystem())),
    ("fsspec", lambda name: DirFileSystem(os.path.abspath(name))),
):
    for name in ("a", "b"):
        frame = dd.read_parquet("t.parquet", filesystem=opened(name))
        print(f"{kind}: len {len(frame)}, {len(frame.compute())} rows read")
PY
