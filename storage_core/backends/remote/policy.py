"""A place that is reached through a driver. What the backend of each driver begins with.

It says how one attempt at each operation is made; a call is made of it here, with a deadline,
with one attempt after the other, and with an error of the family when they fail.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from time import monotonic
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, NamedTuple, TypeAlias, TypeVar

from storage_core.backends.base import deadline
from storage_core.backends.remote.connection import Connection
from storage_core.backends.remote.messages import failed, unanswered
from storage_core.backends.remote.retry import GRACE, GaveUp, attempt
from storage_core.backends.remote.faults import Fault, classify, reason
from storage_core.errors import StorageError
from storage_core.logs import keep_out
from storage_core.redaction import mask_url, scrubbed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from storage_core.backends.base import Blob
    from storage_core.keys import Key, Kind

T = TypeVar("T")


class Found(NamedTuple):
    """What a place says of a blob without sending it."""

    size: int
    """Bytes."""

    version: str | None = None
    """Another one for each blob under the key; None where the place does not tell them apart."""


Received: TypeAlias = list[bytes]
"""Where an attempt to read puts what comes; whoever counts looks in from outside."""


class RemotePlace(ABC):
    """A bucket, a container or a folder of a server, and the driver that leads there.

    All of it happens on the background event loop.
    """

    place: str
    place_setting: str
    credentials: str
    address: str

    counts: ClassVar[bool] = False
    """Whether `_get` and `_get_range` append bytes as they come. If so, a read goes on for as long
    as they come fast enough; otherwise the server is asked how many there are."""

    def __init__(
        self, location: str, place_name: str, *, timeout: float, secrets: tuple[str, ...]
    ) -> None:
        self.location = mask_url(location)
        self.place_name = place_name
        self.timeout = timeout
        """Seconds that one call may take besides the time for the bytes."""

        self.connection = Connection(self._disconnect)
        self._secrets = secrets
        keep_out(secrets)

    def _driver(self) -> AbstractAsyncContextManager[Any]:
        """The driver, which is not closed while it is used."""
        return self.connection.driver(self._connect)

    # One attempt at each operation. `driver` is what `_connect` returned.

    @abstractmethod
    async def _connect(self) -> Any:
        """Build the driver."""

    @staticmethod
    @abstractmethod
    async def _disconnect(driver: Any) -> None:
        """Close the driver's connections."""

    @abstractmethod
    async def _get(self, driver: Any, key: Key, received: Received) -> None:
        """Append the blob to `received`."""

    @abstractmethod
    async def _get_range(
        self,
        driver: Any,
        key: Key,
        start: int,
        size: int,
        received: Received,
        handle: dict[str, Any],
    ) -> str | None:
        """Append some bytes of a blob, and return its version as `_look_up` does.

        `handle` may keep what the next range needs.
        """

    @abstractmethod
    async def _look_up(self, driver: Any, key: Key) -> Found:
        """Find a blob."""

    @abstractmethod
    async def _put(self, driver: Any, key: Key, data: bytes, *, create: bool) -> None:
        """Store `data`; with `create`, refuse to replace a blob as far as the storage can."""

    @abstractmethod
    async def _put_file(
        self, driver: Any, key: Key, file: BinaryIO, size: int, *, create: bool
    ) -> None: ...

    @abstractmethod
    async def _delete(self, driver: Any, key: Key) -> None: ...

    @abstractmethod
    async def _page(
        self, driver: Any, kind: Kind, token: Any, limit: int
    ) -> tuple[Sequence[Blob], Any]:
        """Some blobs of a kind and the token for the next page, None after the last one.

        Names that are not a blob's may be among them. A missing bucket is an error.
        """

    async def _find_place(self, driver: Any) -> None:
        """Raise what says that the bucket is missing when it is."""
        await self._page(driver, "results", None, 1)

    def _fault(self, error: BaseException) -> Fault:
        return classify(error)

    def _reason(self, error: BaseException) -> str:
        return reason(error, self._secrets)

    async def attempted(
        self,
        doing: str,
        key: Key | None,
        call: Callable[[Any], Awaitable[T]],
        *,
        size: int = 0,
        size_of: Callable[[], Awaitable[int]] | None = None,
        moved: Callable[[], int] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (it spans all attempts)
        writes: bool = False,
    ) -> T:
        """Return what `call` returns, or raise what its failure means to the caller."""
        start = monotonic()
        cause: BaseException | None

        async def once() -> T:
            async with self._driver() as driver:
                return await call(driver)

        try:
            return await attempt(
                once,
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
            why = "no answer" if cause is None else self._reason(cause)
            failure = unanswered(self, doing, why, gave_up)
        except Exception as error:
            fault = self._fault(error)
            if fault is Fault.MISSING:
                fault = Fault.PLACE_MISSING
                left = deadline(self.timeout, size) - (monotonic() - start)
                if key is not None and not writes and await self._place_exists(left):
                    fault = Fault.BLOB_MISSING
            cause = error
            failure = failed(self, doing, key, self._reason(error), fault)
        # Raised out here, so that the driver's exception, which may hold a secret, is not its
        # context.
        failure.__cause__ = None if cause is None else scrubbed(cause, self._secrets)
        raise failure

    async def _place_exists(self, left: float) -> bool:
        """Whether it was the blob that is missing: drivers tell both in the same words."""
        try:
            async with asyncio.timeout(max(left, GRACE * self.timeout)), self._driver() as driver:
                await self._find_place(driver)
        except Exception as error:
            return self._fault(error) not in (Fault.MISSING, Fault.PLACE_MISSING)
        return True
