"""Blobs in a bucket of Google Cloud Storage.

gcsfs builds the session and signs in; each operation here is one request through it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
from gcsfs.retry import HttpError

from storage_core.backends.drivers.gcsfs.client import connected, credentials_of
from storage_core.backends.drivers.gcsfs.session import GCSSession
from storage_core.backends.drivers.options import merged
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.faults import Fault, causes, classify
from storage_core.backends.remote.messages import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.remote.driver import Afterwards


def open_gcs(
    bucket: str,
    prefix: str = "",
    *,
    project: str | None = None,
    service_account_info: Mapping[str, Any] | None = None,
    endpoint_url: str | None = None,
    ca_bundle: str | None = None,
    options: Mapping[str, Any] | None = None,
    timeout: float,
    secrets: tuple[str, ...] = (),
    setting: str = "Bucket",
    credentials: str = "Service Account Info and what the account is allowed",
    address: str | None = None,
) -> RemoteBackend:
    """The backend of a bucket; nothing is connected yet.

    Args:
        bucket: must exist.
        prefix: what stands before the paths in the names of the objects.
        project: the bucket's.
        service_account_info: the credentials file of a service account; without one, Google's own
            credential chain is used.
        endpoint_url: of another service than Google's.
        ca_bundle: a PEM file of certificates to trust besides the system's.
        options: more arguments of `gcsfs.GCSFileSystem`, which replace those made from the above.
        timeout: seconds that one call may take, retries included.
        secrets: what no message may show.
        setting: the label of the setting that names the bucket.
        credentials: the labels of those that sign in.
        address: the labels of those that lead to the server; by default those of Google Cloud
            Storage.

    Raises:
        ConfigurationError: the credentials are not those of a service account.
    """
    if address is None:
        # Without an endpoint no setting says where the server is.
        address = "Endpoint URL" if endpoint_url else ""
        if dict(options or {}).get("endpoint_url"):
            address = "endpoint_url in Options"
    location = f"gs://{bucket}/{prefix}".rstrip("/")
    given = {
        "project": project,
        "token": credentials_of(service_account_info, location) if service_account_info else None,
        "endpoint_url": endpoint_url,
    }
    arguments = merged(
        {
            "requests_timeout": aiohttp.ClientTimeout(
                total=None, sock_connect=timeout, sock_read=timeout
            ),
            **{name: value for name, value in given.items() if value is not None},
        },
        dict(options or {}),
    )
    return RemoteBackend(
        GCSDriver(bucket, prefix, arguments, ca_bundle),
        Place(location, "bucket", bucket, setting, credentials, address),
        timeout=timeout,
        secrets=secrets,
    )


class GCSDriver:
    """Signs in by gcsfs."""

    counts = True
    has_ranges = True

    def __init__(
        self, bucket: str, prefix: str, arguments: dict[str, Any], ca_bundle: str | None
    ) -> None:
        """Remember where to, and how.

        Args:
            bucket: must exist.
            prefix: what stands before the paths in the names of the objects.
            arguments: of `gcsfs.GCSFileSystem`.
            ca_bundle: a PEM file of certificates to trust besides the system's.
        """
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._arguments = arguments
        self._ca_bundle = ca_bundle

    async def connect(self, afterwards: Afterwards) -> GCSSession:
        """Sign in."""
        return GCSSession(await connected(self._arguments), self._bucket, self._prefix)

    def fault(self, error: BaseException) -> Fault:
        """What kind of failure it is."""
        for each in causes(error):
            if isinstance(each, HttpError) and getattr(each.__cause__, "retryable", False):
                # gcsfs calls it wrong credentials also when the server of tokens was out of order.
                return Fault.PASSING
            if isinstance(each, OSError) and str(each).startswith("Forbidden"):
                return Fault.DENIED
        return classify(error)

    def reason(self, error: BaseException, words: str) -> str:
        """The words of gcsfs."""
        return words
