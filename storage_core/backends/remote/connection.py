"""A session that is opened when it is first needed, and anew in each process.

Everything here runs on the background event loop, except for `close` and garbage collection.
"""

from __future__ import annotations

import asyncio
import atexit
from concurrent.futures import wait
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from weakref import finalize, ref

from storage_core.backends.remote import io_loop
from storage_core.backends.remote.faults import BadSettings, Explained, Fault, classify
from storage_core.backends.remote.worker import beside
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from concurrent.futures import Future

    from storage_core.backends.remote.driver import Afterwards, Driver, Session
    from storage_core.backends.remote.limit import Limit

SECONDS_TO_CLOSE: Final = 1.0
"""Seconds to wait for sessions to close when Python ends."""


class SharedConnection:
    """The session of one backend with its place, which all calls share."""

    def __init__(self, driver: Driver) -> None:
        """Open nothing yet."""
        self._driver = driver
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connecting: asyncio.Task[_Opened] | None = None

    @asynccontextmanager
    async def session(self, limit: Limit | None = None) -> AsyncIterator[Session]:
        """The session, opened if there is none; `close` waits until no call uses it."""
        opened = await self._opened()
        while opened.is_leaving:
            opened = await self._opened()
        opened.uses += 1
        try:
            yield opened.session
        finally:
            if opened.session.is_lost:
                self._forget(opened)
            opened.release()

    async def failure(self, seconds: float) -> BaseException | None:
        """Why the session cannot be opened, if that is known within `seconds`; else None."""
        task = self._connecting
        if task is None:
            return None
        await asyncio.wait({task}, timeout=seconds)
        return task.exception() if task.done() and not task.cancelled() else None

    def close(self) -> None:
        """Close the session, once no call uses it; the next call opens another."""
        if io_loop.is_current(self._loop):
            io_loop.finish(self._close())

    def _forget(self, lost: _Opened) -> None:
        """Close a session in an unknown state, whether it is in use or not."""
        if self._current() is lost:
            self._connecting = None
        lost.is_leaving = True
        lost.close()

    async def _close(self) -> None:
        opened = self._current()
        if opened is None:
            return
        self._connecting = None
        opened.is_leaving = True
        if opened.uses:
            await opened.unused.wait()
        if closing := opened.close():
            await asyncio.wrap_future(closing)

    def _current(self) -> _Opened | None:
        """The session that is open in this process, if there is one."""
        task = self._connecting
        opened = task is not None and task.done() and not task.cancelled() and not task.exception()
        return task.result() if task is not None and opened else None

    async def _opened(self) -> _Opened:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            if self._connecting is not None:
                _abandoned.append(self._connecting)
            self._loop, self._connecting = loop, None
        task = self._connecting
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._connecting = asyncio.ensure_future(self._open())
            task.add_done_callback(_retrieve)
        # Shielded: other calls may be waiting for the same session.
        return await asyncio.shield(task)

    async def _open(self) -> _Opened:
        try:
            session = await self._driver.connect(self._afterwards)
        except (StorageError, Explained):
            raise
        except Exception as error:
            if classify(error) is Fault.OTHER:
                raise BadSettings(f"{type(error).__name__}: {error}") from error
            raise
        opened = _Opened(session)
        opened.finalizer = finalize(self, opened.close)
        # When Python ends, `_close_all` closes all sessions at once.
        opened.finalizer.atexit = False
        return opened

    @property
    def _afterwards(self) -> Afterwards:
        # The session must not keep this object alive, whose collection closes it.
        this = ref(self)

        def do(work: Callable[[Any], Awaitable[None]]) -> None:
            connection = this()
            if connection is not None:
                beside(connection._do(work))

        return do

    async def _do(self, work: Callable[[Any], Awaitable[None]]) -> None:
        async with self.session() as session:
            await work(session)


class _Opened:
    """A session, and how many calls use it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.uses = 0
        self.unused = asyncio.Event()
        self.is_leaving = False
        """Whether it is closed or about to be, so that no further call may use it."""

        self.finalizer: finalize[..., SharedConnection] | None = None
        self._loop = asyncio.get_running_loop()
        _open.add(self)

    def release(self) -> None:
        """Note that a call no longer uses it."""
        self.uses -= 1
        if self.is_leaving and not self.uses:
            self.unused.set()

    def close(self) -> Future[None] | None:
        """Begin to close the session, once, without waiting: garbage collection may be the caller.

        In a forked child nothing happens: the session is the parent's.
        """
        if not io_loop.is_current(self._loop):
            return None
        try:
            _open.remove(self)
        except KeyError:
            return None
        if self.finalizer is not None:
            self.finalizer.detach()
        closing = asyncio.run_coroutine_threadsafe(_closed(self.session), self._loop)
        _closing[closing] = self._loop
        closing.add_done_callback(lambda closed: _closing.pop(closed, None))
        return closing


async def _closed(session: Session) -> None:
    await session.close()


_open: Final[set[_Opened]] = set()
"""All open ones. A forked child keeps its parent's: collecting them would close what both share."""

_abandoned: Final[list[asyncio.Task[_Opened]]] = []
_closing: Final[dict[Future[None], asyncio.AbstractEventLoop]] = {}
"""What is being closed, with the loops: a forked child need not wait for what its parent closes."""


@atexit.register
def _close_all() -> None:
    """Close all open sessions at the same time, before aiohttp warns that they are open."""
    for opened in list(_open):
        opened.close()
    ours = [closing for closing, loop in list(_closing.items()) if io_loop.is_current(loop)]
    wait(ours, SECONDS_TO_CLOSE)


def _retrieve(task: asyncio.Task[_Opened]) -> None:
    """Retrieve what connecting raised, in case every waiting call has given up."""
    if not task.cancelled():
        task.exception()
