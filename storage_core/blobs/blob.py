"""What a store says of a blob. A worker that writes and reads one does without."""

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
    """What a listing of a kind has, unless it is no blob of a store's."""
    if entry.is_folder or not is_name(entry.name):
        return None
    return Blob(entry.path, entry.size, in_utc(entry.modified))
