"""Local files: read by `storage write`, written by `storage read -o`.

Large blobs pass through in bounded memory, if their storage allows it.
"""

from __future__ import annotations

import os
import stat
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from storage_core.cli.errors import CommandFailed
from storage_core.errors import StorageError
from storage_core.paths import shortened

if TYPE_CHECKING:
    from storage_core.keys import Kind
    from storage_core.store import Store

_LARGE: Final = 16 * 1024 * 1024
"""Bytes. Smaller files are read at once, and so are pipes and /proc, which tell no true size."""


def stored(store: Store, path: str, kind: Kind, key: str | None) -> tuple[str, int]:
    """Store the bytes of a file; returns their key and their number.

    Raises:
        CommandFailed: the file cannot be read.
        StorageError: see `Store.write`.
    """
    try:
        if _is_large(path):
            return store.write_file(path, kind, key=key), os.path.getsize(path)
        with open(path, "rb") as file:
            data = file.read()
    except (OSError, ValueError) as error:
        raise CommandFailed(f"cannot read {shortened(path)} ({_reason(error)})") from error
    return store.write(data, kind, key=key), len(data)


def fetched(store: Store, key: str, path: str) -> int:
    """Write a blob to a file, whole or not at all; returns its size. A file keeps its mode.

    A device or named pipe cannot be replaced and is written to directly.

    Raises:
        CommandFailed: the file cannot be written.
        StorageError: see `Store.read`.
    """
    try:
        # The file that a symbolic link names is replaced, not the link.
        target = os.path.realpath(path)
        mode = _mode(target)
        if mode is None or stat.S_ISREG(mode):
            return _replaced(store, key, target, mode)
        data = store.read(key)
        with open(target, "wb") as file:
            file.write(data)
    except (OSError, ValueError) as error:
        raise CommandFailed(f"cannot write {shortened(path)} ({_reason(error)})") from error
    return len(data)


def _replaced(store: Store, key: str, target: str, mode: int | None) -> int:
    folder, name = os.path.split(target)
    # In a private folder, since the temporary file may be more readable than the final one. The
    # folder's name is no longer than a file's may be.
    private = os.path.join(folder, f".{name[:50]}.{token_hex(4)}.tmp")
    temporary = os.path.join(private, "blob")
    os.mkdir(private, 0o700)
    try:
        _fetch(store, key, temporary)
        with open(temporary, "rb+") as file:
            if mode is not None and os.name != "nt":
                os.fchmod(file.fileno(), stat.S_IMODE(mode))
            os.fsync(file.fileno())
            size = os.fstat(file.fileno()).st_size
        os.replace(temporary, target)
    except BaseException:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise
    finally:
        os.rmdir(private)
    return size


def _fetch(store: Store, key: str, temporary: str) -> None:
    try:
        store.read_file(key, temporary)
    except StorageError as error:
        # The error is about the temporary file: say it about the file that the person knows.
        if isinstance(error.__cause__, OSError) and os.path.dirname(temporary) in str(error):
            raise error.__cause__ from None
        raise


def _is_large(path: str) -> bool:
    status = os.stat(path)
    return stat.S_ISREG(status.st_mode) and status.st_size > _LARGE


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "not a valid path"
