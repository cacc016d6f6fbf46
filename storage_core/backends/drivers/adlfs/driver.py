"""Blobs in a container of Azure Blob Storage.

Azure's client is built from what users of adlfs know as its options, but not by adlfs, which has no
way to switch off retries that go on for more than a minute, and prefers some variables to options.
"""

from __future__ import annotations

from logging import NullHandler, getLogger
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.drivers.adlfs.client import completed, connected
from storage_core.backends.drivers.adlfs.session import AzureSession
from storage_core.backends.drivers.clouds.azure.refusals import explained, signed_by
from storage_core.backends.drivers.options import merged
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.faults import Fault, causes, classify
from storage_core.backends.remote.messages import Place
from storage_core.backends.remote.network import Network
from storage_core.backends.remote.worker import in_thread
from storage_core.signatures import said_of_end, signature_expiry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from storage_core.backends.remote.driver import Afterwards

_FAULTS: Final = {
    "BlobNotFound": Fault.BLOB_MISSING,
    "ContainerNotFound": Fault.PLACE_MISSING,
    "ContainerBeingDeleted": Fault.PLACE_MISSING,
    "BlobAlreadyExists": Fault.TAKEN,
    "ConditionNotMet": Fault.TAKEN,
    "InvalidResourceName": Fault.MISCONFIGURED,
    "OutOfRangeInput": Fault.MISCONFIGURED,
}

# Without a handler Python would print to the terminal each way of signing in that has failed.
for _name in ("azure", "msal", "msal_extensions"):
    getLogger(_name).addHandler(NullHandler())


def open_azure(
    container: str,
    prefix: str = "",
    *,
    connection_string: str | None = None,
    account_name: str | None = None,
    ca_bundle: str | None = None,
    options: Mapping[str, Any] | None = None,
    timeout: float,
    secrets: tuple[str, ...] = (),
    setting: str = "Container",
    credentials: str | None = None,
    address: str | None = None,
) -> RemoteBackend:
    """The backend of a container; nothing is connected yet.

    Args:
        container: must exist.
        prefix: what stands before the paths in the names of the blobs.
        connection_string: where the account is and how to sign in.
        account_name: the account, when Azure's own credential chain is to be used.
        ca_bundle: a PEM file of certificates to trust besides the system's.
        options: more arguments of `adlfs.AzureBlobFileSystem`, which replace those made from the
            above.
        timeout: seconds that one call may take, retries included.
        secrets: what no message may show.
        setting: the label of the setting that names the container.
        credentials: the labels of those that sign in; by default those of Azure Blob Storage.
        address: the labels of those that lead to the server; by default likewise.
    """
    if credentials is None:
        signs_in_by = "Connection String" if connection_string else "the login for Account Name"
        for name in ("account_key", "sas_token", "client_id"):
            if not connection_string and (options or {}).get(name):
                signs_in_by = f"{name} in Options"
        credentials = f"{signs_in_by} and what it is allowed"
        if not connection_string and (options or {}).get("anon") and "Account" in signs_in_by:
            credentials = "whether it is public, or take anon out of Options to sign in"
    if address is None:
        if not connection_string:
            address = "Account Name"
        elif "blobendpoint=" in connection_string.lower():
            address = "BlobEndpoint in Connection String"
        else:
            address = "AccountName in Connection String"
    given: dict[str, Any] = {
        "connection_string": connection_string,
        "account_name": account_name,
    }
    arguments = merged(
        {name: value for name, value in given.items() if value is not None},
        dict(options or {}),
    )
    location = f"az://{container}/{prefix}".rstrip("/")
    network = Network(ca_bundle)
    backend = RemoteBackend(
        AzureDriver(container, prefix, arguments, timeout, network),
        Place(location, "container", container, setting, credentials, address),
        timeout=timeout,
        secrets=(*secrets, *_secrets_in(completed(arguments))),
        network=network,
    )
    if ends := signature_expiry(signed_by(arguments)):
        backend.note = said_of_end(ends)
    return backend


class AzureDriver:
    """Signs in by Azure's client."""

    counts = False
    has_ranges = True

    def __init__(
        self,
        container: str,
        prefix: str,
        arguments: dict[str, Any],
        timeout: float,
        network: Network,
    ) -> None:
        """Remember where to, and how.

        Args:
            container: must exist.
            prefix: what stands before the paths in the names of the blobs.
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
        """What kind of failure it is, by the code of the answer where there is one."""
        for each in causes(error):
            code = getattr(each, "error_code", None)
            if code:
                code = str(getattr(code, "value", code))
                if code in _FAULTS:
                    return _FAULTS[code]
        return classify(error)

    def reason(self, error: BaseException, words: str) -> str:
        """Azure's own words."""
        return words

    def _look(self, answer: Any) -> None:
        """Say what an answer means, where Azure's client would not."""
        if said := explained(answer.http_response, self._signed_by):
            raise said


def _secrets_in(given: Mapping[str, Any]) -> Iterator[str]:
    """What signs in, besides the whole of a connection string."""
    for name in ("account_key", "sas_token", "client_secret"):
        if isinstance(value := given.get(name), str):
            yield value
    for part in str(given.get("connection_string", "")).split(";"):
        name, _, value = part.partition("=")
        if value and name.strip().lower() in ("accountkey", "sharedaccesssignature"):
            yield value
