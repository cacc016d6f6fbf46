"""Runs calls in the caller's thread, for drivers that block.

What a blocking driver's sessions await never suspends, so one step runs a coroutine to its end: no
event loop is made, and asyncio, whose import alone costs more than a request, is not loaded.
Asynchronous callers get a thread for each call.
"""

from __future__ import annotations

from contextvars import copy_context
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar, cast

from storage_core.backends.base import deadline
from storage_core.backends.remote.limit import Cancellation, Cancelled, Limit, OutOfTime, current
from storage_core.backends.remote.retry import GaveUp, observer, pauses

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from types import TracebackType

    from storage_core.backends.remote.driver import BlockingDriver, Driver, Session

T = TypeVar("T")


class Blocking:
    """Runs calls in the caller's thread; see `Runner` for what each method does."""

    is_side_by_side = True

    def connection(self, driver: Driver | BlockingDriver) -> _Ready:
        return _Ready(cast("BlockingDriver", driver))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            work.send(None)
        except StopIteration as end:
            result: T = end.value
            return result
        work.close()
        raise RuntimeError("a blocking driver has suspended")

    async def arun(self, work: Coroutine[Any, Any, T]) -> T:
        from asyncio import get_running_loop

        from storage_core.backends.remote.threads import start

        loop = get_running_loop()
        future = loop.create_future()
        cancellation = Cancellation()
        context = copy_context()
        context.run(current.set, cancellation)

        def deliver(job: Any) -> None:
            def hand_over() -> None:
                if future.done():
                    return
                try:
                    future.set_result(job.result())
                except BaseException as error:
                    future.set_exception(error)

            try:
                loop.call_soon_threadsafe(hand_over)
            except RuntimeError:
                pass  # The caller's loop has been closed meanwhile.

        start(lambda: context.run(self.run, work), deliver)
        try:
            result: T = await future
        finally:
            if not future.done() or future.cancelled():
                cancellation.set()
        return result

    def finish(self, work: Coroutine[Any, Any, None]) -> None:
        self.run(work)

    async def within(self, seconds: float, call: Callable[[Limit | None], Awaitable[T]]) -> T:
        return await call(Limit(seconds, current.get()))

    async def in_thread(self, seconds: float, function: Callable[..., T], *args: Any) -> T:
        from storage_core.backends.remote.threads import within

        return within(seconds, function, *args)

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
        start = monotonic()
        limit = Limit(deadline(timeout, size), current.get())
        waits = None
        count = 0
        last: Exception | None = None
        while True:
            count += 1
            try:
                return await call(limit)
            except OutOfTime:
                raise GaveUp(count, monotonic() - start) from last
            except Exception as error:
                if limit.cancellation is not None and limit.cancellation.is_set:
                    # The attempt failed only because cancelling has shut its socket.
                    raise Cancelled from None
                if not is_transient(error):
                    raise
                last = error
            waits = waits or pauses(timeout)
            pause = next(waits, None)
            if pause is None or limit.seconds <= pause:
                raise GaveUp(count, monotonic() - start) from last
            if tell := observer.get():
                tell(count, limit.seconds)
            limit.pause(pause)
            if limit.seconds <= 0:
                # The machine was suspended: an attempt that has not begun is not counted.
                raise GaveUp(count, monotonic() - start) from last


class _Ready:
    """The connection of a driver that makes a session for each attempt."""

    def __init__(self, driver: BlockingDriver) -> None:
        self._driver = driver

    def session(self, limit: Limit | None) -> _Using:
        assert limit is not None
        return _Using(self._driver.session(limit))

    async def failure(self, seconds: float) -> BaseException | None:
        return None

    def close(self) -> None:
        self._driver.close()


class _Using:
    """A session as an asynchronous context manager."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def __aenter__(self) -> Session:
        return self._session

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None
