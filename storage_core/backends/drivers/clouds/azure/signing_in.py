"""Signing in to Azure by tokens, which is for options without a key and without a signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.clouds.azure.chain import Chain
    from storage_core.backends.drivers.clouds.azure.service_principal import ServicePrincipal
    from storage_core.backends.remote.network import Network


def giver_of_tokens(
    given: Mapping[str, Any], timeout: float, network: Network
) -> ServicePrincipal | Chain | None:
    """What gives tokens; None if something else signs the requests, or nothing does.

    Args:
        given: completed options, without a connection string.
        timeout: seconds within which there has to be an answer.
        network: how the storage is reached.

    Raises:
        Explained: the options of a service principal are incomplete or cannot be used.
    """
    if given.keys() & {"credential", "account_key", "sas_token"}:
        return None
    if given.keys() & {"client_id", "client_secret"}:
        from storage_core.backends.drivers.clouds.azure.service_principal import ServicePrincipal

        return ServicePrincipal(given, timeout, network.of_another())
    if given.get("anon"):
        return None
    from storage_core.backends.drivers.clouds.azure.chain import Chain

    return Chain(given, timeout, network.of_another())
