"""One call made of attempts: with a deadline, with retries, with an error of the family at the end.

Written once for all drivers. All of it happens on the background event loop, `close` excepted.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from storage_core.backends.base import deadline
from storage_core.backends.remote.connection import Connection
from storage_core.backends.remote.faults import Fault, explanation, reason, status_of
from storage_core.backends.remote.messages import explained, failed, unanswered
from storage_core.backends.remote.retry import GRACE, GaveUp, attempt
from storage_core.backends.remote.worker import in_thread
from storage_core.errors import AccessDenied, StorageError
from storage_core.logs import keep_out
from storage_core.printable import printable
from storage_core.redaction import mask_url, scrub, scrubbed, without_frames

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage_core.backends.remote.driver import Driver, Session
    from storage_core.backends.remote.messages import Place
    from storage_core.blobpath import BlobPath

T = TypeVar("T")


class Way:
    """A driver with what it needs: where it leads and by which secrets."""

    def __init__(self, driver: Driver, place: Place, secrets: tuple[str, ...]) -> None:
        """Connect nothing yet.

        Args:
            driver: makes the attempts.
            place: what messages say of where they go.
            secrets: what no message may show.
        """
        self.driver = driver
        self.place = place
        self.connection = Connection(driver)
        self.secrets = secrets
        self.earlier: tuple[str, ...] = ()
        """The secrets before these, of which late answers may still speak."""

        keep_out(secrets, self)

    def leads_where(self, other: Way) -> bool:
        """Whether it leads to the same place by a driver of the same kind."""
        return (
            type(self.driver) is type(other.driver) and self.place.location == other.place.location
        )

    def refuses(self, error: BaseException) -> bool:
        """Whether the credentials may be what is wrong."""
        # To a question for the head alone S3 answers 400 where a token has expired, and no reason.
        return self.driver.fault(error) is Fault.DENIED or status_of(error) == 400

    def scrub(self, text: str) -> str:
        """`text` without the secrets."""
        return scrub(text, (*self.secrets, *self.earlier))

    def kept(self, error: BaseException) -> BaseException:
        """`error` as it may be the cause of one of ours: without secrets, and without frames."""
        return without_frames(scrubbed(error, (*self.secrets, *self.earlier)))

    def shown(self, words: str) -> str:
        """Words of ours as they may be shown, whole: paths are in them, and no request is."""
        return printable(self.scrub(mask_url(words)))

    def reason(self, error: BaseException) -> str:
        """What to tell a person of a driver's error."""
        return self.driver.reason(error, reason(error, (*self.secrets, *self.earlier)))


class Policy:
    """How the calls to one place are made."""

    def __init__(
        self, driver: Driver, place: Place, *, timeout: float, secrets: tuple[str, ...]
    ) -> None:
        """Connect nothing yet.

        Args:
            driver: makes the attempts.
            place: what messages say of where they go.
            timeout: seconds that one call may take besides the time for the bytes.
            secrets: what no message may show.
        """
        self.timeout = timeout
        self.way = Way(driver, place, secrets)
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
                return way.driver.fault(error) is Fault.PASSING

            refused = False
            try:
                return await attempt(
                    attempted,
                    timeout=whole if may_renew else left,
                    is_transient=is_transient,
                    size=size,
                    size_of=size_of,
                    moved=moved,
                )
            except StorageError as error:
                failure = without_frames(error)
                refused = isinstance(error, AccessDenied)
            except GaveUp as gave_up:
                failure = _unanswered(way, doing, gave_up)
            except Exception as error:
                refused = way.refuses(error)
                failure = await self._failed(way, doing, path, error, size, start, writes=writes)
            # Out here, so that the driver's exception, which may hold a secret, is not the context
            # of what is raised.
            left = whole - (monotonic() - start)
            if not (refused and may_renew and await self._is_renewed(way, left)):
                raise failure
            may_renew = False

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
        fault = way.driver.fault(error)
        if fault is Fault.MISSING:
            fault = Fault.PLACE_MISSING
            left = deadline(self.timeout, size) - (monotonic() - start)
            if path is not None and not writes and await self._is_place_there(way, left):
                fault = Fault.BLOB_MISSING
        if said := explanation(error):
            failure = explained(way.place, doing, said, None, way.shown)
        else:
            failure = failed(way.place, doing, path, way.reason(error), fault)
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
        found.earlier = refused.secrets
        self.way = found
        refused.connection.close()
        return True


def _unanswered(way: Way, doing: str, gave_up: GaveUp) -> StorageError:
    """What it means to the caller that attempts or time have run out."""
    cause = gave_up.__cause__
    if cause is not None and (said := explanation(cause)):
        failure = explained(way.place, doing, said, gave_up, way.shown)
    else:
        why = "no answer" if cause is None else way.reason(cause)
        failure = unanswered(way.place, doing, why, gave_up)
    failure.__cause__ = None if cause is None else way.kept(cause)
    return failure
