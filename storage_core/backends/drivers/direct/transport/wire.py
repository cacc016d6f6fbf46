"""A socket whose operations end when the time of the call that uses it is up."""

from __future__ import annotations

import os
import select
from typing import TYPE_CHECKING, Any, Protocol

from storage_core.backends.remote.broken import CLOSED, FORKED, TLS_ENDED, Broken

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from storage_core.backends.remote.limit import Limit


class Stream(Protocol):
    """What bytes go through: a socket, with TLS or without."""

    def settimeout(self, value: float, /) -> None: ...
    def recv(self, size: int, /) -> bytes: ...
    def send(self, data: bytes | memoryview, /) -> int: ...
    def close(self) -> None: ...


class _Forks:
    """Counts the forks that have led to this process."""

    count = 0


def _after_fork() -> None:
    _Forks.count += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class Wire:
    """A socket that is used by one call at a time, in the process that made it."""

    limit: Limit
    """The limit of the call that uses it."""

    def __init__(self, sock: socket.socket) -> None:
        """Take over a socket that is connected."""
        self.sock = sock
        """The socket that the system waits for, and that cancelling shuts."""

        self.stream: Stream = sock
        """What sends and receives the bytes: not `sock` itself for TLS inside TLS."""

        self._forks = _Forks.count
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)

    def become(self, sock: socket.socket) -> None:
        """Continue with another socket object, which has taken over the file descriptor."""
        plain, self.sock, self.stream = self.sock, sock, sock
        self.limit.hold(sock)
        self.limit.release(plain)

    def hold(self, limit: Limit) -> None:
        """Begin to be used by a call."""
        self.limit = limit
        limit.hold(self.sock)

    def release(self) -> None:
        """Be used no more.

        Raises:
            Cancelled: the call has been cancelled, so that the socket is shut.
        """
        self.limit.release(self.sock)

    def close(self) -> None:
        """Close it without telling the server: in a forked child it is the parent's connection."""
        self.stream.close()
        self.sock.close()

    @property
    def is_own(self) -> bool:
        """Whether it was made in this process, not before a fork."""
        return self._forks == _Forks.count

    @property
    def has_news(self) -> bool:
        """Whether there is something to receive, even if only the end of the connection."""
        return bool(self._poll.poll(0))

    @property
    def pending(self) -> int:
        """How many bytes TLS has decrypted that have not been read."""
        pending = getattr(self.stream, "pending", None)
        return 0 if pending is None else pending()

    def send(self, data: bytes) -> None:
        """Send all of it."""
        sent: int = self._within(self.stream.send, data)
        if sent < len(data):
            view = memoryview(data)[sent:]
            while view:
                view = view[self._within(self.stream.send, view) :]

    def send_some(self, view: memoryview, longest: float) -> int:
        """Send what can be sent within `longest` seconds; return how many bytes that was."""
        return self._within(self.stream.send, view, longest) or 0

    def receive(self, most: int) -> bytes:
        """Wait for bytes and return at most `most`; empty at the end of the connection."""
        data: bytes = self._within(self.stream.recv, most)
        self.limit.came(len(data))
        return data

    def received(self, most: int) -> bytes:
        """Bytes that have come already, at most `most`; empty if there are none, or at the end."""
        return self._within(self.stream.recv, most, 0.0) or b""

    def agree(self, handshake: Callable[[], object]) -> None:
        """Do the TLS handshake; its errors are raised as they are, since they say most."""
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

    def _within(self, call: Any, argument: Any, longest: float | None = None) -> Any:
        """Make a call of the stream as soon as it would not block, and return what it returns.

        Args:
            call: of the stream.
            argument: its only one.
            longest: seconds after which to return None; None to wait as long as the limit allows.
        """
        if self._forks != _Forks.count:
            raise Broken(FORKED)
        while True:
            left = self.limit.left()
            self.stream.settimeout(left if longest is None else min(left, longest))
            try:
                result = call(argument)
            except TimeoutError as error:
                if error.errno is not None:
                    raise  # The system's own time-out: the server's machine does not answer.
            except BlockingIOError:
                pass
            except OSError as error:
                # A socket that cancelling has shut looks as if the server had closed it.
                self.limit.left()
                # `ssl` is not loaded for it.
                if type(error).__module__ != "ssl":
                    raise
                if not type(error).__name__.startswith("SSLWant"):
                    ended = type(error).__name__ in ("SSLEOFError", "SSLZeroReturnError")
                    raise Broken(CLOSED if ended else TLS_ENDED) from error
            else:
                if not result:
                    self.limit.left()
                return result
            if longest is not None:
                return None
