"""A remote blob as a file for reading.

It fetches one range of bytes after the other, each in a call of its own, so that a broken
connection costs only one range, and memory holds no more than one.
"""

from __future__ import annotations

import os
from io import RawIOBase
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from storage_core.backends.base import deadline

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE = 4 * 1024 * 1024
"""Bytes that are fetched at a time."""


class Pieces(Protocol):
    """Where the bytes of one blob come from."""

    def fetch(self, start: int, size: int, timeout: float) -> bytes:
        """Exactly `size` bytes from `start` on, within `timeout` seconds and the time for them."""

    def end(self) -> None:
        """Close what was kept open between two pieces."""


class RemoteFile(RawIOBase):
    """The raw file, without a buffer of its own."""

    def __init__(
        self,
        pieces: Pieces,
        size: int,
        *,
        timeout: float,
        until: float | None = None,
        begun: bytes = b"",
    ) -> None:
        """Begin at the first byte.

        Args:
            pieces: reads the blob.
            size: bytes of the blob.
            timeout: seconds that one piece may take besides the time for its bytes.
            until: the moment, by `time.monotonic()`, by which everything must have been read; for a
                caller that does nothing but read.
            begun: the first bytes, if they are known.
        """
        self._pieces = pieces
        self._size = size
        self._timeout = timeout
        self._until = until
        self.begun = begun
        """The first bytes of the blob, which have come already; empty if it was only looked up."""

        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        if begin + offset < 0:
            raise ValueError(f"negative position {begin + offset}")
        self._position = begin + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        piece = self._next(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def readall(self) -> bytes:
        return b"".join(iter(lambda: self._next(PIECE), b""))

    def read(self, size: int | None = -1, /) -> bytes:
        return self.readall() if size is None or size < 0 else self._next(size)

    def close(self) -> None:
        if not self.closed:
            self._pieces.end()
        super().close()

    def _next(self, size: int) -> bytes:
        size = min(size, PIECE, self._size - self._position)
        if size <= 0:
            return b""
        if known := self.begun[self._position : self._position + size]:
            self._position += len(known)
            return known
        timeout = self._timeout
        if self._until is not None:
            # The time for the bytes comes on top; this range may use what those before have left.
            rest = deadline(0, self._size - self._position)
            timeout = max(min(timeout, self._until - monotonic() - rest), 0)
        piece = self._pieces.fetch(self._position, size, timeout)
        self._position += len(piece)
        return piece
