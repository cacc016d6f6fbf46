"""What a failure of a remote storage is called: its class, and its one line."""

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
"""What is done when a place is only looked for."""

_ANSWERED: Final = (Fault.MISSING, Fault.PLACE_MISSING, Fault.DENIED, Fault.REDIRECTED)
"""Failures of a place that was reached."""


class Place(NamedTuple):
    """How messages speak of a place, in the words of the settings that led to it."""

    location: str
    """As a person would write it."""

    kind: str
    """The word for what holds the blobs: bucket, container, folder, server."""

    name: str
    """Of the bucket."""

    setting: str
    """What to correct when it does not exist: the label of a setting."""

    credentials: str
    """What to check when access is denied."""

    address: str
    """What to check when nobody answers; empty where no setting says whom to ask."""


def explained(
    where: Place,
    doing: str,
    said: Explained,
    gave_up: GaveUp | None,
    shown: Callable[[str], str],
) -> StorageError:
    """A driver has said itself what failed.

    Args:
        where: what it is about.
        doing: what was to be done there.
        said: by the driver.
        gave_up: how many attempts there were, where they or the time ran out.
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
    """The deadline passed, or the last attempt failed."""
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
    """An attempt failed for a reason that will not pass.

    Args:
        where: what it is about.
        doing: what was to be done there.
        path: of the blob.
        why: the library's words; where a server redirects to.
        fault: what they mean.
        right: the address of the server, where the one in use has the bucket in it as well.
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
