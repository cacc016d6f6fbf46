"""Blobs in a bucket of S3 or of a service that speaks its protocol, by requests of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage_core.backends.drivers.clouds.aws.answers import error_answer, fault_of, reason_in
from storage_core.backends.drivers.clouds.aws.opening import opened
from storage_core.backends.drivers.direct.s3.addresses import Addresses
from storage_core.backends.drivers.direct.s3.ambient import Ambient
from storage_core.backends.drivers.direct.s3.asking import Asking, Habits
from storage_core.backends.drivers.direct.s3.client import Client
from storage_core.backends.drivers.direct.s3.operations import headers_of
from storage_core.backends.drivers.direct.s3.session import S3Session
from storage_core.backends.drivers.direct.s3.signing import Signing
from storage_core.backends.drivers.direct.transport import Transport
from storage_core.backends.remote.blocking import Blocking
from storage_core.backends.remote.faults import Fault, classify

if TYPE_CHECKING:
    from typing import Final, Unpack

    from storage_core.backends.drivers.clouds.aws.given import GivenS3
    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.remote.backend import RemoteBackend
    from storage_core.backends.remote.limit import Limit
    from storage_core.backends.remote.network import Network

MOST_DELETED: Final = 250
"""Objects that are deleted in one request, of the 1,000 that S3 allows, so that it ends well within
the time of a call. 1,000 on rclone take 0.05 to 0.07 s of CPU time, where one request for each took
0.35 to 0.50, and 0.6 to 1.5 s in all instead of 0.7 to 1.9 (three rounds, a busy machine)."""


def open_s3_direct(bucket: str, prefix: str = "", **given: Unpack[GivenS3]) -> RemoteBackend:
    """The backend of a bucket; nothing is connected yet.

    Args:
        bucket: its name; it must exist.
        prefix: what the names of the objects have before the paths.
        given: see `GivenS3`.
    """
    return opened(S3DirectDriver, bucket, prefix, given, Blocking())


class S3DirectDriver:
    """Makes a session for each attempt; connections and credentials are kept."""

    counts = True
    has_ranges = True
    tells_size = True
    has_after = True
    has_places = True
    longest_link = 7 * 86400
    most_deleted = MOST_DELETED

    def __init__(
        self,
        bucket: str,
        prefix: str,
        arguments: dict[str, Any],
        identity: Identity,
        region: str | None,
        timeout: float,
        network: Network,
    ) -> None:
        """Send nothing yet.

        Args:
            bucket: its name; it must exist.
            prefix: what the names of the objects have before the paths.
            arguments: those of `s3fs.S3FileSystem`.
            identity: who signs in.
            region: as it is in the settings.
            timeout: seconds that one call may take.
            network: how the servers are reached.
        """
        added = dict(arguments.get("s3_additional_kwargs") or {})
        if arguments.get("requester_pays"):
            added.setdefault("RequestPayer", "requester")
        ambient = Ambient(identity, timeout, network)
        self._client = Client(
            bucket,
            Addresses(arguments, identity, ambient),
            Signing(identity, timeout, network, ambient),
            identity,
            Transport(network, timeout),
            network,
            headers_of(added),
            timeout,
        )
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._region = region
        self._habits = Habits()

    def session(self, limit: Limit) -> S3Session:
        """Return a session for one attempt."""
        asking = Asking(self._client, self._habits, limit)
        return S3Session(asking, self._bucket, self._prefix)

    def close(self) -> None:
        """Close the connections that no session uses."""
        self._client.close()

    def fault(self, error: BaseException) -> Fault:
        """The kind of failure, by the answer if there is one."""
        answer = error_answer(error)
        return fault_of(answer) if answer else classify(error)

    def reason(self, error: BaseException, words: str) -> str:
        """The answer's error code and the server's words, or where the bucket is."""
        answer = error_answer(error)
        return reason_in(answer, words, self._region) if answer else words
