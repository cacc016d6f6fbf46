"""Runs blocking calls of drivers off the event loop, and abandons them at the deadline.

`asyncio.to_thread` will not do: its threads are joined when Python ends, so one call that hangs
would keep the whole process from ending.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, Final, TypeVar

from storage_core.logs import OUR_THREADS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")

_running: Final[set[asyncio.Task[Any]]] = set()


async def in_thread(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Return what `function` returns. Cancelling this leaves it running and ignores its result."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def deliver(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def work() -> None:
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            loop.call_soon_threadsafe(deliver, None, error)
        else:
            loop.call_soon_threadsafe(deliver, result, None)

    threading.Thread(target=work, name=f"{OUR_THREADS}worker", daemon=True).start()
    return await future


def beside(work: Coroutine[Any, Any, Any]) -> None:
    """Run `work` in the background and ignore its result: for cleaning up after a failure."""
    task = asyncio.ensure_future(work)
    _running.add(task)
    task.add_done_callback(_finished)


def _finished(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled():
        task.exception()
