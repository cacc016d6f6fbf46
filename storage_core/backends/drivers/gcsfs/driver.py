"""Blobs in a bucket of Google Cloud Storage.

gcsfs builds the session; the requests are the same as with the other engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp

from storage_core.backends.drivers.clouds.google.service import opened
from storage_core.backends.drivers.clouds.google.session import GCSSession
from storage_core.backends.drivers.gcsfs.client import connected
from storage_core.backends.drivers.options import merged
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.faults import Fault, classify

if TYPE_CHECKING:
    from typing import Unpack

    from storage_core.backends.drivers.clouds.google.given import GivenGCS
    from storage_core.backends.drivers.clouds.google.service import Opened
    from storage_core.backends.remote.driver import Afterwards


def open_gcs(bucket: str, prefix: str = "", **given: Unpack[GivenGCS]) -> RemoteBackend:
    """The backend of a bucket; nothing is connected yet.

    Args:
        bucket: its name; it must exist.
        prefix: what the names of the objects have before the paths.
        given: see `GivenGCS`.

    Raises:
        ConfigurationError: the credentials are not Google's, or damaged.
    """
    made, timeout = opened(bucket, prefix, given), given["timeout"]
    patience = aiohttp.ClientTimeout(total=None, sock_connect=timeout, sock_read=timeout)
    arguments = merged({"requests_timeout": patience}, made.options)
    return RemoteBackend(
        GCSDriver(bucket, made, arguments),
        made.place,
        timeout=timeout,
        secrets=given.get("secrets", ()),
        network=made.network,
    )


class GCSDriver:
    """Makes requests by the session of gcsfs."""

    counts = True
    has_ranges = True
    tells_size = True
    longest_link = 7 * 86400
    has_places = True

    def __init__(self, bucket: str, opened: Opened, arguments: dict[str, Any]) -> None:
        """Connect nothing yet.

        Args:
            bucket: its name; it must exist.
            opened: what else the settings say.
            arguments: of `gcsfs.GCSFileSystem`, without those that are in `opened`.
        """
        self._bucket = bucket
        self._opened = opened
        self._arguments = arguments

    async def connect(self, afterwards: Afterwards) -> GCSSession:
        """Look for credentials, again for each session."""
        opened = self._opened
        client = await connected(
            self._arguments, opened.service, opened.tokens.again(), opened.network
        )
        return GCSSession(client, self._bucket, opened.prefix)

    def fault(self, error: BaseException) -> Fault:
        """The kind of failure that `error` stands for."""
        return classify(error)

    def reason(self, error: BaseException, words: str) -> str:
        """The words of the service."""
        return words
