#!/usr/bin/env bash
# duckdb 2.0.1: through a registered fsspec file system, a sum over a Parquet file is wrong now and then, without an error.
#
# Expected: the answer that the same file gives without fsspec, each time.
# Seen:     DuckDB opens the file once and hands it to several threads, each of which calls `seek` and then `read`
#           with no lock around the two; the seek of one moves the read of another. With fsspec's own LocalFileSystem
#           some of 60 queries give a wrong number (the bytes of another row group, where these are of one length),
#           or fail with "Invalid data" where lengths differ. A file whose `seek` is remembered for each thread until
#           its `read` gives the right one 60 times. CSV and JSON are read in order, and are right.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install duckdb==2.0.1 fsspec==2026.9.0

expect <<'OUT'
the file itself: right 60 times
fsspec's LocalFileSystem: right 60 times: False, wrong or failed at least once: True, wrong without an error: True
the same, seeks kept apart: right 60 times: True, wrong or failed at least once: False, wrong without an error: False
OUT

run <<'PY'
import threading
from collections import Counter

import duckdb
from fsspec.implementations.local import LocalFileSystem

duckdb.sql(
    "copy (select hash(range)::double a from range(2000000)) to 'numbers.parquet'"
    " (row_group_size 20000, compression uncompressed, parquet_version v1)"
)
QUERY = "select bit_xor(hash(a)) from '{}'"
(RIGHT,) = duckdb.sql(QUERY.format("numbers.parquet")).fetchall()


class Shared(LocalFileSystem):
    protocol = ("shared",)

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(path.split("://")[-1])


class File:
    """Reads where the thread has last sought."""

    def __init__(self, file):
        self.file, self.lock, self.where = file, threading.Lock(), threading.local()

    def seek(self, offset, whence=0):
        with self.lock:
            self.where.offset = self.file.seek(offset, whence)
            return self.where.offset

    def read(self, size=-1):
        with self.lock:
            self.file.seek(self.where.offset)
            return self.file.read(size)

    def close(self):
        self.file.close()


class Apart(Shared):
    protocol = ("apart",)

    def open(self, path, mode="rb", **kwargs):
        return File(super().open(path, mode, **kwargs))


def asked(path, *systems):
    seen = Counter()
    connection = duckdb.connect()
    connection.sql("set threads = 8")
    for system in systems:
        connection.register_filesystem(system)
    for _ in range(60):
        try:
            (got,) = connection.sql(QUERY.format(path)).fetchall()
            seen["right" if got == RIGHT else "wrong"] += 1
        except duckdb.Error:
            seen["failed"] += 1
    return seen


def told(seen):
    return (
        f"right 60 times: {seen['right'] == 60}, wrong or failed at least once: {seen['right'] < 60},"
        f" wrong without an error: {seen['wrong'] > 0}"
    )


print(f"the file itself: right {asked('numbers.parquet')['right']} times")
print("fsspec's LocalFileSystem:", told(asked("shared://numbers.parquet", Shared())))
print("the same, seeks kept apart:", told(asked("apart://numbers.parquet", Apart())))
PY
