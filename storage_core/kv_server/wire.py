"""A connection with limits of time and length over many reads and writes.

A socket's own time-out starts anew with every byte, so a client that sends one byte a second would
hold its thread for ever.
"""

from __future__ import annotations

import io
from http.client import HTTPException
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

    from _typeshed import ReadableBuffer, WriteableBuffer


class HeadTooLarge(HTTPException):
    """A request line and its headers are longer than the server reads."""


class Wire(io.RawIOBase):
    """The socket of one client."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._end = 0.0
        self._left: int | None = None

    def allow(self, seconds: float, length: int | None = None) -> None:
        """Allow `seconds` in all, and reading of `length` bytes, for what follows."""
        self._end = monotonic() + seconds
        self._left = length

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if self._left is not None and self._left <= 0:
            raise HeadTooLarge
        self._set_timeout()
        count = self._connection.recv_into(buffer)
        if self._left is not None:
            self._left -= count
        return count

    def write(self, data: ReadableBuffer) -> int:
        self._set_timeout()
        self._connection.sendall(data)
        return memoryview(data).nbytes

    def _set_timeout(self) -> None:
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError("the client took too long")
        self._connection.settimeout(left)
