"""Calls on the background event loop, for drivers whose libraries are asynchronous."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from storage_core.backends.base import SLOWEST_RATE, deadline
from storage_core.backends.remote import io_loop
from storage_core.backends.remote.connection import SharedConnection
from storage_core.backends.remote.retry import GRACE, GaveUp, observer, pauses
from storage_core.backends.remote.worker import in_thread

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from storage_core.backends.remote.driver import BlockingDriver, Driver
    from storage_core.backends.remote.limit import Limit

T = TypeVar("T")

ASK_SIZE_AT: Final = 0.6
"""Fraction of the timeout after which a read that is still running asks for the blob's size."""


class OnLoop:
    """Runs calls on the background event loop; see `Runner` for what each method does."""

    is_side_by_side = False

    def connection(self, driver: Driver | BlockingDriver) -> SharedConnection:
        return SharedConnection(cast("Driver", driver))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return io_loop.run(work)

    async def arun(self, work: Coroutine[Any, Any, T]) -> T:
        return await io_loop.arun(work)

    def finish(self, work: Coroutine[Any, Any, None]) -> None:
        io_loop.finish(work)

    async def within(self, seconds: float, call: Callable[[Limit | None], Awaitable[T]]) -> T:
        async with asyncio.timeout(seconds):
            return await call(None)

    async def in_thread(self, seconds: float, function: Callable[..., T], *args: Any) -> T:
        async with asyncio.timeout(seconds):
            return await in_thread(function, *args)

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
        loop = asyncio.get_running_loop()
        start = loop.time()
        end = start + deadline(timeout, size)
        asking = None if size_of is None else asyncio.ensure_future(_ask(size_of, timeout))
        waits = pauses(timeout)
        count = 0
        last: Exception | None = None
        try:
            while True:
                count += 1
                task = asyncio.ensure_future(call(None))
                try:
                    while not task.done():
                        if asking is not None and asking.done():
                            end, asking = start + deadline(timeout, asking.result()), None
                        left = end - loop.time() + (moved() / SLOWEST_RATE if moved else 0)
                        if left <= 0:
                            raise GaveUp(count, loop.time() - start) from last
                        waiting = {task} if asking is None else {task, asking}
                        await asyncio.wait(
                            waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED
                        )
                finally:
                    await _stop(task, GRACE * timeout)
                try:
                    return task.result()
                except Exception as error:
                    if not is_transient(error):
                        raise
                    last = error
                pause = next(waits, None)
                if pause is None or loop.time() + pause >= end:
                    raise GaveUp(count, loop.time() - start) from last
                if tell := observer.get():
                    tell(count, end - loop.time())
                await asyncio.sleep(pause)
                if loop.time() >= end:
                    # The machine was suspended: an attempt that has not begun is not counted.
                    raise GaveUp(count, loop.time() - start) from last
        finally:
            if asking is not None:
                asking.cancel()


async def _ask(size_of: Callable[[], Awaitable[int]], timeout: float) -> int:  # noqa: ASYNC109
    await asyncio.sleep(timeout * ASK_SIZE_AT)
    try:
        return await size_of()
    except Exception:
        return 0


async def _stop(task: asyncio.Future[T], grace: float) -> None:
    """Cancel `task`, and wait no longer than `grace` for a driver that ignores it."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=grace)
    if not task.done():
        task.add_done_callback(_forget)
    elif not task.cancelled():
        task.exception()


def _forget(task: asyncio.Future[T]) -> None:
    """Retrieve what an abandoned call raised, so that asyncio does not print it."""
    if not task.cancelled():
        task.exception()
