"""Blobs in a container of Azure Blob Storage.

Azure's client is built from the options of adlfs, but not by adlfs, which cannot switch off retries
that go on for more than a minute, and prefers some variables to options.
"""

from __future__ import annotations

from logging import NullHandler, getLogger
from typing import TYPE_CHECKING, Any

from storage_core.backends.drivers.adlfs.client import connected
from storage_core.backends.drivers.adlfs.session import AzureSession
from storage_core.backends.drivers.clouds.azure.faults import fault_of
from storage_core.backends.drivers.clouds.azure.opening import opened
from storage_core.backends.drivers.clouds.azure.options import completed, signed_by
from storage_core.backends.drivers.clouds.azure.refusals import explained
from storage_core.backends.remote.worker import in_thread

if TYPE_CHECKING:
    from typing import Unpack

    from storage_core.backends.drivers.clouds.azure.given import GivenAzure
    from storage_core.backends.remote.backend import RemoteBackend
    from storage_core.backends.remote.driver import Afterwards
    from storage_core.backends.remote.faults import Fault
    from storage_core.backends.remote.network import Network

# Without a handler Python would print its warnings on the terminal.
getLogger("azure").addHandler(NullHandler())


def open_azure(container: str, prefix: str = "", **given: Unpack[GivenAzure]) -> RemoteBackend:
    """The backend of a container; nothing is connected yet.

    Args:
        container: its name; it must exist.
        prefix: what the names of the blobs have before the paths.
        given: see `GivenAzure`.
    """
    return opened(AzureDriver, container, prefix, given)


class AzureDriver:
    """Signs in by Azure's client."""

    counts = False
    has_ranges = True
    tells_size = True
    longest_link = 100 * 365 * 86400
    has_places = True

    def __init__(
        self,
        container: str,
        prefix: str,
        arguments: dict[str, Any],
        timeout: float,
        network: Network,
    ) -> None:
        """Connect nothing yet.

        Args:
            container: its name; it must exist.
            prefix: what the names of the blobs have before the paths.
            arguments: those of `adlfs.AzureBlobFileSystem`.
            timeout: seconds that one request may take to connect, or between two bytes.
            network: how the servers are reached.
        """
        self._container = container
        self._prefix = f"{prefix}/" if prefix else ""
        self._arguments = arguments
        self._timeout = timeout
        self._network = network
        self._request: dict[str, Any] = {
            "retry_total": 0,
            "permit_redirects": False,
            "connection_timeout": timeout,
            "read_timeout": timeout,
            "raw_response_hook": self._look,
        }
        self._signed_by = signed_by(completed(arguments))

    async def connect(self, afterwards: Afterwards) -> AzureSession:
        """Sign in."""
        context = await in_thread(self._network.context)
        client = connected(self._arguments, self._timeout, self._network, context)
        request = {**self._request, "proxy": self._network.proxy_for(client.service.url)}
        return AzureSession(client, self._container, self._prefix, request)

    def fault(self, error: BaseException) -> Fault:
        """The kind of failure, by the error code of the answer if there is one."""
        return fault_of(error)

    def reason(self, error: BaseException, words: str) -> str:
        """Azure's own words."""
        return words

    def _look(self, answer: Any) -> None:
        """Explain an answer where Azure's client would not."""
        head = answer.http_response
        if said := explained(head.status_code, head.headers, self._signed_by):
            raise said
