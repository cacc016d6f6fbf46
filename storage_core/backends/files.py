"""The caller's own files, from which blobs are put and into which they are got.

Called by `put_file` and `get_file` of the backends. These files are not the storage's, so their
failures name the file and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.backends.base import CHUNK_SIZE
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


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
