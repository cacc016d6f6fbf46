"""The three stores that keep blobs on the local disk, for the tests of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import storage_core
from storage_core import FileStorage, LocalStorage, Store, TemporaryLocalStorage

LOCAL: Final = ("local", "temporary", "file")

MIB: Final = 1024 * 1024


def opened(name: str, data: Path) -> Store:
    """The store of this type with its blobs in `data`, which is `$PREFECT_HOME`."""
    return storage_core.open_store(
        {
            "local": LocalStorage(storage_path=str(data)),
            "temporary": TemporaryLocalStorage(),
            "file": FileStorage(base_path=str(data)),
        }[name]
    )


def files(data: Path) -> list[Path]:
    """All files below `data`, whatever their names."""
    return [path for path in data.rglob("*") if path.is_file()]


def temporaries(data: Path) -> list[Path]:
    """Those that belong to writes which are not complete."""
    return [path for path in files(data) if path.name.startswith("~")]
