"""Bytes on their way: hashed as they pass, and kept in memory only as long as they are few."""

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
"""Bytes that are kept in memory; more go into a temporary file, which nobody else can open."""


class Spool:
    """Takes bytes by `write` alone; then they can be read, from the first one on."""

    def __init__(self) -> None:
        """Take nothing yet."""
        self._digest = sha256()
        self._file: BinaryIO = BytesIO()
        self.size = 0
        """Bytes that were taken."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Take some bytes; gives how many."""
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
        """The SHA-256 of what was taken, as 64 hexadecimal digits."""
        return self._digest.hexdigest()

    @property
    def data(self) -> bytes | None:
        """All that was taken, where it is little enough to be in memory."""
        return self._file.getvalue() if isinstance(self._file, BytesIO) else None

    def reopened(self) -> BinaryIO:
        """A file of what was taken, at its beginning."""
        try:
            self._file.seek(0)
        except OSError as error:
            raise _full(error) from error
        return self._file

    def close(self) -> None:
        """Let go of it."""
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
