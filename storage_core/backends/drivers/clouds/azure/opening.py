"""Opens the backend of a container, with the parts that both engines share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from storage_core.backends.drivers.clouds.azure.options import completed, secrets_in, signed_by
from storage_core.backends.drivers.options import merged
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.messages import Place
from storage_core.backends.remote.network import Network

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.azure.given import GivenAzure
    from storage_core.backends.remote.driver import BlockingDriver, Driver
    from storage_core.backends.remote.runner import Runner


class MakesDriver(Protocol):
    """Makes an engine's driver for a container."""

    def __call__(
        self,
        container: str,
        prefix: str,
        arguments: dict[str, Any],
        timeout: float,
        network: Network,
        /,
    ) -> Driver | BlockingDriver: ...


def opened(
    driver: MakesDriver,
    container: str,
    prefix: str,
    given: GivenAzure,
    runner: Runner | None = None,
) -> RemoteBackend:
    """The backend of a container; nothing is connected yet.

    Args:
        driver: makes the engine's driver.
        container: its name; it must exist.
        prefix: comes before each path in the name of a blob.
        given: the other arguments.
        runner: runs the calls; by default on the background event loop.
    """
    own = {name: given.get(name) for name in ("connection_string", "account_name")}
    arguments = merged(
        {name: value for name, value in own.items() if value is not None},
        dict(given.get("options") or {}),
    )
    location = f"az://{container}/{prefix}".rstrip("/")
    network = Network(given.get("ca_bundle"))
    place = Place(
        location,
        "container",
        container,
        given.get("setting", "Container"),
        given.get("credentials") or _credentials(given),
        _address(given) if given.get("address") is None else str(given["address"]),
    )
    backend = RemoteBackend(
        driver(container, prefix, arguments, given["timeout"], network),
        place,
        timeout=given["timeout"],
        secrets=(*given.get("secrets", ()), *secrets_in(completed(arguments))),
        network=network,
        runner=runner,
    )
    signature = signed_by(arguments)
    if "sig=" in signature.lower():
        from storage_core.signatures import said_of_end, signature_expiry

        if ends := signature_expiry(signature):
            backend.note = said_of_end(ends)
    return backend


def _credentials(given: GivenAzure) -> str:
    """What messages say to check when access is denied."""
    connection_string, options = given.get("connection_string"), given.get("options") or {}
    signs_in_by = "Connection String" if connection_string else "the login for Account Name"
    for name in ("account_key", "sas_token", "client_id"):
        if not connection_string and options.get(name):
            signs_in_by = f"{name} in Options"
    if not connection_string and options.get("anon") and "Account" in signs_in_by:
        return "whether it is public, or take anon out of Options to sign in"
    return f"{signs_in_by} and what it is allowed"


def _address(given: GivenAzure) -> str:
    """What messages say to check when the server does not answer."""
    connection_string = given.get("connection_string")
    if not connection_string:
        return "Account Name"
    own = "blobendpoint=" in connection_string.lower()
    return f"{'BlobEndpoint' if own else 'AccountName'} in Connection String"
