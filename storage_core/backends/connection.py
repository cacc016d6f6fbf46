"""A driver that is built when it is first needed, and in each process anew. Called by the backends.

All of it happens on the background event loop, apart from `close`.
"""

from __future__ import annotations

import asyncio
import atexit
from concurrent.futures import wait
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet, finalize

from storage_core.backends import io_loop
from storage_core.backends.translate import BadSettings, Fault, classify
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from concurrent.futures import Future

SECONDS_TO_CLOSE: Final = 1.0
"""How long closing is waited for."""

_closing: Final[set[Future[None]]] = set()
_abandoned: Final[list[Any]] = []
"""A parent's drivers in its forked child: were they collected, they would close what is shared."""


class Connection:
    """The driver of one backend."""

    def __init__(self, disconnect: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
        """Remember how a driver is closed; this must not keep the backend alive."""
        self._disconnect = disconnect
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connecting: asyncio.Task[Any] | None = None
        self._finalizer: finalize[..., Connection] | None = None

    async def driver(self, connect: Callable[[], Awaitable[Any]]) -> Any:
        """The driver, built by `connect` if there is none."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            if self._connecting is not None:
                _abandoned.append((self._connecting, self._finalizer))
            self._loop, self._connecting = loop, None
        task = self._connecting
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._connecting = asyncio.ensure_future(self._build(connect))
            task.add_done_callback(_retrieve)
        # Shielded: others may be waiting for the same one.
        return await asyncio.shield(task)

    def forget(self, driver: Any) -> None:
        """Have the next call build another driver: this one is in a state that nobody knows."""
        task = self._connecting
        built = task is not None and task.done() and not task.cancelled() and not task.exception()
        if task is not None and built and task.result() is driver:
            self._begin_to_close()

    def close(self) -> None:
        """Close the driver's connections; the next call builds another driver."""
        wait(self._begin_to_close(), SECONDS_TO_CLOSE)

    def _begin_to_close(self) -> list[Future[None]]:
        finalizer = self._finalizer
        if finalizer is None or not io_loop.is_current(self._loop):
            return []
        self._connecting = self._finalizer = None
        # Not called: when Python ends, finalizers that are called do nothing.
        details = finalizer.detach()
        closing = details and details[1](*details[2])
        return [closing] if closing else []

    async def _build(self, connect: Callable[[], Awaitable[Any]]) -> Any:
        try:
            driver = await connect()
        except StorageError:
            raise
        except Exception as error:
            if classify(error) is Fault.OTHER:
                raise BadSettings(f"{type(error).__name__}: {error}") from error
            raise
        loop = asyncio.get_running_loop()
        self._finalizer = finalize(self, _let_go, self._disconnect, driver, loop)
        self._finalizer.atexit = False
        _open.add(self)
        return driver


_open: Final[WeakSet[Connection]] = WeakSet()


def _let_go(
    disconnect: Callable[[Any], Coroutine[Any, Any, None]],
    driver: Any,
    loop: asyncio.AbstractEventLoop,
) -> Future[None] | None:
    """Begin to close a driver. Whoever collects garbage must not have to wait for it."""
    if not io_loop.is_current(loop):
        _abandoned.append(driver)
        return None
    closing = asyncio.run_coroutine_threadsafe(disconnect(driver), loop)
    _closing.add(closing)
    closing.add_done_callback(_closing.discard)
    return closing


@atexit.register
def _close_all() -> None:
    """Close what is still open, all of it at once, before aiohttp complains that it is."""
    for connection in list(_open):
        connection._begin_to_close()
    wait(list(_closing), SECONDS_TO_CLOSE)


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Take what connecting raised, in case that everybody who waited has given up."""
    if not task.cancelled():
        task.exception()
