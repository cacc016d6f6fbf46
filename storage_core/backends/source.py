"""The caller's own files, from which blobs are put and into which they are got.

Called by `put_file` and `get_file` of the backends. These files are not the storage's, so their
failures name the file and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from storage_core.backends.base import CHUNK_SIZE
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def opened(path: Path) -> BinaryIO:
    """Open a file for reading."""
    try:
        return path.open("rb")
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror}") from error


def parts_of(file: BinaryIO, size: int, part_size: int) -> Iterator[bytes]:
    """Yield the `size` bytes of an open file in parts.

    Raises:
        StorageError: the file has become shorter, or cannot be read.
    """
    for start in range(0, size, part_size):
        wanted = min(part_size, size - start)
        try:
            part = file.read(wanted)
        except OSError as error:
            raise StorageError(f"cannot read {file.name}: {error.strerror}") from error
        if len(part) != wanted:
            raise StorageError(f"{file.name} changed while it was read; write it again")
        yield part


def chunks_of(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file in pieces of `CHUNK_SIZE`."""
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_SIZE):
                yield chunk
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror}") from error


def write_chunks(path: Path, chunks: Iterable[bytes]) -> None:
    """Write `chunks` to a new file, which is removed again when they break off."""
    try:
        with path.open("xb") as file:
            try:
                for chunk in chunks:
                    file.write(chunk)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror}") from error
