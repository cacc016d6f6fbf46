"""Blobs in a bucket of Google Cloud Storage.

gcsfs builds the session; what is asked is Google's protocol, as with the other engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp

from storage_core.backends.drivers.clouds.google.service import opening
from storage_core.backends.drivers.clouds.google.session import GCSSession
from storage_core.backends.drivers.gcsfs.client import connected
from storage_core.backends.drivers.options import merged
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.faults import Fault, classify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.clouds.google.service import Opening
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
    credentials: str | None = None,
    signs_in_by: str = "token in Options",
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
        credentials: the labels of those that sign in; by default those of Google Cloud Storage.
        signs_in_by: the label of the one with a token of gcsfs.
        address: the labels of those that lead to the server; by default those of Google Cloud
            Storage.

    Raises:
        ConfigurationError: the credentials are none of Google's, or damaged.
    """
    opened = opening(
        bucket,
        prefix,
        project=project,
        service_account_info=service_account_info,
        endpoint_url=endpoint_url,
        ca_bundle=ca_bundle,
        options=options or {},
        timeout=timeout,
        secrets=secrets,
        setting=setting,
        credentials=credentials,
        signs_in_by=signs_in_by,
        address=address,
    )
    patience = aiohttp.ClientTimeout(total=None, sock_connect=timeout, sock_read=timeout)
    arguments = merged({"requests_timeout": patience}, opened.options)
    return RemoteBackend(
        GCSDriver(bucket, opened, arguments),
        opened.place,
        timeout=timeout,
        secrets=secrets,
        network=opened.network,
    )


class GCSDriver:
    """Makes requests by the session of gcsfs."""

    counts = True
    has_ranges = True
    tells_size = True
    longest_link = 7 * 86400
    has_places = True

    def __init__(self, bucket: str, opened: Opening, arguments: dict[str, Any]) -> None:
        """Remember where to, and how.

        Args:
            bucket: must exist.
            opened: what else the settings say.
            arguments: of `gcsfs.GCSFileSystem`, without those that are in `opened`.
        """
        self._bucket = bucket
        self._opened = opened
        self._arguments = arguments

    async def connect(self, afterwards: Afterwards) -> GCSSession:
        """Look for credentials, anew in each session."""
        opened = self._opened
        client = await connected(
            self._arguments, opened.service, opened.tokens.again(), opened.network
        )
        return GCSSession(client, self._bucket, opened.prefix)

    def fault(self, error: BaseException) -> Fault:
        """What kind of failure it is."""
        return classify(error)

    def reason(self, error: BaseException, words: str) -> str:
        """The words of the service."""
        return words
