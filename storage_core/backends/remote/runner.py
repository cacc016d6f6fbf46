"""How calls are run: on the background event loop, or in the caller's thread.

The policy, reading and writing are written once, as coroutines. `on_loop.py` runs them for drivers
whose libraries are asynchronous. `blocking.py` runs them for drivers that block: what these await
never suspends, so that a coroutine runs to its end at once and needs no event loop.
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
    """Provides sessions with one place."""

    def session(self, limit: Limit | None) -> AbstractAsyncContextManager[Session]:
        """A session for one attempt.

        Args:
            limit: of the attempt; None if the event loop ends it in time.
        """

    async def failure(self, seconds: float) -> BaseException | None:
        """Why there is no session, if that is known within `seconds`; else None."""

    def close(self) -> None:
        """Close what is open; the next session opens it anew."""


class Runner(Protocol):
    """Runs calls, and what they wait for."""

    @property
    def is_side_by_side(self) -> bool:
        """Whether threads that make calls at the same time do not wait for each other."""

    def connection(self, driver: Driver | BlockingDriver) -> Connection:
        """Make the connection that provides sessions; nothing is connected yet."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work`, block until it ends, and return or raise its result."""

    async def arun(self, work: Coroutine[Any, Any, T]) -> T:
        """Await `work` and return or raise its result; cancelling this cancels it."""

    def finish(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` without waiting long for it."""

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
            size: bytes that the call moves, if that is known before.
            size_of: asks for that number if it is not known: awaited once, beside the call, if that
                takes long. If it fails, the deadline stays as it is.
            moved: counts the bytes that have come so far, if the driver can tell: then an attempt
                may go on for as long as they come fast enough, whatever size the server claims.

        Raises:
            GaveUp: the attempts or the time ran out.
            Exception: what `call` raised, when it is not transient.
        """

    async def within(self, seconds: float, call: Callable[[Limit | None], Awaitable[T]]) -> T:
        """Return or raise what `call` does.

        Raises:
            TimeoutError: it takes longer than `seconds`.
        """

    async def in_thread(self, seconds: float, function: Callable[..., T], *args: Any) -> T:
        """Call a blocking function in a thread, and return or raise what it does.

        Raises:
            TimeoutError: it takes longer than `seconds`; it is abandoned.
        """
