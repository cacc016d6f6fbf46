"""Collects bytes: hashed as they are written, and kept in memory only if there are few."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, Final, Self, cast

from storage_core.backends.base import CHUNK_SIZE
from storage_core.disk_advice import unkept
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SMALL: Final = 8 * 1024 * 1024
"""Up to so many bytes are kept in memory; more go into a temporary file that only we can open."""


class Spool:
    """Takes bytes by `write` alone; then they can be read, from the first one on."""

    def __init__(self) -> None:
        """Take nothing yet."""
        self._digest = sha256()
        self._file: BinaryIO = BytesIO()
        self.size = 0
        """How many bytes have been written."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Take some bytes, and return how many."""
        view = memoryview(data)
        self._digest.update(view)
        self.size += view.nbytes
        try:
            if self.size > SMALL and isinstance(self._file, BytesIO):
                self._file = _on_disk(self._file)
            self._file.write(view)
        except OSError as error:
            raise _full(error) from error
        return view.nbytes

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes, as 64 hexadecimal digits."""
        return self._digest.hexdigest()

    @property
    def data(self) -> bytes | None:
        """All bytes, if they are in memory; else None."""
        return self._file.getvalue() if isinstance(self._file, BytesIO) else None

    def reopened(self) -> BinaryIO:
        """A file with the bytes, at its beginning."""
        try:
            self._file.seek(0)
        except OSError as error:
            raise _full(error) from error
        return self._file

    def close(self) -> None:
        """Discard the bytes."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _on_disk(memory: BytesIO) -> BinaryIO:
    file = cast("BinaryIO", TemporaryFile(buffering=CHUNK_SIZE))  # noqa: SIM115 (closed by `close`)
    file.write(memory.getbuffer())
    return file


def _full(error: OSError) -> StorageError:
    return StorageError(unkept("the object", error))
