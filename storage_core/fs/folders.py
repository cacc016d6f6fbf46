"""Making and removing folders, also where there is none before something is in it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from storage_core.errors import BlobNotFound
from storage_core.fs import listing
from storage_core.fs.errors import both_families

if TYPE_CHECKING:
    from storage_core.fs.spot import Spot

_KEPT: Final = 1000
"""The latest ones: whoever makes one and looks into it does so at once."""


class Folders:
    """The folders of a file system.

    Those that were made where only files make folders are kept in mind, so that to look into one
    finds it empty.
    """

    def __init__(self) -> None:
        """None was made yet."""
        self._made: dict[tuple[str, str], None] = {}
        self._lock = Lock()

    def children(self, spot: Spot) -> list[dict[str, Any]]:
        """What one holds, as `listing.children` gives it; nothing where it was just made.

        Raises:
            BlobNotFound: nothing is there.
        """
        try:
            return listing.children(spot)
        except BlobNotFound:
            # DuckDB (2.0.1) looks into the folder that it has just made for a set of partitions.
            if (spot.identity, spot.inner) in self._made:
                return []
            raise

    def make(self, spot: Spot, *, exist_ok: bool) -> None:
        """Make one, with those above it.

        Raises:
            FileExistsError: something is there, and `exist_ok` is false.
        """
        with both_families():
            backend, folder = spot.backend, spot.folder
            if not spot.inner:
                if not exist_ok:
                    raise spot.taken()
                return
            backend.require_writable()
            if not backend.has_folders:
                self._add(spot)
                return
            if not exist_ok and listing.exists(spot):
                raise spot.taken()
            backend.make_folder(folder)

    def remove(self, spot: Spot) -> None:
        """Remove one that is empty."""
        with self._lock:
            self._made.pop((spot.identity, spot.inner), None)
        with both_families():
            spot.backend.remove_folder(spot.folder)

    def forget(self) -> None:
        """Files are copied by now: what is in a folder, the place itself tells."""
        with self._lock:
            self._made.clear()

    def _add(self, spot: Spot) -> None:
        with self._lock:
            self._made[spot.identity, spot.inner] = None
            if len(self._made) > _KEPT:
                del self._made[next(iter(self._made))]
