"""Paths that people write, and a current folder that is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

import storage_core
from storage_core.paths import absolute


@pytest.fixture
def deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder is deleted."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()


@pytest.mark.usefixtures("deleted")
def test_whole_paths_need_no_current_folder(home: Path) -> None:
    store = storage_core.get_store()
    assert store.read(store.write(b"x")) == b"x"
    folder = home / "data"
    store = storage_core.open_store(storage_core.LocalStorage(storage_path=str(folder)))
    assert store.read(store.write(b"y")) == b"y"
    assert absolute("sub", "/data") == "/data/sub"


@pytest.mark.usefixtures("deleted")
def test_a_relative_path_in_a_deleted_folder_says_what_to_do() -> None:
    with pytest.raises(storage_core.ConfigurationError, match="sub is relative, and the current"):
        absolute("sub")
