"""One connection: requests go, and what comes is taken apart."""

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
"""Bytes to ask for while it is not known how many will come."""

_PIECE: Final = 1048576
"""Bytes to hand to the system at once; between two the server's answer is looked for."""

_GLANCE: Final = 0.2
"""Seconds between two looks for an answer when nothing can be sent."""

_LINE: Final = 4096
"""Bytes of a line between chunks."""


class Connection:
    """Used by one call at a time."""

    def __init__(self, sock: socket.socket, origin: str) -> None:
        """Begin with nothing sent.

        Args:
            sock: connected.
            origin: of the server, as the pool knows it.
        """
        self.wire = Wire(sock)
        self.origin = origin
        self.absolute = False
        """Whether requests name the whole URL, for a proxy that forwards them."""

        self.more = ""
        """Lines that the head of each request has besides, for the proxy."""

        self.lasts = True
        """Whether another request may follow."""

        self.idle_since = 0.0
        self._data = b""
        """What has come and is not all used."""

        self._at = 0
        """How much of that is used."""

    def hold(self, limit: Limit) -> None:
        """Begin to be used by a call."""
        self.wire.hold(limit)

    def release(self) -> None:
        """Be used no more, and wait for another call."""
        if self._at == len(self._data):
            self._data, self._at = b"", 0
        try:
            self.wire.release()
        except BaseException:
            self.close()
            raise

    def drop(self) -> None:
        """End in the middle of a call."""
        self.close()
        try:
            self.wire.release()
        except BaseException:
            pass  # Whoever has cancelled the call hears of it by what comes next.

    def close(self) -> None:
        """Let go of it."""
        self.lasts = False
        self.wire.close()

    def __del__(self) -> None:
        """Nobody has read the answer to its end."""
        self.close()

    @property
    def is_fresh(self) -> bool:
        """Whether a request may go through it: nothing has come meanwhile, not even its end."""
        return self.wire.is_own and not self.wire.has_news

    @property
    def is_clean(self) -> bool:
        """Whether all that has come has been used, so that what comes next is an answer."""
        return self._at == len(self._data) and not self.wire.pending

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self.wire.send(data)

    def send_unless_refused(self, data: bytes | memoryview) -> bool:
        """Send all of it, unless an answer comes meanwhile that is no success; whether it was."""
        view = memoryview(data).cast("B")
        while view:
            if self._is_refused():
                return False
            # TLS wants a piece that it could not send offered again as it was.
            piece = view[:_PIECE]
            view = view[self.wire.send_some(piece, _GLANCE) :]
        return not self._is_refused()

    def head(self) -> Head:
        """The head of the next answer; those that only say "wait a moment" are passed over."""
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
        """What comes until the end of a line, without that."""
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
        """So many bytes of a body, if they have come already."""
        end = self._at + size
        if end > len(self._data):
            return None
        found = self._data[self._at : end]
        self._at = end
        return found

    def some(self, most: int) -> bytes:
        """Bytes of a body, at most so many; none at the end of the connection."""
        if self._at < len(self._data):
            start = self._at
            self._at = min(start + most, len(self._data))
            return self._data[start : self._at]
        return self.wire.receive(most)

    def _more(self, otherwise: ConnectionError) -> None:
        """Receive more behind what waits."""
        more = self.wire.receive(_READ)
        if not more:
            raise otherwise
        self._data = self._data[self._at :] + more
        self._at = 0

    def _is_refused(self) -> bool:
        """Whether an answer has come that is no success."""
        if hundreds(self._data) == b"2" or not self.wire.has_news:
            return False
        self._data += self.wire.received(_READ)
        while hundreds(self._data) == b"1" and (end := self._data.find(b"\r\n\r\n")) >= 0:
            self._data = self._data[end + 4 :]
        return len(self._data) > MOST or hundreds(self._data) > b"2"
