"""The backend of a bucket, with what both engines say of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, Protocol

from storage_core.backends.drivers.clouds.aws.identity import OPTIONS, Labels, Role, told_apart
from storage_core.backends.drivers.options import merged
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.messages import Place
from storage_core.backends.remote.network import Network

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.aws.given import GivenS3
    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.remote.driver import BlockingDriver, Driver
    from storage_core.backends.remote.runner import Runner

_BUCKET: Final = "Bucket"
"""The setting of S3 Storage that names the bucket."""

_CREDENTIALS: Final = "AWS Access Key ID, AWS Secret Access Key and what they are allowed"

_ELSEWHERE: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
"""Variables with the address of the service, for configurations without one."""


_SETTINGS: Final = ("key", "secret", "token", "profile", "endpoint_url")
"""Those that are called as the arguments of `s3fs.S3FileSystem`."""


class MakesDriver(Protocol):
    """An engine's driver of a bucket."""

    def __call__(
        self,
        bucket: str,
        prefix: str,
        arguments: dict[str, Any],
        identity: Identity,
        region: str | None,
        timeout: float,
        network: Network,
        /,
    ) -> Driver | BlockingDriver: ...


def opened(
    driver: MakesDriver, bucket: str, prefix: str, given: GivenS3, runner: Runner | None = None
) -> RemoteBackend:
    """The backend of a bucket; nothing is connected yet.

    Args:
        driver: makes the attempts.
        bucket: its name; it must exist.
        prefix: what the names of the objects have before the paths.
        given: the rest.
        runner: runs the calls; by default on the background event loop.
    """
    labels = Labels() if given.get("setting", _BUCKET) == _BUCKET else OPTIONS
    arguments, identity = told_apart(_arguments(given), given.get("role") or Role(), labels)
    network = Network(given.get("ca_bundle"))
    timeout, region = given["timeout"], given.get("region")
    own = filter(None, (given.get("secret"), given.get("token")))
    return RemoteBackend(
        driver(bucket, prefix, arguments, identity, region, timeout, network),
        _place(bucket, prefix, given, identity),
        timeout=timeout,
        secrets=(*given.get("secrets", ()), *own),
        network=network,
        runner=runner,
    )


def _arguments(given: GivenS3) -> dict[str, Any]:
    """Arguments of `s3fs.S3FileSystem`; the options replace what the settings say."""
    own = {name: given.get(name) for name in _SETTINGS}
    arguments: dict[str, Any] = {name: value for name, value in own.items() if value is not None}
    if region := given.get("region"):
        arguments["client_kwargs"] = {"region_name": region}
    return merged(arguments, dict(given.get("options") or {}))


def _place(bucket: str, prefix: str, given: GivenS3, identity: Identity) -> Place:
    """How messages speak of it."""
    address = given.get("address")
    if address is None:
        # Without an endpoint, the region decides the name of the server.
        address = "Endpoint URL" if given.get("endpoint_url") else "Region Name"
        if dict(given.get("options") or {}).get("endpoint_url"):
            address = "endpoint_url in Options"
    if not identity.is_whole:
        address = next(filter(os.environ.get, _ELSEWHERE), address)
    return Place(
        f"s3://{bucket}/{prefix}".rstrip("/"),
        "bucket",
        bucket,
        given.get("setting", _BUCKET),
        given.get("credentials") or _CREDENTIALS,
        address,
    )
