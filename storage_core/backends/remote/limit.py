"""The time limit of an attempt that blocks, and how its thread is woken to cancel it."""

from __future__ import annotations

from _thread import allocate_lock
from contextvars import ContextVar
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final, Protocol

from storage_core.backends.base import SLOWEST_RATE

if TYPE_CHECKING:
    from socket import socket


class OutOfTime(TimeoutError):
    """The time of the call is up."""


class Cancelled(BaseException):
    """Nobody waits for the call any more. A `BaseException`, so that no retry catches it."""


class Cancellable(Protocol):
    """Something that a thread waits for, and that can be cancelled."""

    def cancel(self) -> object:
        """Wake whoever waits for it."""


class Cancellation:
    """Ends the calls of one caller, from another thread."""

    def __init__(self) -> None:
        """Cancel nothing yet."""
        self.is_set = False
        self._lock = allocate_lock()
        self._held: set[socket | Cancellable] = set()
        self._gate = allocate_lock()
        self._gate.acquire()

    def cancel(self) -> None:
        """`set`, so that one cancellation can cancel another (`Cancellable`)."""
        self.set()

    def set(self) -> None:
        """Wake who waits, and shut the sockets in use, so that no call on them blocks any more."""
        import socket

        with self._lock:
            if self.is_set:
                return
            self.is_set = True
            held = [*self._held]
        self._gate.release()
        for each in held:
            if not isinstance(each, socket.socket):
                each.cancel()
                continue
            try:
                # Shut the plain socket: TLS would first exchange messages with the server.
                socket.socket.shutdown(each, socket.SHUT_RDWR)
            except OSError:
                pass

    def hold(self, used: socket | Cancellable) -> None:
        """Register a socket that is about to be used, or something that is about to be awaited."""
        with self._lock:
            if not self.is_set:
                self._held.add(used)
                return
        raise Cancelled

    def release(self, used: socket | Cancellable) -> None:
        """Unregister it: a socket may be used by another call next."""
        with self._lock:
            self._held.discard(used)
            if self.is_set:
                raise Cancelled

    def wait(self, seconds: float) -> None:
        """Sleep for so many seconds.

        Raises:
            Cancelled: it is cancelled meanwhile, or was before.
        """
        if self._gate.acquire(timeout=seconds):
            self._gate.release()
            raise Cancelled


current: Final[ContextVar[Cancellation | None]] = ContextVar("current", default=None)
"""What cancels the calls of this context; None where the caller's own thread blocks in them."""


class Limit:
    """The time for one call: some seconds, and one more for every 64 KiB that have come."""

    __slots__ = ("_cancellation", "_end", "moved")

    def __init__(self, seconds: float, cancellation: Cancellation | None = None) -> None:
        """Start the clock.

        Args:
            seconds: how long the call may take.
            cancellation: ends it earlier; None where the caller blocks and cannot cancel.
        """
        self._end = monotonic() + seconds
        self._cancellation = cancellation
        self.moved = 0
        """Bytes that have come."""

    @property
    def cancellation(self) -> Cancellation | None:
        """What ends it earlier; in a thread that works on a part, what cancels that thread."""
        return current.get() or self._cancellation

    def left(self) -> float:
        """The seconds that are left, more than 0.

        Raises:
            OutOfTime: none are left.
            Cancelled: the caller has gone.
        """
        if self.cancellation is not None and self.cancellation.is_set:
            raise Cancelled
        left = self.seconds
        if left <= 0:
            raise OutOfTime
        return left

    @property
    def seconds(self) -> float:
        """The seconds that are left; 0 or less when the time is up."""
        return self._end + self.moved / SLOWEST_RATE - monotonic()

    def came(self, count: int) -> None:
        """Add time for bytes that have come, so that a server that sends fast enough may go on."""
        self.moved += count

    def another(self, seconds: float) -> Limit:
        """A separate limit for something else that the same caller waits for."""
        return Limit(seconds, self.cancellation)

    def hold(self, sock: socket) -> None:
        """From now on, shut this socket when the call is cancelled."""
        if self.cancellation is not None:
            self.cancellation.hold(sock)

    def release(self, sock: socket) -> None:
        """From now on, leave this socket alone."""
        if self.cancellation is not None:
            self.cancellation.release(sock)

    def pause(self, seconds: float) -> None:
        """Sleep for so many seconds.

        Raises:
            Cancelled: the caller has gone.
        """
        if self.cancellation is None:
            sleep(seconds)
        else:
            self.cancellation.wait(seconds)
