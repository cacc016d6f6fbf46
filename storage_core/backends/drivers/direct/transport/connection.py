"""One connection: bytes go and come within the time of a call; what has come too early waits."""

from __future__ import annotations

import os
import select
from typing import TYPE_CHECKING, Any, Final, Protocol

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

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from storage_core.backends.remote.limit import Limit

READ: Final = 65536
"""Bytes to ask for while it is not known how many will come."""

_PIECE: Final = 1048576
"""Bytes to hand to the system at once; between two the server's answer is looked for."""

_GLANCE: Final = 0.2
"""Seconds between two looks for an answer when nothing can be sent."""

_LINE: Final = 4096
"""Bytes of a line between chunks."""


class Stream(Protocol):
    """What bytes go through: a socket, with TLS or without."""

    def settimeout(self, value: float, /) -> None: ...
    def recv(self, size: int, /) -> bytes: ...
    def recv_into(self, view: memoryview, /) -> int: ...
    def send(self, data: bytes | memoryview, /) -> int: ...
    def close(self) -> None: ...


class _Forks:
    """How many have led to this process."""

    count = 0


def _after_fork() -> None:
    _Forks.count += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class Connection:
    """Used by one call at a time."""

    limit: Limit
    """Of the call that uses it."""

    def __init__(self, sock: socket.socket, origin: str) -> None:
        """Begin with nothing sent.

        Args:
            sock: connected.
            origin: of the server, as the pool knows it.
        """
        self.sock = sock
        """What the system waits for, and what cancelling shuts."""

        self.stream: Stream = sock
        """What bytes go through: not the same where TLS is spoken within TLS."""

        self.origin = origin
        self.absolute = False
        """Whether requests name the whole URL, for a proxy that forwards them."""

        self.more = ""
        """Lines that the head of each request has besides, for the proxy."""

        self.lasts = True
        """Whether another request may follow."""

        self.idle_since = 0.0
        self._data = b""
        self._at = 0
        self._forks = _Forks.count
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)

    def become(self, sock: socket.socket) -> None:
        """Go on by another socket, which has taken over the file descriptor."""
        plain, self.sock, self.stream = self.sock, sock, sock
        self.limit.hold(sock)
        self.limit.release(plain)

    def hold(self, limit: Limit) -> None:
        """Begin to be used by a call."""
        self.limit = limit
        limit.hold(self.sock)

    def release(self) -> None:
        """Be used no more, and wait for another call."""
        if self._at == len(self._data):
            self._data, self._at = b"", 0
        try:
            self.limit.release(self.sock)
        except BaseException:
            self.close()
            raise

    def drop(self) -> None:
        """End in the middle of a call."""
        self.close()
        try:
            self.limit.release(self.sock)
        except BaseException:
            pass  # Whoever has cancelled the call hears of it by what comes next.

    def close(self) -> None:
        """Let go of it, without a word to the server: in a forked child, it is the parent's."""
        self.lasts = False
        self.stream.close()
        self.sock.close()

    def __del__(self) -> None:
        """Nobody has read the answer to its end."""
        self.close()

    @property
    def is_own(self) -> bool:
        """Whether it was made in this process, not before a fork."""
        return self._forks == _Forks.count

    @property
    def is_fresh(self) -> bool:
        """Whether a request may go through it: nothing has come meanwhile, not even its end."""
        return self._forks == _Forks.count and not self._poll.poll(0)

    @property
    def is_clean(self) -> bool:
        """Whether all that has come has been used, so that what comes next is an answer."""
        pending = getattr(self.stream, "pending", None)
        return self._at == len(self._data) and not (pending is not None and pending())

    def send(self, data: bytes | memoryview) -> None:
        """Send all of it."""
        sent: int = self._within(self.stream.send, data)
        if sent < len(data):
            view = memoryview(data)[sent:]
            while view:
                view = view[self._within(self.stream.send, view) :]

    def send_unless_refused(self, data: bytes | memoryview) -> bool:
        """Send all of it, unless an answer comes meanwhile that is no success; whether it was."""
        view = memoryview(data).cast("B")
        while view:
            if self._is_refused():
                return False
            # TLS wants a piece that it could not send offered again as it was.
            piece = view[:_PIECE]
            view = view[self._within(self.stream.send, piece, _GLANCE) or 0 :]
        return not self._is_refused()

    def agree(self, handshake: Callable[[], object]) -> None:
        """Have TLS agree with the other end; its errors stay as they are, for what they say."""
        while True:
            self.stream.settimeout(self.limit.left())
            try:
                handshake()
            except TimeoutError as error:
                if error.errno is not None:
                    raise
            except OSError:
                self.limit.left()
                raise
            else:
                return

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
        return self._received(most)

    def into(self, view: memoryview) -> int:
        """Put bytes of a body at the beginning of `view`; how many, 0 at the end of it all."""
        if self._at < len(self._data):
            data = self.some(len(view))
            view[: len(data)] = data
            return len(data)
        count: int = self._within(self.stream.recv_into, view)
        self.limit.came(count)
        return count

    def _more(self, otherwise: ConnectionError) -> None:
        """Receive more behind what waits."""
        more = self._received(READ)
        if not more:
            raise otherwise
        self._data = self._data[self._at :] + more
        self._at = 0

    def _received(self, most: int) -> bytes:
        data: bytes = self._within(self.stream.recv, most)
        self.limit.came(len(data))
        return data

    def _is_refused(self) -> bool:
        """Whether an answer has come that is no success."""
        if hundreds(self._data) == b"2" or not self._poll.poll(0):
            return False
        self._data += self._within(self.stream.recv, READ, 0.0) or b""
        while hundreds(self._data) == b"1" and (end := self._data.find(b"\r\n\r\n")) >= 0:
            self._data = self._data[end + 4 :]
        return len(self._data) > MOST or hundreds(self._data) > b"2"

    def _within(self, call: Any, argument: Any, longest: float | None = None) -> Any:
        """What a call of the stream returns, as soon as it can be made.

        Args:
            call: of the stream.
            argument: its only one.
            longest: seconds after which to return None; None to wait as long as the limit allows.
        """
        if self._forks != _Forks.count:
            raise ConnectionAbortedError("the connection was opened before a fork")
        while True:
            left = self.limit.left()
            self.stream.settimeout(left if longest is None else min(left, longest))
            try:
                result = call(argument)
            except TimeoutError as error:
                if error.errno is not None:
                    raise  # The system's own: the server's machine is gone.
            except BlockingIOError:
                pass
            except OSError as error:
                # What cancelling has shut looks as if the server had done so.
                self.limit.left()
                if type(error).__module__ != "ssl":
                    raise
                if not type(error).__name__.startswith("SSLWant"):
                    raise ConnectionResetError("TLS has broken off") from error
            else:
                if not result:
                    self.limit.left()
                return result
            if longest is not None:
                return None
