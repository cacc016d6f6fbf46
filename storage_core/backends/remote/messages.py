"""What a failure of a remote storage is called: its class, and its one line. Called by `remote`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from storage_core.backends.remote.faults import Fault
from storage_core.errors import (
    AccessDenied,
    BlobExists,
    BlobNotFound,
    ConfigurationError,
    StorageError,
    StorageUnavailable,
)

if TYPE_CHECKING:
    from storage_core.backends.remote.retry import GaveUp
    from storage_core.keys import Key

REACH: Final = "be reached"
"""What is done when a place is only looked for."""

_ANSWERED: Final = (Fault.MISSING, Fault.PLACE_MISSING, Fault.DENIED, Fault.REDIRECTED)
"""Failures of a place that was reached."""


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
    def place_setting(self) -> str:
        """What to correct when the place does not exist."""

    @property
    def credentials(self) -> str:
        """What to check when access is denied."""

    @property
    def address(self) -> str:
        """What to check when nobody answers; empty where no setting says whom to ask."""


def unanswered(where: Described, doing: str, why: str, gave_up: GaveUp) -> StorageError:
    """The deadline passed, or the last attempt failed."""
    return StorageUnavailable(
        f"{where.location} cannot {doing}: {why}, {gave_up}; "
        f"check the network{where.address and f' and {where.address}'}, or raise Timeout"
    )


def failed(where: Described, doing: str, key: Key | None, why: str, fault: Fault) -> StorageError:
    """An attempt failed for a reason that will not pass."""
    if fault is Fault.BLOB_MISSING:
        return BlobNotFound(f"{where.location} holds no blob {key}")
    if fault is Fault.TAKEN:
        return BlobExists(f"{where.location} already holds a blob {key}; choose another key")
    what = f"{where.location} cannot {doing}"
    if doing == REACH and fault in _ANSWERED:
        what = where.location
    if fault in (Fault.MISSING, Fault.PLACE_MISSING):
        return ConfigurationError(
            f"{what}: {where.place} {where.place_name} does not exist; "
            f"create it or correct {where.place_setting}"
        )
    if fault is Fault.DENIED:
        return AccessDenied(f"{what}: access denied ({why}); check {where.credentials}")
    if fault is Fault.REDIRECTED:
        return ConfigurationError(
            f"{what}: the server redirects elsewhere, which is not followed; "
            f"correct {where.address or 'the settings'}"
        )
    if fault is Fault.MISCONFIGURED:
        return ConfigurationError(f"{what}: {why}; correct the settings")
    if fault is Fault.UNKNOWN_HOST:
        correct = where.address and f"correct {where.address}, or "
        return StorageUnavailable(f"{what}: {why}; {correct}check the network")
    return StorageUnavailable(f"{what}: {why}; check {where.address or 'the settings'}")
