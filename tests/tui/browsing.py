"""The screen of blobs: storages to look into, and what it shows."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from storage_core import get_store
from tests.quoting import in_toml
from tests.tui.driving import write
from tui.features.blobs.screen import BrowseScreen

SIZES = [(120, 40), (80, 24), (60, 20)]


def local(folder: Path, more: str = "") -> Path:
    """A configuration file with one local storage, `place`, in `folder`."""
    return write(
        folder / "storage.toml",
        f'[storage.place]\ntype = "local"\nstorage_path = {in_toml(folder / "blobs")}\n{more}',
    )


def filled(folder: Path, more: str = "") -> Path:
    """The same with five blobs: of two kinds, five sizes and five ages, no two orders alike."""
    path = local(folder, more)
    for key, size, age in (
        ("results/delta", 3, 50),
        ("results/alpha", 5000, 3600 * 5),
        ("flows/charlie", 70, 86400 * 3),
        ("results/bravo", 0, 86400 * 90),
        ("flows/echo", 900, 86400 * 800),
    ):
        blob(folder, key, b"x" * size, age)
    return path


def blob(folder: Path, key: str, data: bytes, age: float = 0) -> None:
    """A blob of `place`, written `age` seconds ago."""
    get_store("place", config_path=folder / "storage.toml").write(data, key=key)
    path = folder / "blobs" / key
    written = time.time() - age
    os.utime(path, (written, written))


def browsing(pilot: Pilot[Any]) -> BrowseScreen:
    """The screen, which must be on top."""
    screen = pilot.app.screen
    assert isinstance(screen, BrowseScreen)
    return screen


def listed(pilot: Pilot[Any]) -> list[str]:
    """The names in the list, from the top."""
    return [row.name for row in browsing(pilot).table.rows]


def current(pilot: Pilot[Any]) -> str:
    """The key under the cursor."""
    found = browsing(pilot).blob
    assert found is not None
    return found.key
