"""What is put: an open file of the caller, read in pieces, and again from its beginning.

These files are not part of the storage, so their failures name the file and nothing else.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final

from storage_core.backends.base import CHUNK_SIZE
from storage_core.disk_advice import unkept, words
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MISSTATED: Final = 1
"""Bytes to read from a file of size 0, to see whether it is empty: files in /proc are not."""


class Source:
    """Bytes that can be read again, for as many attempts at sending them as it takes."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        """Take what `file` holds from `start` on: `size` bytes."""
        self.size = size
        self._file = file
        self._start = start

    @classmethod
    def of(cls, data: bytes) -> Source:
        """A source of bytes that are in memory."""
        return cls(BytesIO(data), 0, len(data))

    def parts(self, part_size: int) -> Iterator[bytes]:
        """Yield all bytes, from the first one on, in parts.

        Raises:
            StorageError: the file has become shorter, or cannot be read.
        """
        self._file.seek(self._start)
        for start in range(0, self.size, part_size):
            wanted = min(part_size, self.size - start)
            part = _read(self._file, wanted)
            if len(part) != wanted:
                raise StorageError(f"{named(self._file)} changed while it was read; write it again")
            yield part

    def whole(self) -> bytes:
        """All bytes."""
        return b"".join(self.parts(CHUNK_SIZE))

    @property
    def is_in_memory(self) -> bool:
        """Whether reading it in parts saves nothing."""
        return isinstance(self._file, BytesIO)

    def opened(self) -> BinaryIO:
        """The file, at the first byte; for drivers that read it themselves."""
        self._file.seek(self._start)
        return self._file


@contextmanager
def source_of(file: BinaryIO) -> Iterator[Source]:
    """What `file` holds from its position on; in a temporary file if it cannot be read again.

    A file of another storage is copied too: reading it on the background event loop would wait for
    that very loop.
    """
    if not (file.seekable() and _is_of_this_machine(file)):
        with _spooled(b"", file) as source:
            yield source
        return
    start = file.tell()
    size = _end_of(file) - start
    file.seek(start)
    if size <= 0 and (first := _read(file, _MISSTATED)):
        with _spooled(first, file) as source:
            yield source
    else:
        yield Source(file, start, max(size, 0))


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield what `file` holds from its position on, in pieces of `CHUNK_SIZE`.

    Raises:
        StorageError: it cannot be read.
    """
    while chunk := _read(file, CHUNK_SIZE):
        yield chunk


def named(file: BinaryIO) -> str:
    """What messages call the file."""
    name = getattr(file, "name", None)
    return name if isinstance(name, str) else "the stream"


def _end_of(file: BinaryIO) -> int:
    """The size in bytes that a file reports, which may be wrong for files in /proc."""
    try:
        return file.seek(0, os.SEEK_END)
    except OSError:
        return 0


def _is_of_this_machine(file: BinaryIO) -> bool:
    if isinstance(file, BytesIO):
        return True
    try:
        file.fileno()
    except OSError:
        return False
    return True


@contextmanager
def _spooled(first: bytes, file: BinaryIO) -> Iterator[Source]:
    from tempfile import TemporaryFile

    try:
        opened = TemporaryFile()  # noqa: SIM115 (closed below)
    except OSError as error:
        raise StorageError(unkept(named(file), error)) from error
    with opened as spool:
        try:
            spool.write(first)
            for chunk in chunks_of(file):
                spool.write(chunk)
            size = spool.tell()
        except OSError as error:
            raise StorageError(unkept(named(file), error)) from error
        yield Source(spool, 0, size)


def _read(file: BinaryIO, size: int) -> bytes:
    try:
        return file.read(size)
    except OSError as error:
        raise StorageError(f"cannot read {named(file)}: {words(error)}") from error
