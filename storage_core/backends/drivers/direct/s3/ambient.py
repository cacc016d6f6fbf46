"""What a configuration leaves to AWS's files and variables, read when it is first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from storage_core.backends.remote.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.drivers.clouds.aws.plain import Plain
    from storage_core.backends.drivers.clouds.aws.surroundings import Surroundings
    from storage_core.backends.remote.limit import Limit
    from storage_core.backends.remote.network import Network

T = TypeVar("T")


class Ambient:
    """Reads AWS's files and variables, importing as little as possible."""

    def __init__(self, identity: Identity, timeout: float, network: Network) -> None:
        """Read nothing yet.

        Args:
            identity: who signs in, by the configuration.
            timeout: seconds that one call may take.
            network: is told which certificates an AWS profile trusts.
        """
        self._identity = identity
        self._timeout = timeout
        self._network = network
        self._lock = Lock()
        self._plain: Plain | None = None
        self._is_read = False

    def plain(self, limit: Limit) -> Plain | None:
        """The keys of this machine, if they are written out in a file or in variables; else None.

        Raises:
            OutOfTime: it cannot be read within the limit.
        """
        with self._lock:
            if not self._is_read:
                self._plain = self._within(limit, self._read)
                self._is_read = True
            return self._plain

    def surroundings(self, limit: Limit) -> Surroundings:
        """How to reach S3, by AWS's files and variables on this machine.

        Raises:
            Explained: AWS's files cannot be used.
            OutOfTime: they cannot be read within the limit.
        """
        return self._within(limit, self._look_around)

    def _read(self) -> Plain | None:
        from storage_core.backends.drivers.clouds.aws.plain import plain

        return plain(self._identity)

    def _look_around(self) -> Surroundings:
        from storage_core.backends.drivers.clouds.aws.surroundings import surroundings

        return surroundings(self._identity, self._timeout, self._network)

    def _within(self, limit: Limit, function: Callable[[], T]) -> T:
        """Call a function in a thread, since nothing interrupts the reading of a file."""
        from storage_core.backends.remote.threads import within

        try:
            return within(limit.left(), function)
        except TimeoutError:
            limit.left()
            raise
