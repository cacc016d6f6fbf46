"""Blobs as files: streamed in bounded memory, and verified on the way. Called by `Store` only.

A streamed `hash` blob can be verified no earlier than at its end: `read_to_file` puts the file in
place after that, and a `VerifyingReader` raises at the last read instead of returning it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from io import BufferedReader, RawIOBase
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, NoReturn, cast

from storage_core.backends.base import CHUNK_SIZE
from storage_core.errors import IntegrityError, StorageError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Snapshot(NamedTuple):
    """What a file was like when it was hashed, to notice that it changed since."""

    size: int
    modified: int
    inode: int


def snapshot(path: Path) -> Snapshot:
    """The state of the file at `path`; raises `StorageError` when it cannot be read."""
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if path.is_dir():
        raise StorageError(f"cannot read {path}: it is a folder; name a file")
    return Snapshot(found.st_size, found.st_mtime_ns, found.st_ino)


def content_name_of(path: Path) -> str:
    """The SHA-256 of the file at `path` as 64 hexadecimal digits, read in pieces."""
    digest = sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_SIZE):
                digest.update(chunk)
    except OSError as error:
        raise _unreadable(path, error) from error
    return digest.hexdigest()


def read_to_file(
    path: Path, fetch: Callable[[Path], None], expected: str | None, described: str
) -> None:
    """Let `fetch` write a new file, verify it, and only then put it at `path`.

    Args:
        path: where the bytes go; a file there is replaced.
        fetch: writes the blob to the path it is given.
        expected: the SHA-256 that the bytes must have; None to take them as they are.
        described: the blob as messages name it.
    """
    temporary = path.with_name(f".{path.name[:100]}.{token_hex(6)}.part")
    try:
        fetch(temporary)
        if expected is not None and content_name_of(temporary) != expected:
            raise damaged(described)
        try:
            temporary.replace(path)
        except OSError as error:
            raise StorageError(
                f"cannot write {path}: {error.strerror}; name another file"
            ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def verifying(file: BinaryIO, expected: str, described: str) -> BinaryIO:
    """`file`, raising `IntegrityError` at its end unless the bytes have the hash `expected`."""
    return cast("BinaryIO", BufferedReader(VerifyingReader(file, expected, described), CHUNK_SIZE))


class VerifyingReader(RawIOBase):
    """Reads on and hashes what passes; cannot seek, because then it could not tell."""

    def __init__(self, file: BinaryIO, expected: str, described: str) -> None:
        self._file = file
        self._expected = expected
        self._described = described
        self._digest = sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        # A reader of the beginning (`read1`) is not to fetch the whole piece that comes after it.
        some = getattr(self._file, "read1", None) if len(view) < CHUNK_SIZE else None
        chunk = (some or self._file.read)(len(view))
        if not chunk and self._digest.hexdigest() != self._expected:
            raise damaged(self._described)
        view[: len(chunk)] = chunk
        self._digest.update(chunk)
        return len(chunk)

    def close(self) -> None:
        self._file.close()
        super().close()


def damaged(described: str) -> IntegrityError:
    """The error for a blob whose bytes do not have the hash that is its name."""
    return IntegrityError(
        f"{described}: the bytes are not those that were written; "
        "restore the blob from a backup, or delete it"
    )


def changed(path: Path) -> NoReturn:
    """Raise the error for a file that changed while it was being stored."""
    raise StorageError(f"{path} changed while it was being stored; try again")


def local_path(path: str | os.PathLike[str]) -> Path:
    """The caller's path; `os.fspath` refuses what is none."""
    return Path(os.fspath(path))


def _unreadable(path: Path, error: OSError) -> StorageError:
    return StorageError(f"cannot read {path}: {error.strerror}; name another file")
