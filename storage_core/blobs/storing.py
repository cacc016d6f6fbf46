"""Stores a file of the caller as a blob."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from storage_core.backends.base import CHUNK_SIZE
from storage_core.blobs import files
from storage_core.errors import StorageError, StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage_core.backends.base import Backend
    from storage_core.keys import Key, Naming


def stored(
    backend: Backend, naming: Naming, path: str | os.PathLike[str], kind: str, chosen: str | None
) -> str:
    """Store a file, and return its key; see `Store.write_file`.

    Args:
        backend: where to store it.
        naming: how blobs are named there.
        path: the file.
        kind: of the blob, if its key is not chosen.
        chosen: the key that the caller has chosen, if any.
    """
    with _opened(path) as file:
        before = _snapshot(file)
        target = naming.key(kind, chosen, lambda: files.content_name_of(file))
        # Do not replace a whole blob that others have stored: this file may just be changing.
        is_stored = chosen is None and naming.is_hash(target) and _is_whole(backend, target)
        if not is_stored:
            backend.put_stream(target.path, file, overwrite=chosen is None)
        if _snapshot(file) != before:
            if not is_stored:
                backend.delete(target.path)
            raise _changed(path)
    return str(target)


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file of the caller, opened for reading.

    Raises:
        StorageError: it cannot be read, or is not a regular file: a named pipe may block, and
            cannot be read again.
    """
    where = os.fspath(path)
    try:
        mode = os.stat(where).st_mode
        if stat.S_ISDIR(mode):
            raise StorageError(f"cannot read {where}: it is a folder; name a file")
        if not stat.S_ISREG(mode):
            raise StorageError(
                f"cannot read {where}: it is no regular file; read it and write its bytes"
            )
        file = open(where, "rb")  # noqa: SIM115 (entered below)
    except OSError as error:
        raise files.unreadable(where, error) from error
    with file:
        yield file


class _Snapshot(NamedTuple):
    """The state of a file when it was hashed, to notice that it has changed since."""

    size: int
    modified: int
    inode: int


def _snapshot(file: BinaryIO) -> _Snapshot:
    """The state of an open file."""
    found = os.fstat(file.fileno())
    return _Snapshot(found.st_size, found.st_mtime_ns, found.st_ino)


def _changed(path: str | os.PathLike[str]) -> StorageError:
    """The error for a file that changed while it was being stored."""
    return StorageError(f"{os.fspath(path)} changed while it was being stored; try again")


def _is_whole(backend: Backend, key: Key) -> bool:
    """Whether there is a blob whose bytes have the hash that is its name.

    Raises:
        StorageUnavailable: the storage does not answer, so that writing would only wait again.
    """
    try:
        if not backend.exists(key.path):
            return False
        with files.verifying(backend.open(key.path), key.name, str(key)) as file:
            while file.read(CHUNK_SIZE):
                pass
    except StorageUnavailable:
        raise
    except StorageError:
        # It is damaged, or these credentials may write and not read.
        return False
    return True
