#!/usr/bin/env bash
# duckdb 2.0.1: of what `export database` writes through fsspec, the two files of SQL are never closed.
#
# Expected: close() on each file that was written, as `copy … to` does, since storing happens there and may fail there.
# Seen:     schema.sql and load.sql are dropped without close(). Files of fsspec mostly close themselves when they are
#           garbage, so that it goes well until storing fails: that error is printed as "Exception ignored", and the
#           export reports success. In 1.4.5 it is so with each `copy … to 'x.csv.gz'` too.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install duckdb==2.0.1 fsspec==2026.9.0

expect <<'OUT'
dump/t.csv: closed by DuckDB
x.csv.gz: closed by DuckDB
dump/schema.sql: never closed
dump/load.sql: never closed
a full disk at t.csv: Error
a full disk at schema.sql: success
OUT

run <<'PY'
import io
import sys

import duckdb
from fsspec import AbstractFileSystem

sys.unraisablehook = lambda _: None
full = ""
state = {}


class File(io.BytesIO):
    is_garbage = False

    def __init__(self, path):
        super().__init__()
        self.path = path
        state[path] = "never closed"

    def close(self):
        if not self.closed:
            if not self.is_garbage:
                state[self.path] = "closed by DuckDB"
            super().close()
            if full and self.path.endswith(full):
                raise OSError("no space left")

    def __del__(self):
        self.is_garbage = True
        self.close()


class Store(AbstractFileSystem):
    protocol = "store"

    def _open(self, path, mode="rb", **kwargs):
        return File(path)

    def info(self, path, **kwargs):
        raise FileNotFoundError(path)

    def ls(self, path, detail=True, **kwargs):
        return []


db = duckdb.connect()
db.register_filesystem(Store())
db.sql("create table t as select 1 as a")
db.sql("export database 'store://dump'")
db.sql("copy t to 'store://x.csv.gz'")
for path in ("dump/t.csv", "x.csv.gz", "dump/schema.sql", "dump/load.sql"):
    print(f"{path}: {state[path]}")
for full in ("t.csv", "schema.sql"):
    try:
        db.sql("export database 'store://dump'")
        print(f"a full disk at {full}: success")
    except duckdb.Error as error:
        print(f"a full disk at {full}: {type(error).__name__}")
PY
