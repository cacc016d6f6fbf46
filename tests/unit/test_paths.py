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


@pytest.mark.parametrize(
    "url", ["MEMORY://{}", "File://{}", "LOCAL://{}", "SimpleCache::MEMORY://{}", "Dir::File://{}"]
)
def test_the_scheme_of_a_url_may_be_in_capitals(tmp_path: Path, url: str) -> None:
    folder = tmp_path / "Data"
    opened = [
        storage_core.open_store(storage_core.FileStorage(base_path=each))
        for each in (url.format(folder), url.lower().format(folder))
    ]
    key = opened[0].write(b"x")
    assert [store.read(key) for store in opened] == [b"x", b"x"]
    first, second = (store.configuration.has_server for store in opened)
    assert first == second


def test_a_path_in_a_file_is_whole_whatever_the_case_of_its_scheme(tmp_path: Path) -> None:
    (tmp_path / "storage.toml").write_text(
        '[storage.x]\ntype = "file"\nbase_path = "FILE://sub"\n[storage.m]\ntype = "file"\n'
        'base_path = "MEMORY://"\n'
    )
    for name, location in (("x", f"FILE://{tmp_path}/sub"), ("m", "MEMORY://")):
        store = storage_core.get_store(name, config_path=tmp_path / "storage.toml")
        assert store.configuration.location == location


@pytest.mark.usefixtures("deleted")
def test_a_relative_path_in_a_deleted_folder_says_what_to_do() -> None:
    with pytest.raises(storage_core.ConfigurationError, match="sub is relative, and the current"):
        absolute("sub")
