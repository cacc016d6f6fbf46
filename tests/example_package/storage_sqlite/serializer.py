"""A serializer of another package: SQLite's databases, as the bytes of their file."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, BinaryIO

from storage_core import Serializer

if TYPE_CHECKING:
    from storage_core.blobs.objects.serializer import Sink


class Databases(Serializer):
    """What a connection leads to, with all its tables."""

    def dump(self, obj: object, file: Sink) -> None:
        if not isinstance(obj, sqlite3.Connection):
            raise TypeError(f"a connection of sqlite3 is wanted, not {type(obj).__name__}")
        file.write(obj.serialize())

    def load(self, file: BinaryIO, *, allow_pickle: bool) -> sqlite3.Connection:
        data = file.read()
        if not data.startswith(b"SQLite format 3\0"):
            raise ValueError("it does not begin like a database of SQLite")
        connection = sqlite3.connect(":memory:")
        connection.deserialize(data)
        return connection
