"""What the settings of a bucket come to, whichever engine asks it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.drivers.clouds.aws.identity import OPTIONS, Labels
from storage_core.backends.drivers.options import merged
from storage_core.backends.remote.messages import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.clouds.aws.identity import Identity

BUCKET: Final = "Bucket"
"""The setting of S3 Storage that names the bucket."""

CREDENTIALS: Final = "AWS Access Key ID, AWS Secret Access Key and what they are allowed"

_ELSEWHERE: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
"""Variables that say which service to ask, where a configuration says nothing."""


def arguments_of(
    options: Mapping[str, Any] | None, region: str | None, **settings: str | None
) -> dict[str, Any]:
    """Arguments of `s3fs.S3FileSystem`.

    Args:
        options: of the configuration, which replace what its settings say.
        region: of the bucket.
        settings: by their names there; None for those that are not set.
    """
    given: dict[str, Any] = {name: value for name, value in settings.items() if value is not None}
    if region:
        given["client_kwargs"] = {"region_name": region}
    return merged(given, dict(options or {}))


def labels_of(setting: str) -> Labels:
    """What messages call the settings, where the bucket is called so."""
    return Labels() if setting == BUCKET else OPTIONS


def place_of(
    bucket: str,
    prefix: str,
    identity: Identity,
    *,
    endpoint_url: str | None,
    options: Mapping[str, Any] | None,
    setting: str,
    credentials: str,
    address: str | None,
) -> Place:
    """How messages speak of a bucket; see `open_s3`."""
    if address is None:
        # Without an endpoint it is the region that makes the name of the server.
        address = "Endpoint URL" if endpoint_url else "Region Name"
        if dict(options or {}).get("endpoint_url"):
            address = "endpoint_url in Options"
    if not identity.is_whole:
        address = next(filter(os.environ.get, _ELSEWHERE), address)
    location = f"s3://{bucket}/{prefix}".rstrip("/")
    return Place(location, "bucket", bucket, setting, credentials, address)
