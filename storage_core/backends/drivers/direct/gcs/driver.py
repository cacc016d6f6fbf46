"""Blobs in a bucket of Google Cloud Storage, each operation one request of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.backends.drivers.clouds.google.client import Client
from storage_core.backends.drivers.clouds.google.service import opened
from storage_core.backends.drivers.clouds.google.session import GCSSession
from storage_core.backends.drivers.direct.gcs.sending import Sender
from storage_core.backends.drivers.direct.gcs.signing_in import SignIn
from storage_core.backends.drivers.direct.transport import Transport
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.blocking import Blocking
from storage_core.backends.remote.faults import Fault, classify

if TYPE_CHECKING:
    from typing import Unpack

    from storage_core.backends.drivers.clouds.google.given import GivenGCS
    from storage_core.backends.drivers.clouds.google.service import Opened
    from storage_core.backends.remote.limit import Limit


def open_gcs_direct(bucket: str, prefix: str = "", **given: Unpack[GivenGCS]) -> RemoteBackend:
    """The backend of a bucket; nothing is connected yet.

    Args:
        bucket: its name; it must exist.
        prefix: what the names of the objects have before the paths.
        given: see `GivenGCS`.

    Raises:
        ConfigurationError: the credentials are not Google's, or damaged.
    """
    made, timeout = opened(bucket, prefix, given), given["timeout"]
    return RemoteBackend(
        GCSDirectDriver(bucket, made, timeout),
        made.place,
        timeout=timeout,
        secrets=given.get("secrets", ()),
        network=made.network,
        runner=Blocking(),
    )


class GCSDirectDriver:
    """Makes requests to one bucket."""

    counts = True
    has_ranges = True
    tells_size = True
    has_after = True
    has_places = True
    longest_link = 7 * 86400

    def __init__(self, bucket: str, opened: Opened, timeout: float) -> None:
        """Connect nothing yet.

        Args:
            bucket: its name; it must exist.
            opened: what else the settings say.
            timeout: seconds that one call may take.
        """
        self._bucket = bucket
        self._opened = opened
        self._transport = Transport(opened.network, timeout)
        self._sign_in = SignIn(opened.tokens)

    def session(self, limit: Limit) -> GCSSession:
        """Return a session for one attempt; this sends no request yet."""
        sender = Sender(self._transport, self._sign_in, limit)
        client = Client(sender, self._opened.service, self._opened.tokens)
        return GCSSession(client, self._bucket, self._opened.prefix)

    def close(self) -> None:
        """Close the connections that no session uses."""
        self._transport.close()
        self._sign_in.close()

    def fault(self, error: BaseException) -> Fault:
        """The kind of failure that `error` stands for."""
        return classify(error)

    def reason(self, error: BaseException, words: str) -> str:
        """The words of the service."""
        return words
