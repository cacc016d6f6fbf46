"""One call made of attempts: with a deadline, with retries, with an error of the family at the end.

Written once for all drivers. All of it happens on the background event loop, `close` excepted.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from storage_core.backends.base import deadline
from storage_core.backends.remote.clock import clock_is_wrong
from storage_core.backends.remote.connection import Connection
from storage_core.backends.remote.faults import Fault, Redirected, causes, explanation, reason
from storage_core.backends.remote.messages import explained, failed, unanswered
from storage_core.backends.remote.retry import GRACE, GaveUp, attempt
from storage_core.backends.remote.worker import in_thread
from storage_core.errors import StorageError
from storage_core.hosts import address_without
from storage_core.logs import keep_out
from storage_core.printable import printable
from storage_core.redaction import mask_url, scrub, scrubbed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage_core.backends.remote.driver import Driver, Session
    from storage_core.backends.remote.faults import Explained
    from storage_core.backends.remote.messages import Place
    from storage_core.backends.remote.network import Network
    from storage_core.blobpath import BlobPath

T = TypeVar("T")


class Policy:
    """How the calls to one place are made."""

    def __init__(
        self,
        driver: Driver,
        place: Place,
        *,
        timeout: float,
        secrets: tuple[str, ...],
        network: Network | None = None,
    ) -> None:
        """Connect nothing yet.

        Args:
            driver: makes the attempts.
            place: what messages say of where they go.
            timeout: seconds that one call may take besides the time for the bytes.
            secrets: what no message may show.
            network: how it is reached, where that is by HTTP.
        """
        self.driver = driver
        self.place = place
        self.timeout = timeout
        self.connection = Connection(driver)
        self._network = network
        self._secrets = secrets + (network.secrets if network else ())
        keep_out(self._secrets, self)

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
        cause: BaseException | None

        async def attempted() -> T:
            async with self.connection.session() as session:
                return await once(session)

        try:
            return await attempt(
                attempted,
                timeout=self.timeout if timeout is None else timeout,
                is_transient=lambda error: self._fault(error) is Fault.PASSING,
                size=size,
                size_of=size_of,
                moved=moved,
            )
        except StorageError:
            raise
        except GaveUp as gave_up:
            cause = gave_up.__cause__
            left = deadline(self.timeout, size) - (monotonic() - start)
            if cause is not None and (said := await self._explained(cause, left)):
                failure = explained(self.place, doing, said, gave_up, self._shown)
            else:
                why = "no answer" if cause is None else self._reason(cause)
                failure = unanswered(self.place, doing, why, gave_up)
        except Exception as error:
            fault = self._fault(error)
            if fault is Fault.MISSING:
                fault = Fault.PLACE_MISSING
                left = deadline(self.timeout, size) - (monotonic() - start)
                if path is not None and not writes and await self._is_place_there(left):
                    fault = Fault.BLOB_MISSING
            if fault is Fault.BLOB_MISSING and path is None:
                # An address in which the bucket stands too leads to a blob of that name.
                fault = Fault.PLACE_MISSING
            cause = error
            left = deadline(self.timeout, size) - (monotonic() - start)
            if said := clock_is_wrong(error, fault) or await self._explained(error, left):
                failure = explained(self.place, doing, said, None, self._shown)
            else:
                failure = failed(self.place, doing, path, self._reason(error), fault, self._right)
        # Raised out here, so that the driver's exception, which may hold a secret, is not its
        # context.
        failure.__cause__ = None if cause is None else scrubbed(cause, self._secrets)
        raise failure

    async def _is_place_there(self, left: float) -> bool:
        """Whether it was the blob that is missing: drivers tell both in the same words."""
        try:
            async with (
                asyncio.timeout(max(left, GRACE * self.timeout)),
                self.connection.session() as session,
            ):
                await session.find()
        except Exception as error:
            return self.driver.fault(error) not in (Fault.MISSING, Fault.PLACE_MISSING)
        return True

    def _explanation(self, error: BaseException) -> Explained | None:
        """What a driver has said itself, or what was on the way to the server."""
        said = explanation(error)
        return said if said or self._network is None else self._network.hindrance(error)

    async def _explained(self, error: BaseException, left: float) -> Explained | None:
        """The same; a server that fails in a way that TLS explains is asked."""
        said, network = self._explanation(error), self._network
        if said is not None or network is None:
            return said
        try:
            async with asyncio.timeout(max(left, GRACE * self.timeout)):
                return await in_thread(network.speaks_tls, error)
        except TimeoutError:
            return None

    def _fault(self, error: BaseException) -> Fault:
        said = self._explanation(error)
        return said.fault if said else self.driver.fault(error)

    @property
    def _right(self) -> str | None:
        """The address without the bucket, where that stands in it as well."""
        return address_without(self.place.name, self._network.url) if self._network else None

    def _shown(self, words: str) -> str:
        """Words of ours as they may be shown, whole: paths are in them, and no request is."""
        return printable(scrub(mask_url(words), self._secrets))

    def _reason(self, error: BaseException) -> str:
        to = next((each for each in causes(error) if isinstance(each, Redirected)), None)
        if to is not None:
            return self._shown(str(to))
        if self._fault(error) is Fault.REDIRECTED:
            return "elsewhere"
        words = self.driver.reason(error, reason(error, self._secrets))
        return f"{words}{self._network.via}" if self._network else words
