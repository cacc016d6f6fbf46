#!/usr/bin/env bash
# duckdb 2.0.1: with `parquet_metadata_cache`, a file of one fsspec file system is answered for with another's metadata.
#
# Expected: what was kept of a file system goes with `unregister_filesystem`, or is kept by the file system as well.
# Seen:     metadata are kept by path, size and the second of the last change alone. After another file system has
#           been registered under the same protocol (another account, say), min() and max() come from the first one's
#           file. `cache_local_files` serves the bytes likewise.
#           Both are off by default (in 1.5.6 the default did the latter).
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install duckdb==2.0.1 fsspec==2026.9.0

expect <<'OUT'
default: one has 1000 to 1999, two has 2000 to 2999
parquet_metadata_cache: one has 1000 to 1999, two has 1000 to 1999
cache_local_files: one has 1000 to 1999, two has 1000 to 1999
OUT

run <<'PY'
import os
from pathlib import Path

import duckdb
from fsspec.implementations.local import LocalFileSystem


class Account(LocalFileSystem):
    protocol = ("account",)
    cachable = False

    def __init__(self, root):
        super().__init__()
        self.root = Path(root).resolve()

    def _strip_protocol(self, path):
        return str(self.root / str(path).removeprefix("account://").removeprefix(f"{self.root}/"))

    def unstrip_protocol(self, name):
        return f"account://{name.removeprefix(f'{self.root}/')}"


# Written by several threads, the two would be laid out differently now and then.
duckdb.sql("set threads = 1")
for number, root in enumerate(("one", "two"), 1):
    os.mkdir(root)
    # More than is read with the footer, and so much alike that the sizes are equal.
    duckdb.sql(
        f"copy (select {number}000 + range % 1000 a, hash(range) b from range(100000)) to '{root}/x.parquet'"
        " (compression uncompressed, parquet_version v1)"
    )
    os.utime(f"{root}/x.parquet", (1_700_000_000, 1_700_000_000))
assert os.path.getsize("one/x.parquet") == os.path.getsize("two/x.parquet")

for setting in ("default", "parquet_metadata_cache", "cache_local_files"):
    # Threads that share a file of Python's disturb each other; that is another finding.
    connection = duckdb.connect(config={"threads": 1})
    if setting != "default":
        connection.sql(f"set {setting} = true")
    told = []
    for root in ("one", "two"):
        connection.register_filesystem(Account(root))
        ((least, most),) = connection.sql("select min(a), max(a) from 'account://x.parquet'").fetchall()
        told.append(f"{root} has {least} to {most}")
        connection.unregister_filesystem("account")
    print(f"{setting}: {', '.join(told)}")
PY
