"""A remote blob as a file for sequential reading. Made by `open` and `get_file` of the backends.

It asks for one range of bytes after the other, each with attempts of its own, so that a broken
connection costs one range and memory holds no more than one.
"""

from __future__ import annotations

from io import RawIOBase
from time import monotonic
from typing import TYPE_CHECKING, Any

from storage_core.backends.remote import io_loop
from storage_core.backends.base import deadline

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from storage_core.backends.remote.backend import RemoteBackend
    from storage_core.keys import Key

PIECE = 4 * 1024 * 1024
"""Bytes that are asked for at a time."""


class RemoteFile(RawIOBase):
    """The raw file, without a buffer of its own."""

    def __init__(self, backend: RemoteBackend, key: Key, *, bounded: bool = False) -> None:
        """Ask how large the blob is.

        Args:
            backend: where it is.
            key: which it is.
            bounded: whether the deadline of one call is to hold for all that is read, because
                nothing but reading happens in between.

        Raises:
            BlobNotFound: there is none.
        """
        self._backend = backend
        self._key = key
        self._position = 0
        self._handle: dict[str, Any] = {}
        start = monotonic()
        self._size, self._version = io_loop.run(backend.found_checked(key))
        self._until = start + deadline(backend.timeout, self._size) if bounded else None

    def readable(self) -> bool:
        return True

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
        if not self.closed and self._handle:
            io_loop.finish(self._backend.end_stream(self._handle))
        super().close()

    def _next(self, size: int) -> bytes:
        size = min(size, PIECE, self._size - self._position)
        if size <= 0:
            return b""
        timeout = self._backend.timeout
        if self._until is not None:
            # The time for the bytes comes on top; what an earlier range left over is this one's.
            rest = deadline(0, self._size - self._position)
            timeout = max(min(timeout, self._until - monotonic() - rest), 0)
        piece = io_loop.run(
            self._backend.range_checked(
                self._key, self._position, size, self._version, timeout, self._handle
            )
        )
        self._position += len(piece)
        return piece
