"""Reads an SQLite database that another program may be writing to, and leaves no trace.

Most of Prefect's data is in the log beside the database (`prefect.db-wal`), even after a clean
shutdown. So a database is never read without its log:

- With a log and its index (`-shm`), which exists while a program has the database open, it is
  opened read-only in place.
- With a log alone, or if the index cannot be used (another user's, a read-only folder), database
  and log are copied to a private folder: SQLite would create a new index beside the original.
- Without a log it is opened as immutable: SQLite would create a log in order to read it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import quote

from storage_core.disk_advice import words
from storage_core.importing.files import require_regular, wrong

_PATIENCE: Final = 5.0
"""Seconds to wait for a program that is writing."""

_HEADER: Final = b"SQLite format 3\x00"
_USES_LOG: Final = 2


@contextmanager
def opened(path: str) -> Iterator[sqlite3.Connection]:
    """Open a database read-only.

    Raises:
        ConfigurationError: it cannot be read, or is not an SQLite database.
    """
    try:
        with _connected(path) as connection:
            connection.row_factory = sqlite3.Row
            yield connection
    except sqlite3.Error as error:
        raise wrong(path, f"cannot be read ({error})", "name an intact copy of it") from None
    except OSError as error:
        why = f"cannot be read ({words(error)})"
        raise wrong(path, why, "run as the user who owns it") from None


@contextmanager
def _connected(path: str) -> Iterator[sqlite3.Connection]:
    require_regular(path)
    with open(path, "rb") as file:
        header = file.read(20)
    if header and not header.startswith(_HEADER):
        raise wrong(path, "is no SQLite database", "name Prefect's prefect.db or orion.db")
    has_log = _size(f"{path}-wal") > 0
    uses_log = len(header) == 20 and header[19] == _USES_LOG
    if not has_log:
        with closing(_connection(path, "immutable=1" if uses_log else "mode=ro")) as connection:
            yield connection
        return
    if os.path.exists(f"{path}-shm"):
        connection = _connection(path, "mode=ro")
        with closing(connection):
            if _is_readable(connection):
                yield connection
                return
    with TemporaryDirectory(prefix="storage-import-") as folder:
        copy = os.path.join(folder, "copy.db")
        shutil.copyfile(path, copy)
        shutil.copyfile(f"{path}-wal", f"{copy}-wal")
        with closing(sqlite3.connect(copy)) as connection:
            yield connection


def _connection(path: str, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(path)}?{how}", uri=True, timeout=_PATIENCE)


def _is_readable(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        return False
    return True


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0
