"""How calls are run: on the background event loop, or in the thread of whoever makes them.

The policy, reading and writing are written once, as coroutines. `on_loop.py` runs them for drivers
whose libraries are asynchronous. `blocking.py` runs them for drivers that block: what these await
never suspends, so that a coroutine runs to its end at once, and no event loop is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from contextlib import AbstractAsyncContextManager

    from storage_core.backends.remote.driver import BlockingDriver, Driver, Session
    from storage_core.backends.remote.limit import Limit

T = TypeVar("T")


class Connection(Protocol):
    """What sessions with one place come from."""

    def session(self, limit: Limit | None) -> AbstractAsyncContextManager[Session]:
        """A session for one attempt.

        Args:
            limit: of the attempt; None where whoever awaits it keeps the time.
        """

    async def failure(self, seconds: float) -> BaseException | None:
        """Why there is no session, where that is known within so many seconds."""

    def close(self) -> None:
        """Let go of what is open; the next session opens it anew."""


class Runner(Protocol):
    """Runs calls, and what they wait for."""

    @property
    def is_side_by_side(self) -> bool:
        """Whether threads that call at the same time have nothing to share but their process."""

    def connection(self, driver: Driver | BlockingDriver) -> Connection:
        """What sessions come from; nothing is connected yet."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` returns or raises, for a caller that waits."""

    async def arun(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` returns or raises, for one that awaits; cancelling this cancels it."""

    def finish(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work`, without waiting long for it."""

    async def attempt(
        self,
        call: Callable[[Limit | None], Awaitable[T]],
        *,
        timeout: float,  # noqa: ASYNC109 (the deadline spans the attempts, not one await)
        is_transient: Callable[[Exception], bool],
        size: int = 0,
        size_of: Callable[[], Awaitable[int]] | None = None,
        moved: Callable[[], int] | None = None,
    ) -> T:
        """Return what `call` returns, calling it again after a failure that may pass.

        Args:
            call: makes one attempt; called anew for each.
            timeout: seconds allowed for all attempts together, apart from the time to move bytes.
            is_transient: whether what an attempt raised may have gone a moment later.
            size: bytes that the call moves, where that is known before.
            size_of: asks for the number of bytes where it is not: awaited once, beside the call,
                when that takes long. Whatever it raises leaves the deadline as it is.
            moved: counts the bytes that have come so far, for a driver that knows: then an attempt
                goes on for as long as they come fast enough, whatever size the server claims.

        Raises:
            GaveUp: the attempts or the time ran out.
            Exception: what `call` raised, when it is not transient.
        """

    async def within(self, seconds: float, call: Callable[[Limit | None], Awaitable[T]]) -> T:
        """What `call` returns or raises.

        Raises:
            TimeoutError: it takes longer.
        """

    async def in_thread(self, seconds: float, function: Callable[..., T], *args: Any) -> T:
        """What a function that blocks returns or raises.

        Raises:
            TimeoutError: it takes longer; it is left to itself.
        """
