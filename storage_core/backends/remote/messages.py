"""Errors for failures of a remote storage: their class, and their one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from storage_core.backends.remote.faults import Explained, Fault
from storage_core.errors import (
    AccessDenied,
    BlobExists,
    BlobNotFound,
    ConfigurationError,
    StorageError,
    StorageUnavailable,
    UnsupportedOperation,
)
from storage_core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage_core.backends.remote.retry import GaveUp
    from storage_core.blobpath import BlobPath

REACH: Final = "be reached"
"""What messages call the attempt to find a place: it "cannot be reached"."""

_ANSWERED: Final = (Fault.MISSING, Fault.PLACE_MISSING, Fault.DENIED, Fault.REDIRECTED)
"""The failures that a place itself reports, once it has been reached."""


class Place(NamedTuple):
    """How messages speak of a place, in the words of the settings that led to it."""

    location: str
    """As a person would write it."""

    kind: str
    """The word for what holds the blobs: bucket, container, folder, server."""

    name: str
    """The name of the bucket."""

    setting: str
    """What to correct if it does not exist: the label of a setting."""

    credentials: str
    """What to check if access is denied."""

    address: str
    """What to check if no server answers; empty where no setting names the server."""


def explained(
    where: Place,
    doing: str,
    said: Explained,
    gave_up: GaveUp | None,
    shown: Callable[[str], str],
) -> StorageError:
    """The error for a failure that a driver has explained.

    Args:
        where: the place.
        doing: what was to be done there.
        said: the driver's explanation.
        gave_up: how many attempts there were, if they or the time ran out.
        shown: makes words fit to be shown.
    """
    kinds = {Fault.DENIED: AccessDenied, Fault.MISCONFIGURED: ConfigurationError}
    tried = f", {gave_up}" if gave_up else ""
    what = f"{where.location} cannot {printable(doing)}"
    asked = not (said.while_signing_in or said.while_connecting)
    if doing == REACH and said.fault is Fault.DENIED and asked:
        what = where.location
    error = kinds.get(said.fault, StorageUnavailable)(
        f"{what}: {shown(str(said))}{tried}; {shown(said.remedy)}"
    )
    error.while_signing_in = said.while_signing_in
    error.while_connecting = said.while_connecting
    return error


def unanswered(where: Place, doing: str, why: str, gave_up: GaveUp) -> StorageError:
    """The error for a call whose deadline has passed, or whose last attempt has failed."""
    return StorageUnavailable(
        f"{where.location} cannot {printable(doing)}: {why}, {gave_up}; "
        f"check the network{where.address and f' and {where.address}'}, or raise Timeout"
    )


def failed(
    where: Place,
    doing: str,
    path: BlobPath | None,
    why: str,
    fault: Fault,
    right: str | None = None,
) -> StorageError:
    """The error for an attempt that failed for a reason that will not pass.

    Args:
        where: the place.
        doing: what was to be done there.
        path: of the blob.
        why: the library's words; for a redirect, its target.
        fault: what kind of failure it is.
        right: the correct address of the server, if the one in use names the bucket as well.
    """
    if fault is Fault.BLOB_MISSING:
        return BlobNotFound(f"{where.location} holds no blob {printable(path or '')}")
    if fault is Fault.TAKEN:
        taken = printable(path or "")
        return BlobExists(f"{where.location} already holds a blob {taken}; choose another key")
    what = f"{where.location} cannot {printable(doing)}"
    if doing == REACH and fault in _ANSWERED:
        what = where.location
    if fault in (Fault.MISSING, Fault.PLACE_MISSING) and right is not None:
        return ConfigurationError(
            f"{what}: {where.address or 'the address'} names the {where.kind} {where.name} as "
            f"well, so that it is looked for inside of itself; write {right} there"
        )
    if fault in (Fault.MISSING, Fault.PLACE_MISSING):
        return ConfigurationError(
            f"{what}: {where.kind} {where.name} does not exist; "
            f"create it or correct {where.setting}"
        )
    if fault is Fault.UNSUPPORTED:
        return UnsupportedOperation(f"{what}: the server does not do that ({why})")
    if fault is Fault.DENIED:
        return AccessDenied(f"{what}: access denied ({why}); check {where.credentials}")
    if fault is Fault.REDIRECTED:
        return ConfigurationError(
            f"{what}: the server redirects {why}, which is not followed; "
            f"correct {where.address or 'the settings'}"
        )
    if fault is Fault.MISCONFIGURED:
        return ConfigurationError(f"{what}: {why}; correct the settings")
    if fault is Fault.UNKNOWN_HOST:
        correct = where.address and f"correct {where.address}, or "
        return StorageUnavailable(f"{what}: {why}; {correct}check the network")
    return StorageUnavailable(f"{what}: {why}; check {where.address or 'the settings'}")
