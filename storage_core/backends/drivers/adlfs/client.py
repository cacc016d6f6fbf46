"""Azure's client, made of what users of adlfs know as its options.

adlfs itself would not do: it takes connection strings, keys and accounts from variables too, and
prefers some of them to what it is given.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aiohttp import ClientSession, DummyCookieJar, TCPConnector
from azure.core.pipeline.transport import AioHttpTransport
from azure.storage.blob.aio import BlobServiceClient

from storage_core.backends.drivers.clouds.azure.signing_in import credential_for
from storage_core.backends.remote.faults import Explained, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ssl import SSLContext

    from storage_core.backends.remote.network import Network

_VARIABLES: Final = {
    "account_name": "AZURE_STORAGE_ACCOUNT_NAME",
    "account_key": "AZURE_STORAGE_ACCOUNT_KEY",
    "connection_string": "AZURE_STORAGE_CONNECTION_STRING",
    "sas_token": "AZURE_STORAGE_SAS_TOKEN",
    "client_id": "AZURE_STORAGE_CLIENT_ID",
    "client_secret": "AZURE_STORAGE_CLIENT_SECRET",
    "tenant_id": "AZURE_STORAGE_TENANT_ID",
}
"""What users of adlfs may leave to variables; taken where a configuration names no account."""

_SAYS_WHERE: Final = frozenset({*_VARIABLES, "account_host", "anon", "credential"})


class Client(NamedTuple):
    """What has been signed in with."""

    service: Any
    """Azure's client of the account."""

    credential: Any
    """May have connections of its own, where it asks a server."""

    async def close(self) -> None:
        """Close the connections."""
        await self.service.close()
        if hasattr(self.credential, "close"):
            await self.credential.close()


def completed(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options, and where they say nothing of an account, what the environment says of one."""
    given = {name: value for name, value in options.items() if value not in (None, "")}
    if not _SAYS_WHERE & given.keys():
        found = {name: os.environ.get(variable) for name, variable in _VARIABLES.items()}
        anonymous = os.environ.get("AZURE_STORAGE_ANON", "").lower() not in ("", "0", "f", "false")
        given |= {name: value for name, value in found.items() if value}
        given |= {"anon": True} if anonymous else {}
    elif not given.keys() & {"account_name", "connection_string"}:
        # What is named is a key, and not whose it is.
        name = os.environ.get(_VARIABLES["account_name"])
        given |= {"account_name": name} if name else {}
    if text := given.get("connection_string"):
        # The portal shows signatures with the ? of a URL in front.
        given["connection_string"] = re.sub("(?i)(sharedaccesssignature=)[?]", r"\1", text)
    return given


def connected(
    arguments: dict[str, Any], timeout: float, network: Network, context: SSLContext
) -> Client:
    """A client for these options of adlfs. Call it on the event loop.

    Args:
        arguments: the options.
        timeout: seconds within which there has to be an answer.
        network: how the servers are reached.
        context: what TLS is spoken with.
    """
    given = completed(arguments)
    mode = given.get("location_mode", "primary")
    asked: dict[str, Any] = {} if mode == "primary" else {"_location_mode": mode}
    if connection_string := given.get("connection_string"):
        asked["transport"] = _transport(context)
        return Client(BlobServiceClient.from_connection_string(connection_string, **asked), None)
    if "account_name" not in given:
        raise Explained(
            Fault.MISCONFIGURED,
            "nothing says which account it is",
            "add a connection_string, or an account_name, to Options",
        )
    url = f"https://{given.get('account_host') or given['account_name'] + '.blob.core.windows.net'}"
    credential = credential_for(given, timeout, network)
    if credential is None and (sas := given.get("sas_token")):
        url = f"{url}?{sas.removeprefix('?')}"
    asked["transport"] = _transport(context)
    return Client(BlobServiceClient(url, credential, **asked), credential)


def _transport(context: SSLContext) -> AioHttpTransport:
    """As Azure's own, but for the certificates and the proxy."""
    return AioHttpTransport(
        session=ClientSession(
            connector=TCPConnector(ssl=context), cookie_jar=DummyCookieJar(), auto_decompress=False
        )
    )
