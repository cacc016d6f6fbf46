"""Folders that a program has made where there are none before something is in them."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from storage_core.fs.spot import Spot

_KEPT: Final = 1000
"""The latest ones: whoever makes one and looks into it does so at once."""


class MadeFolders:
    """Which they are, so that to look into one finds it empty."""

    def __init__(self) -> None:
        """None yet."""
        self._made: dict[tuple[str, str], None] = {}
        self._lock = Lock()

    def add(self, spot: Spot) -> None:
        """It was made."""
        with self._lock:
            self._made[spot.identity, spot.inner] = None
            if len(self._made) > _KEPT:
                del self._made[next(iter(self._made))]

    def has(self, spot: Spot) -> bool:
        """Whether it was made here."""
        return (spot.identity, spot.inner) in self._made

    def clear(self) -> None:
        """Files are copied by now: what is in a folder, the place itself tells."""
        with self._lock:
            self._made.clear()

    def discard(self, spot: Spot) -> None:
        """It was removed."""
        with self._lock:
            self._made.pop((spot.identity, spot.inner), None)
