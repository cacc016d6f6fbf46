"""One connection: sends requests, and splits what comes back into heads and bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage_core.backends.drivers.direct.transport.head import (
    MOST,
    Head,
    begins,
    ended_early,
    hundreds,
    not_http,
    parsed,
    unanswered,
)
from storage_core.backends.drivers.direct.transport.wire import Wire

if TYPE_CHECKING:
    import socket

    from storage_core.backends.remote.limit import Limit

_READ: Final = 65536
"""Bytes to receive at a time while it is not known how many will come."""

_PIECE: Final = 1048576
"""Bytes to send at a time; after each the connection checks whether an answer has come."""

_GLANCE: Final = 0.2
"""Seconds between two such checks when nothing can be sent."""

_LINE: Final = 4096
"""The most bytes of a line between chunks."""


class Connection:
    """Used by one call at a time."""

    def __init__(self, sock: socket.socket, origin: str) -> None:
        """Begin with nothing sent.

        Args:
            sock: a connected socket.
            origin: of the server; its key in the pool.
        """
        self.wire = Wire(sock)
        self.origin = origin
        self.absolute = False
        """Whether requests name the whole URL, for a proxy that forwards them."""

        self.more = ""
        """Header lines for the proxy, which each request gets besides its own."""

        self.lasts = True
        """Whether another request may follow."""

        self.idle_since = 0.0
        self._data = b""
        """Bytes that have been received and are not all consumed."""

        self._at = 0
        """How many of them are consumed."""

    def hold(self, limit: Limit) -> None:
        """Begin to be used by a call."""
        self.wire.hold(limit)

    def release(self) -> None:
        """End being used by a call, and be ready for another."""
        if self._at == len(self._data):
            self._data, self._at = b"", 0
        try:
            self.wire.release()
        except BaseException:
            self.close()
            raise

    def drop(self) -> None:
        """Close the connection in the middle of a call."""
        self.close()
        try:
            self.wire.release()
        except BaseException:
            pass  # The cancelled call raises this again at its next step.

    def close(self) -> None:
        """Close the socket."""
        self.lasts = False
        self.wire.close()

    def __del__(self) -> None:
        """Close it if its answer was never read to its end."""
        self.close()

    @property
    def is_fresh(self) -> bool:
        """Whether it can be used for a request: nothing has come meanwhile, not even its end."""
        return self.wire.is_own and not self.wire.has_news

    @property
    def is_clean(self) -> bool:
        """Whether all received bytes are consumed, so that what comes next is an answer."""
        return self._at == len(self._data) and not self.wire.pending

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self.wire.send(data)

    def send_unless_refused(self, data: bytes | memoryview) -> bool:
        """Send all of `data`, unless a refusal comes meanwhile; return whether all was sent."""
        view = memoryview(data).cast("B")
        while view:
            if self._is_refused():
                return False
            # TLS requires that a piece that it could not send is offered again unchanged.
            piece = view[:_PIECE]
            view = view[self.wire.send_some(piece, _GLANCE) :]
        return not self._is_refused()

    def head(self) -> Head:
        """The head of the next answer; interim ones (1xx) are skipped."""
        passed_over = 0
        while True:
            end = self._data.find(b"\r\n\r\n", self._at)
            size = (len(self._data) if end < 0 else end) - self._at
            if passed_over + size > MOST:
                raise not_http()
            if end < 0:
                if not begins(self._data, self._at):
                    raise not_http()
                self._more(unanswered())
                continue
            head = parsed(self._data[self._at : end + 2])
            passed_over += size
            self._at = end + 4
            if head.status == 101:
                raise not_http()
            if head.status >= 200:
                return head

    def line(self) -> bytes:
        """Read a line, and return it without its end."""
        while True:
            end = self._data.find(b"\r\n", self._at, self._at + _LINE)
            if end >= 0:
                found = self._data[self._at : end]
                self._at = end + 2
                return found
            if len(self._data) - self._at >= _LINE:
                raise not_http()
            self._more(ended_early())

    def taken(self, size: int) -> bytes | None:
        """`size` bytes of a body, if they have been received already; else None."""
        end = self._at + size
        if end > len(self._data):
            return None
        found = self._data[self._at : end]
        self._at = end
        return found

    def some(self, most: int) -> bytes:
        """At most `most` bytes of a body; empty at the end of the connection."""
        if self._at < len(self._data):
            start = self._at
            self._at = min(start + most, len(self._data))
            return self._data[start : self._at]
        return self.wire.receive(most)

    def _more(self, otherwise: ConnectionError) -> None:
        """Receive more bytes; raise `otherwise` if the connection has ended."""
        more = self.wire.receive(_READ)
        if not more:
            raise otherwise
        self._data = self._data[self._at :] + more
        self._at = 0

    def _is_refused(self) -> bool:
        """Whether an answer has come that is not a success."""
        if hundreds(self._data) == b"2" or not self.wire.has_news:
            return False
        self._data += self.wire.received(_READ)
        while hundreds(self._data) == b"1" and (end := self._data.find(b"\r\n\r\n")) >= 0:
            self._data = self._data[end + 4 :]
        return len(self._data) > MOST or hundreds(self._data) > b"2"
