"""Folders of flow code that tests make."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from unicodedata import normalize

FIXED: Final[dict[str, bytes]] = {
    "flow.py": b"print('naive')\n",
    "run": b"#!/bin/sh\nexec python flow.py\n",
    "empty": b"",
    "one block": bytes(512),
    "three/levels/down.bin": bytes(range(256)) * 5,
    # Between `three` and `three/…`, which by characters come in another order than by paths.
    "three-": b"-",
    "three.txt": b".",
    "Upper": b"sorted before all lower case",
    "na\u00efve \u2713.txt": b"not ASCII",
    # Given in the form that macOS gives; sorted by the other one, behind `z`.
    "e\u0301tude.py": b"composed",
    "z": b"",
    "\U0001f600.txt": b"UTF-16 sorts it before U+FF5E",
    "\uff5e.txt": b"",
    f"{'long' * 30}/{'name' * 50}.py": b"#",
    "line\nbreak": b"\n",
}

KEY: Final = "flows/b9d84464290e839659d8234260a74f0335c7e4bdc55549a19ceee29d7fd78664.tar"
"""Of `FIXED`. If it ever changes, what people have pushed is stored once more under another key."""


def filled(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A folder with these files."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def in_archive(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same files under the names that an archive gives them."""
    return {normalize("NFC", name): data for name, data in files.items()}
