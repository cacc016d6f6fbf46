"""Blobs in a container of Azure Blob Storage, by requests of our own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from storage_core.backends.drivers.clouds.azure.faults import fault_of
from storage_core.backends.drivers.clouds.azure.opening import opened
from storage_core.backends.drivers.clouds.azure.options import completed, signed_by
from storage_core.backends.drivers.clouds.azure.signing_in import giver_of_tokens
from storage_core.backends.drivers.direct.azure.account import account_of
from storage_core.backends.drivers.direct.azure.requests import Requests
from storage_core.backends.drivers.direct.azure.session import AzureSession
from storage_core.backends.drivers.direct.azure.signing import Nobody, SharedKey, Signer, Unsigned
from storage_core.backends.drivers.direct.transport import Transport
from storage_core.backends.remote.blocking import Blocking
from storage_core.backends.remote.faults import BadSettings, Explained, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Unpack

    from storage_core.backends.drivers.clouds.azure.given import GivenAzure
    from storage_core.backends.remote.backend import RemoteBackend
    from storage_core.backends.remote.limit import Limit
    from storage_core.backends.remote.network import Network


def open_azure_direct(
    container: str, prefix: str = "", **given: Unpack[GivenAzure]
) -> RemoteBackend:
    """The backend of a container; nothing is connected yet.

    Args:
        container: its name; it must exist.
        prefix: what the names of the blobs have before the paths.
        given: see `GivenAzure`.
    """
    return opened(AzureDirectDriver, container, prefix, given, Blocking())


def what_is_beyond(options: Mapping[str, Any]) -> list[str]:
    """The options that only Azure's own client understands.

    All other options of adlfs are understood here, or concern what this project does in its own
    way; the rest is passed to Azure's chain of credentials, as adlfs does.
    """
    credential = options.get("credential")
    return [] if credential is None or isinstance(credential, str) else ["credential"]


class AzureDirectDriver:
    """Makes requests to one container, in the caller's thread."""

    counts = True
    has_ranges = True
    tells_size = True
    has_places = True
    longest_link = 100 * 365 * 86400

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
            timeout: seconds that connecting may take.
            network: how the servers are reached.
        """
        self._container = container
        self._prefix = f"{prefix}/" if prefix else ""
        self._arguments = arguments
        self._timeout = timeout
        self._network = network
        self._requests: Requests | None = None
        self._open: list[Any] = []
        try:
            self._requests = self._made()
        except (BadSettings, Explained):
            pass  # The first call raises it again.

    def session(self, limit: Limit) -> AzureSession:
        """Return a session for one attempt."""
        if self._requests is None:
            self._requests = self._made()
        return AzureSession(self._requests, self._prefix, limit)

    def close(self) -> None:
        """Close the connections; the next attempt opens others."""
        self._requests = None
        while self._open:
            self._open.pop().close()

    def fault(self, error: BaseException) -> Fault:
        """The kind of failure, by the error code of the answer if there is one."""
        return Fault.DENIED if isinstance(error, Unsigned) else fault_of(error)

    def reason(self, error: BaseException, words: str) -> str:
        """Azure's own words."""
        return words

    def _made(self) -> Requests:
        given = completed(self._arguments)
        account = account_of(given)
        self._network.service = account.url
        signer: Signer = Nobody()
        if account.key:
            signer = SharedKey(*account.key)
        elif "connection_string" not in given:
            signer = self._by_token(given)
        transport = Transport(self._network, self._timeout)
        self._open.append(transport)
        return Requests(transport, account, signer, self._container, signed_by(given))

    def _by_token(self, given: Mapping[str, Any]) -> Signer:
        giver = giver_of_tokens(given, self._timeout, self._network)
        if giver is None:
            return Nobody()
        from storage_core.backends.drivers.clouds.azure.service_principal import ServicePrincipal
        from storage_core.backends.drivers.direct.azure.signing import Bearer
        from storage_core.backends.drivers.direct.azure.tokens import (
            Tokens,
            of_chain,
            of_principal,
        )

        if not isinstance(giver, ServicePrincipal):
            self._open.append(giver)
            return Bearer(Tokens(partial(of_chain, giver)))
        transport = Transport(giver.network, self._timeout)
        self._open.append(transport)
        return Bearer(Tokens(partial(of_principal, giver, transport)))
