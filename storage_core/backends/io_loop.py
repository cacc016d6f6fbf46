"""One event loop on a background thread, for asynchronous drivers. Called by remote backends.

Blocking callers hand over a coroutine and wait; asynchronous ones await it from their own loop, and
cancelling there cancels it here. A forked child has no such thread, so it starts another loop.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")


_THREAD: Final = "storage-io"
_SECONDS_TO_FINISH: Final = 1.0


class _State:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.loop: asyncio.AbstractEventLoop | None = None


_state: Final = _State()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on the background loop and wait for what it returns or raises."""
    future = _submit(work)
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


async def arun(work: Coroutine[Any, Any, T]) -> T:
    """Await `work`, which runs on the background loop; cancelling this cancels it."""
    return await asyncio.wrap_future(_submit(work))


def finish(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` without waiting long for it, or at all on the background loop's own thread."""
    future = _submit(work)
    if threading.current_thread().name != _THREAD:
        wait([future], timeout=_SECONDS_TO_FINISH)


def is_current(loop: asyncio.AbstractEventLoop | None) -> bool:
    """Whether `loop` is this process's background loop: after a fork the parent's is not."""
    return loop is not None and loop is _state.loop


def _submit(work: Coroutine[Any, Any, T]) -> Future[T]:
    loop = _state.loop
    if loop is None:
        with _state.lock:
            loop = _state.loop
            if loop is None:
                loop = _state.loop = _start()
    return asyncio.run_coroutine_threadsafe(work, loop)


class _Threads(ThreadPoolExecutor):
    """A thread for each call, which Python does not wait for when it ends.

    The loop has addresses looked up there: where no name server answers that takes half a minute.
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        threading.Thread(target=work, name="storage-helper", daemon=True).start()
        return future


def _start() -> asyncio.AbstractEventLoop:
    loop = _new_loop()
    loop.set_default_executor(_Threads())
    threading.Thread(target=loop.run_forever, name=_THREAD, daemon=True).start()
    return loop


if sys.platform == "win32":

    def _new_loop() -> asyncio.AbstractEventLoop:
        return asyncio.new_event_loop()
else:

    def _new_loop() -> asyncio.AbstractEventLoop:
        # Not epoll or kqueue: a child shares those with its parent, so what it closes, the parent
        # would no longer hear of.
        return asyncio.SelectorEventLoop(selectors.PollSelector())

    def _after_fork() -> None:
        if _state.loop is not None:
            # What is left of the parent's connections is nothing to report in the child.
            _state.loop.set_exception_handler(lambda _loop, _context: None)
        _state.lock, _state.loop = threading.Lock(), None

    os.register_at_fork(after_in_child=_after_fork)
