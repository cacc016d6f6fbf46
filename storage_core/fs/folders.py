"""Makes and removes folders, also in places that only have folders with something in them."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from storage_core.errors import BlobNotFound
from storage_core.fs import listing
from storage_core.fs.errors import both_families

if TYPE_CHECKING:
    from storage_core.fs.spot import Spot

_KEPT: Final = 1000
"""How many new folders are remembered: a program that looks into one does so at once."""


class Folders:
    """The folders of a file system.

    New ones in places without real folders are remembered, so that listing one finds it empty.
    """

    def __init__(self) -> None:
        """Begin without new folders."""
        self._made: dict[tuple[str, str], None] = {}
        self._lock = Lock()

    def children(self, spot: Spot) -> list[dict[str, Any]]:
        """What a folder holds, as from `listing.children`; nothing if it was just made.

        Raises:
            BlobNotFound: nothing is there.
        """
        try:
            return listing.children(spot)
        except BlobNotFound:
            # DuckDB (2.0.1) lists the folder that it has just made for a set of partitions.
            if (spot.identity, spot.inner) in self._made:
                return []
            raise

    def make(self, spot: Spot, *, exist_ok: bool) -> None:
        """Make a folder and those above it.

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
                backend.make_folder(folder)
                self._add(spot)
                return
            if not exist_ok and listing.exists(spot):
                raise spot.taken()
            backend.make_folder(folder)

    def remove(self, spot: Spot) -> None:
        """Remove an empty folder."""
        with self._lock:
            self._made.pop((spot.identity, spot.inner), None)
        with both_families():
            spot.backend.remove_folder(spot.folder)

    def forget(self) -> None:
        """Forget new folders, once files have been copied: now the place itself has them."""
        with self._lock:
            self._made.clear()

    def _add(self, spot: Spot) -> None:
        with self._lock:
            self._made[spot.identity, spot.inner] = None
            if len(self._made) > _KEPT:
                del self._made[next(iter(self._made))]
