"""How bytes get into a SQLite file, and out of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from io import BytesIO
from time import time
from typing import TYPE_CHECKING, BinaryIO

from storage_core.backends.base import Backend, Entry, Info, time_at
from storage_core.blobpath import ROOT, BlobPath, Prefix
from storage_core.errors import BlobExists, BlobNotFound, StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLE = "CREATE TABLE IF NOT EXISTS blob (path TEXT PRIMARY KEY, data BLOB, modified REAL)"


class SQLiteBackend(Backend):
    """Blobs as rows of one table; a connection for each call, so threads and forks are safe."""

    def __init__(self, file: str, *, timeout: float) -> None:
        self.location = file
        self._timeout = timeout

    def check(self) -> None:
        with self._connected("be reached"):
            pass

    def put(self, path: BlobPath, data: bytes, *, overwrite: bool) -> None:
        how = "REPLACE" if overwrite else "INSERT"
        try:
            with self._connected(f"write {path}") as connection:
                connection.execute(f"{how} INTO blob VALUES (?, ?, ?)", (path, data, time()))
        except sqlite3.IntegrityError as error:
            raise BlobExists(f"{self.location} already holds a blob {path}") from error

    def put_stream(self, path: BlobPath, file: BinaryIO, *, overwrite: bool) -> None:
        # SQLite wants to know how many bytes there are before it takes the first.
        self.put(path, file.read(), overwrite=overwrite)

    def get(self, path: BlobPath) -> bytes:
        data: bytes = self._one(path, "data")[0]
        return data

    def get_range(self, path: BlobPath, start: int, size: int) -> bytes:
        # SQLite takes no more than 32 bits for a length.
        data: bytes = self._one(path, f"substr(data, {start + 1}, {min(size, 2**31 - 1)})")[0]
        return data

    def head(self, path: BlobPath) -> Info:
        size, modified = self._one(path, "length(data), modified")
        return Info(size, time_at(modified), version=str(modified))

    def open(self, path: BlobPath) -> BinaryIO:
        return BytesIO(self.get(path))

    def delete(self, path: BlobPath) -> None:
        with self._connected(f"delete {path}") as connection:
            connection.execute("DELETE FROM blob WHERE path = ?", (path,))

    def list(self, prefix: Prefix = ROOT, *, delimiter: bool = False) -> Iterator[Entry]:
        with self._connected("be listed") as connection:
            rows = connection.execute(
                "SELECT path, length(data), modified FROM blob WHERE substr(path, 1, ?) = ?",
                (len(prefix), prefix),
            ).fetchall()
        folders: set[str] = set()
        for path, size, modified in rows:
            inner, slash, _ = path[len(prefix) :].partition("/")
            if not (delimiter and slash):
                yield Entry(path, size, time_at(modified))
            elif inner not in folders:
                folders.add(inner)
                yield Entry(f"{prefix}{inner}", is_folder=True)

    def _one(self, path: BlobPath, columns: str) -> tuple:  # type: ignore[type-arg]
        with self._connected(f"read {path}") as connection:
            row = connection.execute(
                f"SELECT {columns} FROM blob WHERE path = ?", (path,)
            ).fetchone()
        if row is None:
            raise BlobNotFound(f"{self.location} holds no blob {path}")
        return row  # type: ignore[no-any-return]

    @contextmanager
    def _connected(self, doing: str) -> Iterator[sqlite3.Connection]:
        try:
            with (
                closing(sqlite3.connect(self.location, timeout=self._timeout)) as connection,
                connection,
            ):
                connection.execute(_TABLE)
                yield connection
        except sqlite3.OperationalError as error:
            raise StorageUnavailable(
                f"{self.location} cannot {doing}: {error}; see to the disk or choose another file"
            ) from error
