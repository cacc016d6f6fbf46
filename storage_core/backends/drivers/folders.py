"""Listings of file systems, which know folders where object stores know the beginnings of names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from storage_core.backends.base import Entry
from storage_core.backends.remote.driver import Page
from storage_core.blobpath import Prefix, is_temporary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

STALE_AFTER: Final = timedelta(days=1)
"""Age at which a temporary file is taken for one of a writer that died. Some servers tell the time
of their own zone: what is being written there may look 14 hours old."""

Where = TypeVar("Where")
"""A whole path, as the library wants it."""


class Found(NamedTuple, Generic[Where]):
    """What a file system says of one name in a folder."""

    name: str
    where: Where
    is_folder: bool
    is_file: bool
    size: int | None
    modified: datetime | None


class Walk:
    """One folder after the other: the token of a page holds those that are left."""

    def __init__(self, prefix: Prefix, token: list[Prefix] | None) -> None:
        """Begin with a folder, or go on where the last page has left off."""
        self.prefix, *self._left = token or [prefix]

    def page(
        self,
        found: Iterable[Found[Where]],
        *,
        delimiter: bool,
        clean_up: Callable[[Where], None],
    ) -> Page:
        """What the folder `prefix` holds; others below it come with the next pages.

        Args:
            found: the names in it; some file systems list the folder itself and the one above it.
            delimiter: whether folders are entries of their own, and not gone into.
            clean_up: removes what a writer that died has left.
        """
        entries = []
        for each in found:
            path = f"{self.prefix}{each.name}"
            if each.name in ("", ".", ".."):
                continue
            if each.is_folder:
                if delimiter:
                    entries.append(Entry(path, is_folder=True))
                else:
                    self._left.append(Prefix(f"{path}/"))
            elif each.is_file and not is_temporary(each.name):
                entries.append(Entry(path, each.size, each.modified))
            elif each.is_file and _is_stale(each.modified):
                clean_up(each.where)
        return Page(entries, self._left or None)


def _is_stale(modified: datetime | None) -> bool:
    return modified is not None and modified < datetime.now(UTC) - STALE_AFTER
