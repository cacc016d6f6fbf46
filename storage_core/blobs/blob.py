"""What a store tells about a blob. A worker that writes and reads one does not load this."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage_core.backends.base import in_utc
from storage_core.keys import is_name

if TYPE_CHECKING:
    from datetime import datetime

    from storage_core.backends.base import Entry


class Blob(NamedTuple):
    """One blob in a listing."""

    key: str
    """`KIND/NAME`."""

    size: int | None
    """Bytes; None where the storage does not say."""

    modified: datetime | None
    """When it was written, in UTC; None where the storage does not say."""


def blob_of(entry: Entry) -> Blob | None:
    """The blob of a listing's entry; None if it is not one that a store has written."""
    if entry.is_folder or not is_name(entry.name):
        return None
    return Blob(entry.path, entry.size, in_utc(entry.modified))
