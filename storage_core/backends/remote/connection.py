"""A driver that is built when it is first needed, and in each process anew. Called by the backends.

All of it happens on the background event loop, apart from `close` and what is collected as garbage.
"""

from __future__ import annotations

import asyncio
import atexit
from concurrent.futures import wait
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from weakref import finalize

from storage_core.backends.remote import io_loop
from storage_core.backends.remote.faults import BadSettings, Fault, classify
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
    from concurrent.futures import Future

SECONDS_TO_CLOSE: Final = 1.0
"""How long closing is waited for when Python ends."""

Disconnect: TypeAlias = "Callable[[Any], Coroutine[Any, Any, None]]"


class Connection:
    """The driver of one backend."""

    def __init__(self, disconnect: Disconnect) -> None:
        """Remember how a driver is closed; this must not keep the backend alive."""
        self._disconnect = disconnect
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connecting: asyncio.Task[_Built] | None = None

    @asynccontextmanager
    async def driver(self, connect: Callable[[], Awaitable[Any]]) -> AsyncIterator[Any]:
        """The driver, built by `connect` if there is none; `close` waits until it is free."""
        built = await self._built(connect)
        while built.is_leaving:
            built = await self._built(connect)
        built.uses += 1
        try:
            yield built.driver
        finally:
            built.release()

    def forget(self, driver: Any) -> None:
        """Close a driver that is in a state nobody knows, in use or not; the next call builds one.

        Called on the event loop.
        """
        built = self._current()
        if built is not None and built.driver is driver:
            self._connecting = None
            built.is_leaving = True
            built.disconnect()

    def close(self) -> None:
        """Close the driver's connections, once no call uses them; the next call builds another."""
        if io_loop.is_current(self._loop):
            io_loop.finish(self._close())

    async def _close(self) -> None:
        built = self._current()
        if built is None:
            return
        self._connecting = None
        built.is_leaving = True
        if built.uses:
            await built.unused.wait()
        if closing := built.disconnect():
            await asyncio.wrap_future(closing)

    def _current(self) -> _Built | None:
        """What has been built and not been closed."""
        task = self._connecting
        built = task is not None and task.done() and not task.cancelled() and not task.exception()
        return task.result() if task is not None and built else None

    async def _built(self, connect: Callable[[], Awaitable[Any]]) -> _Built:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            if self._connecting is not None:
                _abandoned.append(self._connecting)
            self._loop, self._connecting = loop, None
        task = self._connecting
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._connecting = asyncio.ensure_future(self._build(connect))
            task.add_done_callback(_retrieve)
        # Shielded: others may be waiting for the same one.
        return await asyncio.shield(task)

    async def _build(self, connect: Callable[[], Awaitable[Any]]) -> _Built:
        try:
            driver = await connect()
        except StorageError:
            raise
        except Exception as error:
            if classify(error) is Fault.OTHER:
                raise BadSettings(f"{type(error).__name__}: {error}") from error
            raise
        built = _Built(driver, self._disconnect)
        built.finalizer = finalize(self, built.disconnect)
        # When Python ends, finalizers that are called do nothing.
        built.finalizer.atexit = False
        return built


class _Built:
    """A driver, and how many calls use it."""

    def __init__(self, driver: Any, disconnect: Disconnect) -> None:
        self.driver = driver
        self.uses = 0
        self.unused = asyncio.Event()
        self.is_leaving = False
        """Whether it is closed, or about to be: no other call is to use it."""

        self.finalizer: finalize[..., Connection] | None = None
        self._disconnect = disconnect
        self._loop = asyncio.get_running_loop()
        _open.add(self)

    def release(self) -> None:
        """One call less."""
        self.uses -= 1
        if self.is_leaving and not self.uses:
            self.unused.set()

    def disconnect(self) -> Future[None] | None:
        """Begin to close the driver, once. Whoever collects garbage must not have to wait for it.

        In a forked child nothing happens: there it would close what is the parent's too.
        """
        if not io_loop.is_current(self._loop):
            return None
        try:
            _open.remove(self)
        except KeyError:
            return None
        if self.finalizer is not None:
            self.finalizer.detach()
        closing = asyncio.run_coroutine_threadsafe(self._disconnect(self.driver), self._loop)
        _closing[closing] = self._loop
        closing.add_done_callback(lambda closed: _closing.pop(closed, None))
        return closing


_open: Final[set[_Built]] = set()
"""Also a parent's, in its forked child: were they collected, they would close what is shared."""

_abandoned: Final[list[asyncio.Task[_Built]]] = []
_closing: Final[dict[Future[None], asyncio.AbstractEventLoop]] = {}
"""With their loops: a forked child need not wait for what its parent closes."""


@atexit.register
def _close_all() -> None:
    """Close what is still open, all of it at once, before aiohttp complains that it is."""
    for built in list(_open):
        built.disconnect()
    ours = [closing for closing, loop in list(_closing.items()) if io_loop.is_current(loop)]
    wait(ours, SECONDS_TO_CLOSE)


def _retrieve(task: asyncio.Task[_Built]) -> None:
    """Take what connecting raised, in case that everybody who waited has given up."""
    if not task.cancelled():
        task.exception()
