"""One search for credentials, and how far it has come, to explain a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.backends.drivers.clouds.aws.helpers import Helpers
from storage_core.backends.drivers.clouds.aws.machine import Machine

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.remote.network import Network


class Search:
    """What is looked for, and what is being tried."""

    def __init__(self, identity: Identity, timeout: float, network: Network) -> None:
        """Try nothing yet.

        Args:
            identity: what the configuration says.
            timeout: seconds that one request may take.
            network: how the servers are reached.
        """
        self.identity = identity
        self.machine = Machine(identity, timeout, network)
        self.helpers = Helpers()
        self.way = ""
        """The way that is being tried, by botocore's name for it."""
