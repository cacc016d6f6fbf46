"""`Recent`: the newest blobs in the last listing of each storage, kept while the app is open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from heapq import nsmallest
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from tui.session.listing import Listed
    from tui.session.snapshot import Row

NEWEST: Final = 5
"""Blobs that are kept for one storage."""


class Seen(NamedTuple):
    """What a listing found."""

    blobs: tuple[Listed, ...]
    """The newest first; those of unknown age last, by name."""

    total: int
    """How many blobs there were in all."""

    when: datetime
    """When the listing ended."""

    only: str = ""
    """The kind that was listed; empty for all."""


class Recent:
    """The last listings, by the configuration's ID and the location that it had then."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, Seen]] = {}

    def add(self, row: Row, blobs: Iterable[Listed], only: str = "") -> None:
        """Keep what was just listed in the storage `row`, perhaps of one kind `only`.

        It takes a while for many blobs: call it in a thread.
        """
        found = [blob for blob in blobs if not blob.is_folder]
        when = datetime.now().astimezone()
        self._seen[row.id] = row.location, Seen(_newest(found), len(found), when, only)

    def of(self, row: Row) -> Seen | None:
        """The last listing of a storage; None if there is none, or if it led elsewhere then."""
        location, seen = self._seen.get(row.id, ("", None))
        return seen if location == row.location else None


def _newest(blobs: Iterable[Listed]) -> tuple[Listed, ...]:
    return tuple(nsmallest(NEWEST, blobs, key=_order))


def _order(blob: Listed) -> tuple[float, str]:
    return -blob.modified.timestamp() if blob.modified else float("inf"), blob.key
