"""Blobs on a KV server, which may be anybody's. For testing, as the specification says."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.faults import Fault, classify
from storage_core.backends.remote.messages import Place
from storage_core.backends.remote.network import Network
from storage_core.backends.remote.worker import in_thread
from storage_core.errors import ConfigurationError, UnsupportedOperation
from storage_core.keys import KINDS
from storage_core.printable import printable
from storage_core.redaction import mask_url

if TYPE_CHECKING:
    from storage_core.backends.drivers.kv.session import KVSession
    from storage_core.backends.remote.driver import Afterwards
    from storage_core.blobpath import Prefix


def open_kv(
    api_address: str, *, token: str | None, ca_bundle: str | None = None, timeout: float
) -> RemoteBackend:
    """The backend of a server; nothing is connected yet.

    Args:
        api_address: an http or https URL, possibly with user and password.
        token: sent as a bearer token.
        ca_bundle: a PEM file of certificates to trust besides the system's.
        timeout: seconds that one call may take, retries included.

    Raises:
        ConfigurationError: the address is not a URL, or the token cannot be sent.
    """
    shown = mask_url(api_address).rstrip("/")
    try:
        parts = urlsplit(api_address.rstrip("/"))
    except ValueError:
        # Its text holds the user and the password.
        raise ConfigurationError(f"{shown} is no URL; correct API Address") from None
    where = f"the KV server at {shown}"
    headers: dict[str, str] = {}
    if token is not None:
        if not token.isprintable() or not token.strip():
            raise ConfigurationError(f"Token for {where} is empty or not printable; correct it")
        if parts.username is not None:
            raise ConfigurationError(
                f"{where} has both a user in API Address and a Token; remove one of them"
            )
        headers["Authorization"] = f"Bearer {token}"
    elif parts.username is not None:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(user.encode()).decode()}"
    address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    secrets = tuple(filter(None, (token, parts.password, unquote(parts.password or ""))))
    network = Network(ca_bundle)
    return RemoteBackend(
        KVDriver(address, where, headers, secrets, network),
        Place(where, "server", shown, "API Address", "Token", "API Address"),
        timeout=timeout,
        secrets=secrets,
        network=network,
    )


class KVDriver:
    """Connects to one server."""

    counts = True
    has_ranges = False

    def __init__(
        self,
        address: str,
        where: str,
        headers: dict[str, str],
        secrets: tuple[str, ...],
        network: Network,
    ) -> None:
        """Connect nothing yet.

        Args:
            address: the URL up to the `/` before a key, without user and password.
            where: what messages call the server.
            headers: sent with each request.
            secrets: texts that no message may show.
            network: how the server is reached.
        """
        self._address = address
        self._where = where
        self._headers = headers
        self._secrets = secrets
        self._network = network

    async def connect(self, afterwards: Afterwards) -> KVSession:
        """Get connections ready."""
        return await in_thread(self._session)

    def require_folder(self, prefix: Prefix) -> None:
        """Raise `UnsupportedOperation` for folders in which no key is."""
        if prefix and prefix.removesuffix("/") not in KINDS:
            raise UnsupportedOperation(
                f"{self._where} knows no folders but flows and results: "
                f"{printable(prefix)} is none; use another storage"
            )

    def fault(self, error: BaseException) -> Fault:
        """The kind of failure that `error` stands for."""
        from storage_core.backends.drivers.kv.client import Busy
        from storage_core.backends.drivers.kv.session import Missing

        if isinstance(error, Busy):
            return Fault.PASSING
        return Fault.BLOB_MISSING if isinstance(error, Missing) else classify(error)

    def reason(self, error: BaseException, words: str) -> str:
        """How the connection broke, or the error's own words."""
        return words

    def _session(self) -> KVSession:
        # It loads aiohttp, which takes a third of a second.
        from storage_core.backends.drivers.kv.client import Client
        from storage_core.backends.drivers.kv.session import KVSession

        client = Client(
            self._address,
            self._where,
            headers=self._headers,
            secrets=self._secrets,
            proxy=self._network.proxy_for(self._address),
            via=self._network.via,
            context=self._network.context() if self._address.startswith("https:") else None,
        )
        return KVSession(client, self._where)
