"""How long an attempt that blocks may go on, and how the thread it blocks is set free before."""

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
    """Nobody waits for the call any more. Of no family that an attempt or a retry would catch."""


class Cancellable(Protocol):
    """What somebody waits for, and is told when nobody needs to."""

    def cancel(self) -> object:
        """Set free whoever waits."""


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
        """`set`, for one that another one ends."""
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
                # Of the plain socket: TLS would first want to say goodbye.
                socket.socket.shutdown(each, socket.SHUT_RDWR)
            except OSError:
                pass

    def hold(self, used: socket | Cancellable) -> None:
        """Take note of a socket that is going to be used, or of what is going to be waited for."""
        with self._lock:
            if not self.is_set:
                self._held.add(used)
                return
        raise Cancelled

    def release(self, used: socket | Cancellable) -> None:
        """Forget a socket, which may be another call's next, or what has been waited for."""
        with self._lock:
            self._held.discard(used)
            if self.is_set:
                raise Cancelled

    def wait(self, seconds: float) -> None:
        """Do nothing for so long.

        Raises:
            Cancelled: meanwhile, or before.
        """
        if self._gate.acquire(timeout=seconds):
            self._gate.release()
            raise Cancelled


current: Final[ContextVar[Cancellation | None]] = ContextVar("current", default=None)
"""What ends the calls of this context; None where whoever blocks in them is the caller himself."""


class Limit:
    """The time for one call: some seconds, and one more for every 64 KiB that have come."""

    __slots__ = ("_cancellation", "_end", "moved")

    def __init__(self, seconds: float, cancellation: Cancellation | None = None) -> None:
        """Begin now.

        Args:
            seconds: how long.
            cancellation: ends it before; None where the caller blocks and cannot cancel.
        """
        self._end = monotonic() + seconds
        self._cancellation = cancellation
        self.moved = 0
        """Bytes that have come."""

    @property
    def cancellation(self) -> Cancellation | None:
        """What ends it before; of a part that a thread works on, what ends that thread's work."""
        return current.get() or self._cancellation

    def left(self) -> float:
        """Seconds that are left, more than none.

        Raises:
            OutOfTime: there are none.
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
        """Seconds that are left; none or fewer when the time is up."""
        return self._end + self.moved / SLOWEST_RATE - monotonic()

    def came(self, count: int) -> None:
        """Allow time for bytes that have come: a server that sends fast enough may go on."""
        self.moved += count

    def another(self, seconds: float) -> Limit:
        """A limit of its own for something else that the same caller waits for."""
        return Limit(seconds, self.cancellation)

    def hold(self, sock: socket) -> None:
        """Have cancelling shut a socket, from now on."""
        if self.cancellation is not None:
            self.cancellation.hold(sock)

    def release(self, sock: socket) -> None:
        """Leave a socket alone from now on."""
        if self.cancellation is not None:
            self.cancellation.release(sock)

    def pause(self, seconds: float) -> None:
        """Do nothing for so long.

        Raises:
            Cancelled: the caller has gone.
        """
        if self.cancellation is None:
            sleep(seconds)
        else:
            self.cancellation.wait(seconds)
