"""Azure's client, made from the options that adlfs has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from aiohttp import ClientSession, DummyCookieJar, TCPConnector
from azure.core.pipeline.transport import AioHttpTransport
from azure.storage.blob.aio import BlobServiceClient

from storage_core.backends.drivers.adlfs.tokens import credential_for
from storage_core.backends.drivers.clouds.azure.options import account_url, completed

if TYPE_CHECKING:
    from ssl import SSLContext

    from storage_core.backends.remote.network import Network


class Client(NamedTuple):
    """Azure's client and its credential."""

    service: Any
    """Azure's client of the account."""

    credential: Any
    """May have connections of its own, if it gets tokens from a server."""

    async def close(self) -> None:
        """Close the connections."""
        await self.service.close()
        if hasattr(self.credential, "close"):
            await self.credential.close()


def connected(
    arguments: dict[str, Any], timeout: float, network: Network, context: SSLContext
) -> Client:
    """A client for these options of adlfs. Call it on the event loop.

    Args:
        arguments: the options.
        timeout: seconds to wait for an answer.
        network: how the servers are reached.
        context: the TLS context.
    """
    given = completed(arguments)
    mode = given.get("location_mode", "primary")
    asked: dict[str, Any] = {} if mode == "primary" else {"_location_mode": mode}
    if connection_string := given.get("connection_string"):
        asked["transport"] = _transport(context)
        return Client(BlobServiceClient.from_connection_string(connection_string, **asked), None)
    url = account_url(given)
    credential = credential_for(given, timeout, network)
    if credential is None and (sas := given.get("sas_token")):
        url = f"{url}?{sas.removeprefix('?')}"
    asked["transport"] = _transport(context)
    return Client(BlobServiceClient(url, credential, **asked), credential)


def _transport(context: SSLContext) -> AioHttpTransport:
    """Azure's own transport, except for the certificates and the proxy."""
    return AioHttpTransport(
        session=ClientSession(
            connector=TCPConnector(ssl=context), cookie_jar=DummyCookieJar(), auto_decompress=False
        )
    )
