"""`Look`: the newest blobs of a storage, as they were listed last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from tui.session.listing import Listed

NEWEST: Final = 5
"""Blobs that are remembered of a storage."""


class Look(NamedTuple):
    """What a listing has shown."""

    when: datetime
    """In local time."""

    newest: tuple[Listed, ...]
    """The newest first; where a storage tells no times, in no order."""

    total: int
    """Blobs in all."""


def look_of(blobs: Iterable[Listed]) -> Look:
    """The newest of these, and how many they are."""
    from heapq import nlargest

    listed = [blob for blob in blobs if not blob.is_folder]
    newest = nlargest(
        NEWEST, listed, key=lambda blob: blob.modified.timestamp() if blob.modified else 0
    )
    return Look(datetime.now(), tuple(newest), len(listed))  # noqa: DTZ005
