"""Blocking work in threads of its own, awaited from the event loop.

Called by every worker of the app. The threads are daemons: leaving the app never waits for a server
that does not answer, which `asyncio.to_thread` would.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


async def in_thread(function: Callable[[], T]) -> T:
    """What `function` returns or raises; it runs in a thread, on to its end even if cancelled."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        try:
            result = function()
        except BaseException as error:
            _tell(loop, settle, None, error)
        else:
            _tell(loop, settle, result, None)

    _start(run)
    return await done


def begin(function: Callable[[], T]) -> Future[T]:
    """Start `function` in a thread before there is an event loop."""
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(function())
        except BaseException as error:
            outcome.set_exception(error)

    _start(run)
    return outcome


async def stream(make: Callable[[], Iterable[T]]) -> AsyncIterator[T]:
    """The items of what `make` returns, each as soon as it is there.

    Leaving the loop early closes the generator after the item it is working on.
    """
    loop = asyncio.get_running_loop()
    items: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
    stopped = threading.Event()

    def run() -> None:
        try:
            iterable = make()
            for item in iterable:
                if stopped.is_set():
                    close = getattr(iterable, "close", None)
                    if close is not None:
                        close()
                    return
                _tell(loop, items.put_nowait, ("item", item))
        except BaseException as error:
            _tell(loop, items.put_nowait, ("error", error))
        else:
            _tell(loop, items.put_nowait, ("end", None))

    _start(run)
    try:
        while True:
            what, value = await items.get()
            if what == "end":
                return
            if what == "error":
                raise value
            yield value
    finally:
        stopped.set()


def _start(run: Callable[[], None]) -> None:
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), daemon=True).start()


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *args: object) -> None:
    try:
        loop.call_soon_threadsafe(call, *args)
    except RuntimeError:
        # The app is gone; so is whoever waited.
        pass
