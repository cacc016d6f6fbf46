"""Runs blocking work in threads of its own, to be awaited on the event loop.

The threads are daemons: leaving the app never waits for a server that does not answer, which
`asyncio.to_thread` would.
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
    """Run `function` in a thread and return its result; cancelling this does not stop it."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(outcome: Future[T]) -> None:
        if done.done():
            return
        if error := outcome.exception():
            done.set_exception(error)
        else:
            done.set_result(outcome.result())

    run(function).add_done_callback(lambda outcome: _tell(loop, settle, outcome))
    return await done


def run(function: Callable[[], T]) -> Future[T]:
    """Run `function` in a thread, with or without an event loop."""
    outcome: Future[T] = Future()

    def work() -> None:
        try:
            result = function()
        except BaseException as error:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work,), daemon=True).start()
    return outcome


async def stream(make: Callable[[], Iterable[T]]) -> AsyncIterator[T]:
    """Yield the items of what `make` returns, which run in a thread, each as soon as it is there.

    Leaving the loop early closes the generator after the item it is working on.
    """
    loop = asyncio.get_running_loop()
    items: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
    stopped = threading.Event()

    def work() -> None:
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

    run(work)
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


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *args: object) -> None:
    try:
        loop.call_soon_threadsafe(call, *args)
    except RuntimeError:
        # The app has closed; nobody is waiting any more.
        pass


class Jobs:
    """Work in threads, shown to the person as long as it lasts.

    Args:
        show: called with what is being done, as shown; with an empty text when nothing is.
    """

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._running: dict[asyncio.Task[Any], str] = {}
        """The running jobs with their names, in the order in which they began."""

        self.idle = asyncio.Event()
        """Set while no job runs; for the first time when the file has been read."""

    async def run(self, what: str, function: Callable[[], T]) -> T:
        """Run `function` in a thread; `what` is shown until it ends, even after a cancellation."""
        return await asyncio.shield(self.start(what, function))

    def start(self, what: str, function: Callable[[], T]) -> asyncio.Task[T]:
        """Begin the same without waiting for it."""
        job = asyncio.create_task(in_thread(function))
        self._running[job] = what
        self.idle.clear()
        self._show_latest()
        job.add_done_callback(self._ended)
        return job

    def called(self, what: str) -> list[asyncio.Task[Any]]:
        """The running jobs with this name."""
        return [job for job, name in self._running.items() if name == what]

    def _ended(self, job: asyncio.Task[Any]) -> None:
        del self._running[job]
        # Asked for, since asyncio prints the traceback of a failure that nobody has asked for.
        if not job.cancelled():
            job.exception()
        self._show_latest()
        if not self._running:
            self.idle.set()

    def _show_latest(self) -> None:
        self._show(next(filter(None, reversed(self._running.values())), ""))
