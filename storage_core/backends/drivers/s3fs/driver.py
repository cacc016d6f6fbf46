"""Blobs in a bucket of S3 or of a service that speaks its protocol.

s3fs builds the client from its usual options; each operation here is one request of that client,
because the methods of s3fs above it make needless requests and retry by their own rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage_core.backends.drivers.clouds.aws.answers import error_answer, fault_of, reason_in
from storage_core.backends.drivers.clouds.aws.descriptions import descriptions
from storage_core.backends.drivers.clouds.aws.opening import opened
from storage_core.backends.drivers.options import merged
from storage_core.backends.drivers.s3fs.client import HTTPSession, connected
from storage_core.backends.drivers.s3fs.session import S3Session
from storage_core.backends.remote.faults import Fault, classify

if TYPE_CHECKING:
    from typing import Unpack

    from storage_core.backends.drivers.clouds.aws.given import GivenS3
    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.remote.backend import RemoteBackend
    from storage_core.backends.remote.driver import Afterwards
    from storage_core.backends.remote.network import Network


def open_s3(bucket: str, prefix: str = "", **given: Unpack[GivenS3]) -> RemoteBackend:
    """The backend of a bucket; nothing is connected yet.

    Args:
        bucket: its name; it must exist.
        prefix: what the names of the objects have before the paths.
        given: see `GivenS3`.
    """
    descriptions(None)
    return opened(S3Driver, bucket, prefix, given)


class S3Driver:
    """Signs in by a client of aiobotocore, as s3fs makes it."""

    counts = True
    has_ranges = True
    longest_link = 7 * 86400
    has_places = True
    tells_size = True

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
        """Connect nothing yet.

        Args:
            bucket: its name; it must exist.
            prefix: what the names of the objects have before the paths.
            arguments: those of `s3fs.S3FileSystem`.
            identity: who signs in.
            region: as it is in the settings.
            timeout: seconds that one call may take.
            network: how the servers are reached.
        """
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        config = {
            "connect_timeout": timeout,
            "read_timeout": timeout,
            "retries": {"total_max_attempts": 1},
            "http_session_cls": HTTPSession,
        }
        self._arguments = merged({"config_kwargs": config}, arguments)
        self._region = region
        self._identity = identity
        self._timeout = timeout
        self._network = network

    async def connect(self, afterwards: Afterwards) -> S3Session:
        """Sign in."""
        client = await connected(
            self._arguments, self._identity, timeout=self._timeout, network=self._network
        )
        return S3Session(client, self._bucket, self._prefix, afterwards)

    def fault(self, error: BaseException) -> Fault:
        """The kind of failure, by the answer if there is one."""
        answer = error_answer(error)
        return fault_of(answer) if answer else classify(error)

    def reason(self, error: BaseException, words: str) -> str:
        """The answer's error code and the server's words, or where the bucket is."""
        answer = error_answer(error)
        return reason_in(answer, words, self._region) if answer else words
