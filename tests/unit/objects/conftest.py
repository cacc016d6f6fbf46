"""Stores for objects."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage_core import LocalStorage, Store, open_store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One store for many examples."""
    folder: Path = tmp_path_factory.mktemp("objects")
    return open_store(LocalStorage(storage_path=str(folder / "data")))
