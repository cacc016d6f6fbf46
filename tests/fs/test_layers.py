"""`storage://` over the layers of a configuration file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from storage_core import ConfigurationError
from storage_core.fs import StorageFileSystem


def table(name: str, path: str = "data") -> str:
    return f'[storage.{name}]\ntype = "local"\nstorage_path = "{path}"\n'


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "storage.toml").write_text(f'default = "prod"\n{table("prod")}')
    path = tmp_path / "own.toml"
    path.write_text(f'include = ["team/storage.toml"]\n{table("mine")}')
    return path


def test_names_of_all_layers_lead_where_their_own_file_says(own: Path) -> None:
    fs = StorageFileSystem(config_path=str(own))
    assert fs.ls("", detail=False) == ["mine", "prod"]
    for url in ("storage:///a", "storage://prod/b", "storage://mine/c"):
        fs.pipe_file(url, b"1")
    found = sorted(str(each.relative_to(own.parent)) for each in own.parent.rglob("data/*"))
    assert found == ["data/c", "team/data/a", "team/data/b"]


def test_an_included_file_that_changes_is_seen_at_the_next_use(own: Path) -> None:
    fs, team = StorageFileSystem(config_path=str(own)), own.parent / "team" / "storage.toml"
    fs.pipe_file("prod/x", b"1")
    team.write_text(f'default = "prod"\n{table("prod", "elsewhere")}')
    fs.pipe_file("prod/y", b"1")
    assert (own.parent / "team" / "elsewhere" / "y").exists()
    # The same table in another file leads elsewhere: its folder is another.
    own.write_text(f"{own.read_text()}{table('prod', 'elsewhere')}")
    fs.pipe_file("prod/z", b"1")
    assert (own.parent / "elsewhere" / "z").exists()
    # Back again, and gone.
    own.write_text('include = ["team/storage.toml"]\n')
    assert fs.ls("prod", detail=False) == ["prod/y"]
    team.unlink()
    with pytest.raises(ValueError, match="there is no file") as raised:
        fs.ls("prod")
    assert isinstance(raised.value, ConfigurationError)
    assert fs.ls("", detail=False) == []


def test_files_of_the_variable_count_for_the_token(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = set()
    for beneath in ("a.toml", "b.toml"):
        (own.parent / beneath).write_text(table(beneath[0]))
        monkeypatch.setenv("STORAGE_CONFIG", f"{own}{os.pathsep}{own.parent / beneath}")
        fs = StorageFileSystem()
        assert fs.ls("", detail=False) == sorted(["mine", "prod", beneath[0]])
        tokens.add(fs._fs_token)
    assert len(tokens) == 2
