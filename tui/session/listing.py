"""What a list of blobs shows: those that match, sorted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from storage_core.backends.base import in_utc
from tui.session.search import found

if TYPE_CHECKING:
    from storage_core.backends.base import Entry
    from storage_core.blobs.blob import Blob

Sort: TypeAlias = Literal["age", "name", "size"]
SORTS: Final[tuple[Sort, ...]] = ("age", "name", "size")
"""The orders, in the sequence in which pressing one key steps through them."""


RUN: Final = 4096
"""Rows that are sorted at a time."""

FOLDER: Final = "folder"
FILE: Final = "file"


class Listed(NamedTuple):
    """One blob, ready to be sorted, filtered and drawn."""

    key: str
    """The blob's key; in a list of a folder, its path below the location."""

    kind: str
    """flows or results; in a list of a folder, what it is: file or folder."""

    name: str
    """The rest of the key, or of the path behind the folder that is listed."""

    size: int | None
    """Bytes; None where the storage does not say."""

    modified: datetime | None

    @property
    def sought(self) -> str:
        """The text that a filter searches, without the folder that all entries are in."""
        return self.name if self.kind in (FILE, FOLDER) else self.key

    @property
    def is_folder(self) -> bool:
        """Whether it can be opened to list what is in it."""
        return self.kind == FOLDER


class View(NamedTuple):
    """What the table shows, with figures about all that was listed."""

    rows: Sequence[Listed] = ()
    size: int = 0
    """Bytes of all rows together, as far as they are known."""

    longest: int = 0
    """Characters of the longest name of all blobs, so that columns do not move."""

    total: int = 0
    """Blobs listed in all, whatever the filter."""

    counts: tuple[int, ...] = ()
    """How many of these are of each kind."""

    sort: Sort = "age"
    """The order of the rows: the one asked for, or by name if nothing is known for that."""

    reverse: bool = False
    """Whether that order is reversed."""

    largest: int = 0
    """Bytes of the largest of the rows."""

    places: Mapping[str, int] = MappingProxyType({})
    """The index of each key among the rows."""

    blobs: Mapping[str, Listed] = MappingProxyType({})
    """The rows that are not folders, by their keys."""


def listed(blob: Blob) -> Listed:
    """A blob as the list shows it."""
    kind, _, name = blob.key.partition("/")
    return Listed(blob.key, kind, name, blob.size, blob.modified)


def entered(entry: Entry, prefix: str) -> Listed:
    """A blob or a folder as the list of the folder `prefix` shows it."""
    kind = FOLDER if entry.is_folder else FILE
    # A folder's marker has no name of its own.
    name = entry.path[len(prefix) :] or entry.path
    return Listed(entry.path, kind, name, entry.size, in_utc(entry.modified))


def arranged(
    blobs: Sequence[Listed],
    kinds: Sequence[str],
    kind: str | None,
    words: Sequence[str],
    sort: Sort,
    *,
    reverse: bool = False,
) -> View:
    """Filter and sort `blobs`.

    Args:
        blobs: everything listed.
        kinds: those whose blobs are counted.
        kind: only what is of this one.
        words: all of them have to be in the key; see `search`.
        sort: the newest, the first by name, or the largest comes first, after all folders.
        reverse: the other way round, but folders still come first.
    """
    rows = [
        blob for blob in blobs if (kind is None or blob.kind == kind) and found(words, blob.sought)
    ]
    if all((blob.modified if sort == "age" else blob.size) is None for blob in rows):
        sort = "name" if rows else sort
    rows = _in_runs(rows, partial(_ORDERS[sort], reverse), reverse=reverse)
    return View(
        rows,
        sum(blob.size or 0 for blob in rows),
        max((len(blob.name) for blob in blobs), default=0),
        len(blobs),
        tuple(sum(1 for blob in blobs if blob.kind == each) for each in kinds),
        sort,
        reverse,
        max((blob.size or 0 for blob in rows), default=0),
        {blob.key: place for place, blob in enumerate(rows)},
        {blob.key: blob for blob in rows if not blob.is_folder},
    )


def _by_name(reverse: bool, blob: Listed) -> tuple[Any, ...]:
    # Folders still come first when the sort is reversed.
    return blob.is_folder is reverse, blob.name.lower(), blob.key


def _by_age(reverse: bool, blob: Listed) -> tuple[Any, ...]:
    age = -blob.modified.timestamp() if blob.modified else 0
    return blob.is_folder is reverse, age, blob.name.lower(), blob.key


def _by_size(reverse: bool, blob: Listed) -> tuple[Any, ...]:
    size = 1 if blob.size is None else -blob.size
    return blob.is_folder is reverse, size, blob.name.lower(), blob.key


_ORDERS: Final = {"age": _by_age, "name": _by_name, "size": _by_size}


def _in_runs(
    rows: list[Listed], key: Callable[[Listed], Any], *, reverse: bool = False
) -> list[Listed]:
    """Sort in runs, each of rows that end up next to each other.

    While Python sorts, no other thread runs: sorting 100,000 rows in one go would stop the event
    loop for 130 ms, and merging runs of arbitrary rows for 40 ms.
    """
    # The more samples, the more equal are the runs.
    samples = sorted(map(key, rows[:: RUN // 16]))
    ends = samples[16::16]
    runs: list[list[Listed]] = [[] for _ in range(len(ends) + 1)]
    for row in rows:
        runs[bisect_right(ends, key(row))].append(row)
    if reverse:
        runs.reverse()
    return [row for run in runs for row in sorted(run, key=key, reverse=reverse)]
