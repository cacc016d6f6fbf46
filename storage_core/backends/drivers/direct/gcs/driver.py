"""Blobs in a bucket of Google Cloud Storage, each operation one request of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage_core.backends.drivers.clouds.google.client import Client
from storage_core.backends.drivers.clouds.google.service import opening
from storage_core.backends.drivers.clouds.google.session import GCSSession
from storage_core.backends.drivers.direct.gcs.sending import Sender
from storage_core.backends.drivers.direct.gcs.signing_in import SignIn
from storage_core.backends.drivers.direct.transport import Transport
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.blocking import Blocking
from storage_core.backends.remote.faults import Fault, classify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.clouds.google.service import Opening
    from storage_core.backends.remote.limit import Limit


def open_gcs_direct(
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
        options: more arguments of `gcsfs.GCSFileSystem`, which replace those made from the above;
            none that `what_is_beyond` names.
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
    return RemoteBackend(
        GCSDirectDriver(bucket, opened, timeout),
        opened.place,
        timeout=timeout,
        secrets=secrets,
        network=opened.network,
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

    def __init__(self, bucket: str, opened: Opening, timeout: float) -> None:
        """Connect nothing yet.

        Args:
            bucket: must exist.
            opened: what else the settings say.
            timeout: seconds that one call may take.
        """
        self._bucket = bucket
        self._opened = opened
        self._transport = Transport(opened.network, timeout)
        self._sign_in = SignIn(opened.tokens)

    def session(self, limit: Limit) -> GCSSession:
        """What makes one attempt; nothing is asked yet."""
        sender = Sender(self._transport, self._sign_in, limit)
        client = Client(sender, self._opened.service, self._opened.tokens)
        return GCSSession(client, self._bucket, self._opened.prefix)

    def close(self) -> None:
        """Let go of the connections that nobody uses."""
        self._transport.close()
        self._sign_in.close()

    def fault(self, error: BaseException) -> Fault:
        """What kind of failure it is."""
        return classify(error)

    def reason(self, error: BaseException, words: str) -> str:
        """The words of the service."""
        return words
