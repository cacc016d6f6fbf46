"""A driver with what its calls need: the place, the secrets, and what its failures mean."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from storage_core.backends.remote.faults import (
    Fault,
    Redirected,
    causes,
    explanation,
    reason,
    status_of,
)
from storage_core.hosts import address_without
from storage_core.printable import printable
from storage_core.redaction import mask_url, scrub, scrubbed, without_frames

if TYPE_CHECKING:
    from storage_core.backends.remote.driver import BlockingDriver, Driver
    from storage_core.backends.remote.faults import Explained
    from storage_core.backends.remote.messages import Place
    from storage_core.backends.remote.network import Network
    from storage_core.backends.remote.runner import Runner
    from storage_core.errors import StorageError

_UNEXPLAINED: Final = 400
"""The status of S3's answer to a HEAD request with an expired token; it has no body to say so."""


_unguarded: Final[WeakSet[Way]] = WeakSet()
"""The ways whose secrets are not kept out of the logs yet, since `logging` is not loaded."""


def guard_all_logs() -> None:
    """Keep the secrets of all ways out of the logs of a library that has just been loaded."""
    for way in [*_unguarded]:
        way.guard_logs()


class Way:
    """The way to a place: a driver, the secrets in use, and the words for messages."""

    def __init__(
        self,
        driver: Driver | BlockingDriver,
        place: Place,
        runner: Runner,
        *,
        secrets: tuple[str, ...],
        network: Network | None = None,
    ) -> None:
        """Connect nothing yet.

        Args:
            driver: makes the attempts.
            place: what messages call the place.
            runner: runs the calls.
            secrets: texts that no message may show.
            network: how it is reached, if that is by HTTP.
        """
        self.driver = driver
        self.place = place
        self.runner = runner
        self.connection = runner.connection(driver)
        self._network = network
        self._own = secrets + (network.secrets if network else ())
        self._secrets = self._own
        if self._own:
            _unguarded.add(self)
            self.guard_logs()

    def guard_logs(self) -> None:
        """Keep the secrets out of what libraries log, once `logging` is loaded at all.

        Most workers never load it; it takes 12 of a new process's 50 ms.
        """
        if self not in _unguarded or "logging" not in sys.modules:
            return
        from storage_core.logs import keep_out

        _unguarded.discard(self)
        keep_out(self._own, self)

    def after(self, other: Way) -> None:
        """Replace another way, whose secrets are kept too: late answers may still contain them."""
        self._secrets = (*self._own, *other._own)

    def leads_where(self, other: Way) -> bool:
        """Whether it leads to the same place by a driver of the same kind."""
        return (
            type(self.driver) is type(other.driver) and self.place.location == other.place.location
        )

    def fault(self, error: BaseException) -> Fault:
        """The kind of failure that `error` stands for."""
        said = self._explanation(error)
        return said.fault if said else self.driver.fault(error)

    def refuses(self, error: BaseException) -> bool:
        """Whether `error` may mean that the credentials are refused."""
        return self.fault(error) is Fault.DENIED or status_of(error) == _UNEXPLAINED

    async def explained(self, error: BaseException, left: float) -> Explained | None:
        """The explanation of a failure, if there is one: the driver's, or that TLS is expected.

        Args:
            error: what an attempt has raised.
            left: seconds that are left to try TLS with the server.
        """
        said, network = self._explanation(error), self._network
        if said is not None or network is None:
            return said
        # Imported late: it loads ssl, and most calls do not fail.
        from storage_core.backends.remote.hindrance import speaks_tls

        try:
            return await self.runner.in_thread(left, speaks_tls, network, error)
        except TimeoutError:
            return None

    @property
    def right(self) -> str | None:
        """The correct address, if the one in use names the bucket as well; else None."""
        network = self._network
        return address_without(self.place.name, network.service or network.url) if network else None

    def kept(self, error: BaseException) -> BaseException:
        """`error` made fit to be the cause of one of ours: without secrets and frames."""
        return without_frames(scrubbed(error, self._secrets))

    def cleaned(self, error: StorageError) -> StorageError:
        """An error of ours that a driver has raised, with its causes made fit by `kept`."""
        cause = error.__cause__
        error.__context__ = None
        error.__cause__ = None if cause is None else self.kept(cause)
        return without_frames(error)

    def shown(self, words: str) -> str:
        """Words of ours, fit to be shown; not cut, as they hold paths but no request."""
        return printable(scrub(mask_url(words), self._secrets))

    def reason(self, error: BaseException) -> str:
        """What to tell a person about a driver's error."""
        to = next((each for each in causes(error) if isinstance(each, Redirected)), None)
        if to is not None:
            return self.shown(str(to))
        if self.fault(error) is Fault.REDIRECTED:
            return "elsewhere"
        words = self.driver.reason(error, reason(error, self._secrets))
        return f"{words}{self._network.via}" if self._network else words

    def _explanation(self, error: BaseException) -> Explained | None:
        """The driver's own explanation, or what kept the request from its server; else None."""
        said = explanation(error)
        if said is not None or self._network is None:
            return said
        from storage_core.backends.remote.hindrance import hindrance

        return hindrance(self._network, error)
