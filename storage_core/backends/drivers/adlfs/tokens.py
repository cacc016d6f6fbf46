"""Tokens for Azure's client, which awaits them, and keeps them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp

from storage_core.backends.drivers.clouds.azure.service_principal import ServicePrincipal
from storage_core.backends.drivers.clouds.azure.signing_in import giver_of_tokens
from storage_core.backends.remote.worker import in_thread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.clouds.azure.chain import Chain
    from storage_core.backends.drivers.clouds.azure.token import Token
    from storage_core.backends.remote.network import Network


def credential_for(given: Mapping[str, Any], timeout: float, network: Network) -> Any:
    """The credential for Azure's client; None for anonymous requests, or a SAS in the URL.

    Args:
        given: the options, completed.
        timeout: seconds to wait for an answer.
        network: how the servers that give tokens are reached.

    Raises:
        Explained: they do not fit together.
    """
    for name in ("credential", "account_key"):
        if name in given:
            return given[name]
    giver = giver_of_tokens(given, timeout, network)
    if giver is None:
        return None
    return OfPrincipal(giver) if isinstance(giver, ServicePrincipal) else OfChain(giver)


class OfPrincipal:
    """The tokens of a service principal."""

    def __init__(self, principal: ServicePrincipal) -> None:
        """Ask for nothing yet."""
        self._principal = principal

    async def get_token(self, *scopes: str, **_asked: Any) -> Token:
        """A token for these scopes.

        Raises:
            Explained: the token endpoint refuses, or does not answer.
        """
        principal, network = self._principal, self._principal.network
        limit = aiohttp.ClientTimeout(total=principal.seconds)
        proxy = network.proxy_for(principal.url)
        connector = aiohttp.TCPConnector(ssl=await in_thread(network.context))
        form = principal.form(*scopes)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=limit) as session,
                session.post(
                    principal.url, data=form, allow_redirects=False, proxy=proxy
                ) as answer,
            ):
                status, content = answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise principal.unanswered(error) from error
        return principal.token(status, content)

    async def close(self) -> None:
        """Nothing is kept open."""


class OfChain:
    """The tokens of Azure's own chain, fetched in a thread."""

    def __init__(self, chain: Chain) -> None:
        """Look for nothing yet."""
        self._chain = chain

    async def get_token(self, *scopes: str, **_asked: Any) -> Token:
        """A token, by the first way that gives one.

        Raises:
            Explained: none does, or the environment's settings of the chain are not valid.
        """
        try:
            async with asyncio.timeout(self._chain.seconds):
                return await in_thread(self._chain.token, *scopes)
        except Exception as error:
            said = self._chain.failure(error)
            if said is None:
                raise
        raise said

    async def close(self) -> None:
        """Close the connections of the chain."""
        await in_thread(self._chain.close)
