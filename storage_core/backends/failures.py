"""What a failure of a remote storage is called: its class, and its one line. Called by `remote`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from storage_core.backends.translate import Fault
from storage_core.errors import (
    AccessDenied,
    BlobExists,
    BlobNotFound,
    ConfigurationError,
    StorageError,
    StorageUnavailable,
)

if TYPE_CHECKING:
    from storage_core.backends.retry import GaveUp
    from storage_core.keys import Key


class Described(Protocol):
    """What a message has to know about the place."""

    @property
    def location(self) -> str: ...

    @property
    def place(self) -> str:
        """The word for what holds the blobs: bucket, container, folder."""

    @property
    def place_name(self) -> str: ...

    @property
    def credentials(self) -> str:
        """What to check when access is denied."""

    @property
    def address(self) -> str:
        """What to check when nobody answers."""


def unanswered(where: Described, doing: str, why: str, gave_up: GaveUp) -> StorageError:
    """The deadline passed, or the last attempt failed."""
    return StorageUnavailable(
        f"{where.location} cannot {doing}: {why}, {gave_up}; "
        f"check the network and {where.address}, or raise Timeout"
    )


def failed(where: Described, doing: str, key: Key | None, why: str, fault: Fault) -> StorageError:
    """An attempt failed for a reason that will not pass."""
    if fault is Fault.BLOB_MISSING:
        return BlobNotFound(f"{where.location} holds no blob {key}")
    if fault is Fault.TAKEN:
        return BlobExists(f"{where.location} already holds a blob {key}; choose another key")
    what = f"{where.location} cannot {doing}"
    if fault in (Fault.MISSING, Fault.PLACE_MISSING):
        return ConfigurationError(
            f"{what}: {where.place} {where.place_name} does not exist; "
            "create it, or correct the name"
        )
    if fault is Fault.DENIED:
        return AccessDenied(f"{what}: access denied ({why}); check {where.credentials}")
    if fault is Fault.REDIRECTED:
        return ConfigurationError(
            f"{what}: the server redirects elsewhere, which is not followed; "
            f"correct {where.address}"
        )
    if fault is Fault.MISCONFIGURED:
        return ConfigurationError(f"{what}: {why}; correct the settings")
    return StorageUnavailable(f"{what}: {why}; see whether it is what {where.address} names")
