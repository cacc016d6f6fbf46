"""One event loop on a background thread, for asynchronous drivers.

Blocking callers hand over a coroutine and wait; asynchronous ones await it from their own loop, and
cancelling there cancels it here. A forked child has no such thread, so it starts another loop.
"""

from __future__ import annotations

import asyncio
import logging
import os
import selectors
import socket
import sys
import threading
from concurrent.futures import wait
from typing import TYPE_CHECKING, Any, Final, TypeVar

from storage_core.backends.remote.limit import current
from storage_core.backends.remote.worker import in_thread
from storage_core.logs import OUR_THREADS

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from concurrent.futures import Future

T = TypeVar("T")


_LOGGER: Final = logging.getLogger("storage_core")
_THREAD: Final = f"{OUR_THREADS}io"
_SECONDS_TO_FINISH: Final = 1.0


class _State:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.loop: asyncio.AbstractEventLoop | None = None


_state: Final = _State()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on the background loop and wait for what it returns or raises."""
    cancellation = current.get()
    future = _submit(work)
    try:
        if cancellation is None:
            return future.result()
        cancellation.hold(future)
        try:
            return future.result()
        finally:
            cancellation.release(future)
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


def _start() -> asyncio.AbstractEventLoop:
    loop = _new_loop()
    loop.set_exception_handler(_note)
    threading.Thread(target=loop.run_forever, name=_THREAD, daemon=True).start()
    return loop


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what a library has left behind on the loop; asyncio would print it on standard error."""
    _LOGGER.debug("%s", context.get("message"), exc_info=context.get("exception"))


if sys.platform == "win32":

    def _new_loop() -> asyncio.AbstractEventLoop:
        return asyncio.new_event_loop()
else:

    class _Loop(asyncio.SelectorEventLoop):
        async def getaddrinfo(self, *args: Any, **options: Any) -> Any:
            # If no name server answers, this takes half a minute, and Python would wait for the
            # loop's own threads when it ends.
            return await in_thread(socket.getaddrinfo, *args, **options)

    def _new_loop() -> asyncio.AbstractEventLoop:
        # Not epoll or kqueue: a forked child shares them with its parent, which would get no more
        # events of connections that the child closes.
        return _Loop(selectors.PollSelector())

    def _after_fork() -> None:
        if _state.loop is not None:
            # The child must not report what happens to the parent's connections.
            _state.loop.set_exception_handler(lambda _loop, _context: None)
        _state.lock, _state.loop = threading.Lock(), None

    os.register_at_fork(after_in_child=_after_fork)
