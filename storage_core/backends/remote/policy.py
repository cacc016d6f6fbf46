"""One call made of attempts: with a deadline, with retries, with an error of the family at the end.

Written once for all drivers. All of it happens on the background event loop, `close` excepted.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from storage_core.backends.base import deadline
from storage_core.backends.remote.answers import are_credentials_unknown
from storage_core.backends.remote.clock import clock_is_wrong
from storage_core.backends.remote.faults import Fault
from storage_core.backends.remote.messages import explained, failed, unanswered
from storage_core.backends.remote.retry import GRACE, GaveUp, attempt
from storage_core.backends.remote.worker import in_thread
from storage_core.errors import AccessDenied, StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage_core.backends.remote.connection import Connection
    from storage_core.backends.remote.driver import Driver, Session
    from storage_core.backends.remote.messages import Place
    from storage_core.backends.remote.way import Way
    from storage_core.blobpath import BlobPath

T = TypeVar("T")


class Policy:
    """How the calls to one place are made."""

    def __init__(self, way: Way, *, timeout: float) -> None:
        """Connect nothing yet.

        Args:
            way: leads to the place.
            timeout: seconds that one call may take besides the time for the bytes.
        """
        self.timeout = timeout
        self.way = way
        self.renew: Callable[[], Way | None] = lambda: None
        """Another way with the secrets of now, where those have changed; it may block."""

        self._renewing: tuple[asyncio.AbstractEventLoop, asyncio.Task[bool]] | None = None

    @property
    def driver(self) -> Driver:
        """Makes the attempts."""
        return self.way.driver

    @property
    def place(self) -> Place:
        """What messages say of where they go."""
        return self.way.place

    @property
    def connection(self) -> Connection:
        """The session with the place."""
        return self.way.connection

    async def call(
        self,
        doing: str,
        path: BlobPath | None,
        once: Callable[[Session], Awaitable[T]],
        *,
        size: int = 0,
        size_of: Callable[[], Awaitable[int]] | None = None,
        moved: Callable[[], int] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (it spans all attempts)
        writes: bool = False,
    ) -> T:
        """Return what `once` returns, or raise what its failure means to the caller.

        Where the place refuses the credentials, references to them are resolved again; if they lead
        to something else by now, the call is made anew with that, once.

        Args:
            doing: as messages say it: "read results/abc".
            path: of the blob that it is about.
            once: makes one attempt.
            size: bytes that move, where that is known before.
            size_of: see `attempt`.
            moved: see `attempt`.
            timeout: seconds, where they are not those of the place.
            writes: whether a missing blob can only mean a missing place.

        Raises:
            StorageError: of the class that fits.
        """
        start = monotonic()
        whole = self.timeout if timeout is None else timeout
        may_renew = True
        while True:
            way = self.way
            left = whole - (monotonic() - start)

            async def attempted(way: Way = way) -> T:
                async with way.connection.session() as session:
                    return await once(session)

            def is_transient(error: Exception, way: Way = way) -> bool:
                return way.fault(error) is Fault.PASSING

            refused = False
            try:
                return await attempt(
                    attempted,
                    timeout=whole if may_renew else max(left, GRACE * whole),
                    is_transient=is_transient,
                    size=size,
                    size_of=size_of,
                    moved=moved,
                )
            except StorageError as error:
                failure = way.cleaned(error)
                refused = isinstance(error, AccessDenied)
            except GaveUp as gave_up:
                left = deadline(self.timeout, size) - (monotonic() - start)
                failure = await self._unanswered(way, doing, gave_up, left)
            except Exception as error:
                refused = way.refuses(error)
                failure = await self._failed(way, doing, path, error, size, start, writes=writes)
            # Out here, so that the driver's exception, which may hold a secret, is not the context
            # of what is raised.
            left = deadline(whole, size) - (monotonic() - start)
            if not (refused and may_renew and await self._is_renewed(way, left)):
                raise failure
            may_renew = False

    async def _unanswered(self, way: Way, doing: str, gave_up: GaveUp, left: float) -> StorageError:
        """What it means to the caller that attempts or time have run out."""
        cause = gave_up.__cause__
        left = max(left, GRACE * self.timeout)
        if cause is None:
            # Signing in ends before the deadline, but on a machine that is busy not long before.
            cause = await way.connection.failure(left)
        if cause is not None and (said := await way.explained(cause, left)):
            failure = explained(way.place, doing, said, gave_up, way.shown)
        else:
            why = "no answer" if cause is None else way.reason(cause)
            failure = unanswered(way.place, doing, why, gave_up)
        failure.__cause__ = None if cause is None else way.kept(cause)
        return failure

    async def _failed(
        self,
        way: Way,
        doing: str,
        path: BlobPath | None,
        error: Exception,
        size: int,
        start: float,
        *,
        writes: bool,
    ) -> StorageError:
        """What the failure of an attempt means to the caller."""
        fault = way.fault(error)
        if fault is Fault.MISSING:
            fault = Fault.PLACE_MISSING
            left = deadline(self.timeout, size) - (monotonic() - start)
            if path is not None and not writes and await self._is_place_there(way, left):
                fault = Fault.BLOB_MISSING
        if fault is Fault.BLOB_MISSING and path is None:
            # An address in which the bucket stands too leads to a blob of that name.
            fault = Fault.PLACE_MISSING
        left = deadline(self.timeout, size) - (monotonic() - start)
        said = clock_is_wrong(error, fault)
        if said := said or await way.explained(error, max(left, GRACE * self.timeout)):
            failure = explained(way.place, doing, said, None, way.shown)
        else:
            failure = failed(way.place, doing, path, way.reason(error), fault, way.right)
            failure.while_signing_in = fault is Fault.DENIED and are_credentials_unknown(error)
        failure.__cause__ = way.kept(error)
        return failure

    async def _is_place_there(self, way: Way, left: float) -> bool:
        """Whether it was the blob that is missing: drivers tell both in the same words."""
        try:
            async with (
                asyncio.timeout(max(left, GRACE * self.timeout)),
                way.connection.session() as session,
            ):
                await session.find()
        except Exception as error:
            return way.driver.fault(error) not in (Fault.MISSING, Fault.PLACE_MISSING)
        return True

    async def _is_renewed(self, refused: Way, left: float) -> bool:
        """Whether there is another way than the one that was refused, within the time left."""
        if self.way is not refused:
            return True
        loop = asyncio.get_running_loop()
        if self._renewing is None or self._renewing[0] is not loop or self._renewing[1].done():
            self._renewing = loop, asyncio.ensure_future(self._find_another(refused))
        try:
            async with asyncio.timeout(left):
                # Shielded: others may be waiting for the same one.
                return await asyncio.shield(self._renewing[1])
        except TimeoutError:
            return False

    async def _find_another(self, refused: Way) -> bool:
        try:
            found = await in_thread(self.renew)
        except Exception:
            # The references lead nowhere now: what the place has said is the better answer.
            return False
        # Calls are about one place from beginning to end: another one has to be opened.
        if found is None or not found.leads_where(refused):
            return False
        found.after(refused)
        self.way = found
        refused.connection.close()
        return True
