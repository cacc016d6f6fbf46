"""The one retry policy and the one deadline of every remote backend.

A driver does not retry by itself here (left alone they take up to 93 seconds to say that a server
is down): it makes one attempt, `attempt` decides whether there is a next one, and cancels what is
still running when the deadline has come. The driver says what is worth a second attempt: 429, 5xx,
connections that were reset or refused, and the library's own time-outs; nothing else.
"""

from __future__ import annotations

import asyncio
import random
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, TypeVar

from storage_core.backends.base import SLOWEST_RATE, deadline

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

MAX_ATTEMPTS: Final = 6
"""With waits that double from `timeout`/32 these span the timeout, whatever its length."""

ASK_SIZE_AT: Final = 0.6
"""Part of the timeout after which a read that is still going on asks how much there is to read."""

GRACE: Final = 0.05
"""Part of the timeout that a cancelled call gets to clean up before it is left to itself."""


observer: Final[ContextVar[Callable[[int, float], object] | None]] = ContextVar(
    "observer", default=None
)
"""Told, where a caller has set it, each time that an attempt has failed and another one follows:
how many have failed so far, and the seconds that are left. It is called on the event loop's thread,
so it must be quick."""


class GaveUp(Exception):
    """The deadline passed, or the last attempt failed for a passing reason.

    `__cause__` is what the last attempt raised; none when no attempt came to an end.
    """

    def __init__(self, attempts: int, seconds: float) -> None:
        times = "once" if attempts == 1 else f"{attempts} times"
        super().__init__(f"tried {times} within {seconds:.1f} seconds")
        self.attempts = attempts
        self.seconds = seconds


async def attempt(
    call: Callable[[], Awaitable[T]],
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
        size_of: asks for the number of bytes where it is not: awaited once, beside the call, when
            that takes long. Whatever it raises leaves the deadline as it is.
        moved: counts the bytes that have come so far, for a driver that knows: then an attempt
            goes on for as long as they come fast enough, whatever size the server claims.

    Raises:
        GaveUp: the attempts or the time ran out.
        Exception: what `call` raised, when it is not transient.
    """
    loop = asyncio.get_running_loop()
    start = loop.time()
    end = start + deadline(timeout, size)
    asking = None if size_of is None else asyncio.ensure_future(_ask(size_of, timeout))
    wait = timeout / 32
    count = 0
    last: Exception | None = None
    try:
        while True:
            count += 1
            task = asyncio.ensure_future(call())
            try:
                while not task.done():
                    if asking is not None and asking.done():
                        end, asking = start + deadline(timeout, asking.result()), None
                    left = end - loop.time() + (moved() / SLOWEST_RATE if moved else 0)
                    if left <= 0:
                        raise GaveUp(count, loop.time() - start) from last
                    waiting = {task} if asking is None else {task, asking}
                    await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await _stop(task, GRACE * timeout)
            try:
                return task.result()
            except Exception as error:
                if not is_transient(error):
                    raise
                last = error
            pause = wait * random.uniform(0.5, 1.0)
            wait *= 2
            if count == MAX_ATTEMPTS or loop.time() + pause >= end:
                raise GaveUp(count, loop.time() - start) from last
            if tell := observer.get():
                tell(count, end - loop.time())
            await asyncio.sleep(pause)
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
    """Cancel `task`; a driver that swallows the cancellation does not hold the caller up."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=grace)
    if not task.done():
        task.add_done_callback(_forget)
    elif not task.cancelled():
        task.exception()


def _forget(task: asyncio.Future[T]) -> None:
    """Take what an abandoned call raised, so that asyncio does not print it."""
    if not task.cancelled():
        task.exception()
