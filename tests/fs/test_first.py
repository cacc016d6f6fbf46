"""`storage://` with nothing but the package installed."""

from __future__ import annotations

import pickle
from pathlib import Path

import fsspec
import pytest

import storage_core
from storage_core.fs import StorageFileSystem
from tests.fs.places import written


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    tables = {
        name: {"type": "local", "storage_path": str(tmp_path / name.replace(" ", "-"))}
        for name in ("prod", "team share")
    }
    path = written(tmp_path / "storage.toml", tables, default="prod")
    monkeypatch.setenv("STORAGE_CONFIG", path)
    return path


def test_every_tool_of_fsspec_knows_the_protocol(config: str) -> None:
    with fsspec.open("storage://prod/raw/a.txt", "wt") as file:
        file.write("ä")
    with fsspec.open("storage:///raw/a.txt", "rt") as file:
        assert file.read() == "ä"
    fs, path = fsspec.url_to_fs("storage:///raw/a.txt")
    assert (type(fs), path) == (StorageFileSystem, "prod/raw/a.txt")
    key = storage_core.get_store().write(b"x")
    assert fs.cat(f"storage://prod/{key}") == b"x"


def test_a_name_is_encoded_in_paths(config: str) -> None:
    fs = fsspec.filesystem("storage")
    assert fs.ls("") == [
        {"name": "prod", "size": 0, "type": "directory"},
        {"name": "team%20share", "size": 0, "type": "directory"},
    ]
    fs.pipe("storage://team share/100%25", b"x")
    assert fs.find("team%20share") == ["team%20share/100%25"]
    assert fs.glob("team*/*") == ["team%20share/100%25"]


def test_it_comes_out_of_a_pickle_as_it_was_given(config: str) -> None:
    assert pickle.loads(pickle.dumps(StorageFileSystem())).storage_options == {}
    named = StorageFileSystem(config_path=config, timeout=3, secret="s3cr3t")
    assert pickle.loads(pickle.dumps(named)).storage_options == {
        "config_path": config,
        "timeout": 3,
    }
    assert "s3cr3t" not in named.to_json() + repr(named)


def test_a_store_has_a_file_system_of_its_own(config: str) -> None:
    with storage_core.get_store("team share") as store:
        store.fs.pipe("raw/x", b"1")
        assert pickle.loads(pickle.dumps(store.fs)).find("") == ["raw/x"]
    assert fsspec.filesystem("storage").cat("storage://team share/raw/x") == b"1"
