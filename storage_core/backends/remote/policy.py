"""Makes one call of attempts: with a deadline, retries, and an error of our own if it fails.

Written once for all drivers; a runner decides in which thread or on which loop it runs.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from storage_core.backends.base import deadline
from storage_core.backends.remote.answers import are_credentials_unknown
from storage_core.backends.remote.faults import Fault
from storage_core.backends.remote.messages import explained, failed, unanswered
from storage_core.backends.remote.retry import GRACE, GaveUp
from storage_core.errors import AccessDenied, StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage_core.backends.remote.driver import AnyDriver, Session
    from storage_core.backends.remote.limit import Limit
    from storage_core.backends.remote.messages import Place
    from storage_core.backends.remote.runner import Connection, Runner
    from storage_core.backends.remote.way import Way
    from storage_core.blobpath import BlobPath

T = TypeVar("T")


class Policy:
    """How the calls to one place are made."""

    def __init__(self, way: Way, *, timeout: float) -> None:
        """Connect nothing yet.

        Args:
            way: the driver and what it needs to reach the place.
            timeout: seconds that one call may take, besides the time to move bytes.
        """
        self.timeout = timeout
        self.way = way
        self.renew: Callable[[], Way | None] = lambda: None
        """Returns a way with the current secrets if those have changed, else None; it may block."""

        self.runner: Runner = way.runner
        """Runs the calls."""

        self._renewals = 0
        """How often new secrets have been looked for."""

        self._renewing: Any = None

    @property
    def driver(self) -> AnyDriver:
        """Makes the attempts."""
        return self.way.driver

    @property
    def place(self) -> Place:
        """What messages call the place."""
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
        """Return what `once` returns, or raise the error that its failure means to the caller.

        If the place refuses the credentials, references to them are resolved again; if they have
        changed by now, the call is made once more with the new ones.

        Args:
            doing: what messages call it: "read results/abc".
            path: of the blob that it is about.
            once: makes one attempt.
            size: bytes to be moved, if that is known before.
            size_of: see `Runner.attempt`.
            moved: see `Runner.attempt`.
            timeout: seconds, if they are not those of the place.
            writes: whether a missing blob can only mean a missing place.

        Raises:
            StorageError: the subclass that fits the failure.
        """
        start = monotonic()
        whole = self.timeout if timeout is None else timeout
        may_renew = True
        while True:
            way = self.way
            way.guard_logs()
            left = whole - (monotonic() - start)

            async def attempted(limit: Limit | None, way: Way = way) -> T:
                async with way.connection.session(limit) as session:
                    return await once(session)

            def is_transient(error: Exception, way: Way = way) -> bool:
                return way.fault(error) is Fault.PASSING

            refused = False
            try:
                return await self.runner.attempt(
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
            # Raised outside of the `except` block, so that the driver's exception, which may hold a
            # secret, does not become the context of the error.
            left = deadline(whole, size) - (monotonic() - start)
            if not (refused and may_renew and await self._is_renewed(way, left)):
                raise failure
            may_renew = False

    async def _unanswered(self, way: Way, doing: str, gave_up: GaveUp, left: float) -> StorageError:
        """The error for a call whose attempts or time have run out."""
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
        """The error that the failure of an attempt means to the caller."""
        # Imported late: it reads dates with the modules for e-mail, which take 10 ms to load.
        from storage_core.backends.remote.clock import clock_is_wrong

        fault = way.fault(error)
        if fault is Fault.MISSING:
            fault = Fault.PLACE_MISSING
            left = deadline(self.timeout, size) - (monotonic() - start)
            if path is not None and not writes and await self._is_place_there(way, left):
                fault = Fault.BLOB_MISSING
        if fault is Fault.BLOB_MISSING and path is None:
            # With the bucket in the address as well, the request was for a blob of that name.
            fault = Fault.PLACE_MISSING
        left = deadline(self.timeout, size) - (monotonic() - start)
        if fault is Fault.TAKEN and not writes:
            # No such condition was set.
            fault = Fault.OTHER
        said = clock_is_wrong(error, fault)
        if said := said or await way.explained(error, max(left, GRACE * self.timeout)):
            failure = explained(way.place, doing, said, None, way.shown)
        else:
            failure = failed(way.place, doing, path, way.reason(error), fault, way.right)
            failure.while_signing_in = fault is Fault.DENIED and are_credentials_unknown(error)
        failure.__cause__ = way.kept(error)
        return failure

    async def _is_place_there(self, way: Way, left: float) -> bool:
        """Whether only the blob is missing: drivers report a missing bucket in the same way."""

        async def find(limit: Limit | None) -> None:
            async with way.connection.session(limit) as session:
                await session.find()

        try:
            await self.runner.within(max(left, GRACE * self.timeout), find)
        except Exception as error:
            return way.driver.fault(error) not in (Fault.MISSING, Fault.PLACE_MISSING)
        return True

    async def _is_renewed(self, refused: Way, left: float) -> bool:
        """Whether a way with other secrets than the refused one is found within the time left."""
        if self.way is not refused:
            return True
        try:
            await self.runner.in_thread(left, self._find_another, refused, self._renewals)
        except TimeoutError:
            return False
        if self.way is refused:
            return False
        refused.connection.close()
        return True

    def _find_another(self, refused: Way, renewals: int) -> None:
        """Switch to another way, if there is one; of several calls at once only the first looks.

        Args:
            refused: the way to be replaced.
            renewals: how many there had been when the caller was refused.
        """
        from storage_core.backends.remote.lock import Lock

        # Made when it is first needed: most credentials are never refused.
        self._renewing = self._renewing or Lock()
        with self._renewing:
            if self.way is not refused or self._renewals != renewals:
                return
            try:
                found = self.renew()
            except Exception:
                # The references lead nowhere now: the place's own refusal is the better message.
                found = None
            self._renewals += 1
            # A backend must stay with one place; settings that lead to another need a new one.
            if found is None or not found.leads_where(refused):
                return
            found.after(refused)
            self.way = found
