"""Lists file systems, which have folders where object stores have prefixes of names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from storage_core.backends.base import Entry
from storage_core.backends.remote.driver import Page
from storage_core.blobpath import Prefix, is_temporary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

STALE_AFTER: Final = timedelta(days=1)
"""Age from which on a temporary file counts as left by a writer that died. Some servers give times
in their own zone, so that a file that is being written may look 14 hours old."""

Where = TypeVar("Where")
"""A whole path, as the library wants it."""


class Found(NamedTuple, Generic[Where]):
    """What a file system tells about one name in a folder."""

    name: str
    where: Where
    is_folder: bool
    is_file: bool
    size: int | None
    modified: datetime | None


class Walk:
    """Lists one folder after the other: the token of a page holds the folders that are left."""

    def __init__(self, prefix: Prefix, token: list[Prefix] | None) -> None:
        """Begin with a folder, or continue where the last page ended."""
        self.prefix, *self._left = token or [prefix]

    def page(
        self,
        found: Iterable[Found[Where]],
        *,
        delimiter: bool,
        clean_up: Callable[[Where], None],
    ) -> Page:
        """The page of the folder `prefix`; folders below it come with the next pages.

        Args:
            found: the names in it; some file systems also list the folder itself and its parent.
            delimiter: whether folders are entries of their own, and are not listed themselves.
            clean_up: removes a file that a writer that died has left.
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
