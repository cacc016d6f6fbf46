"""Commands that write a file never write over the one that holds the configurations.

Expected: `-o` replaces any file, as it says. Found: `storage export one --as toml -o` OWN
left one configuration of twenty, and kept no version of the rest.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome

Storage = Callable[..., Outcome]

ITSELF = "is the configuration file itself (or a layer beneath it); name another"


@pytest.fixture
def folder(config: Path, tmp_path: Path) -> Path:
    """One's own file, which includes another, beside a link to it; `team.toml` is in no layer."""
    folder = tmp_path / "files"
    (folder / "blobs" / "results").mkdir(parents=True)
    (folder / "blobs" / "results" / "x").write_bytes(b"new")
    for name in ("own", "included", "team"):
        (folder / f"{name}.toml").write_text(
            ('include = ["included.toml"]\ndefault = "own"\n' if name == "own" else "")
            + f'[storage.{name}]\ntype = "local"\nstorage_path = "{folder}/blobs"\n'
        )
    (folder / "link.toml").symlink_to(folder / "own.toml")
    os.link(folder / "own.toml", folder / "hard.toml")
    (config.parent / "history").mkdir()
    return folder


def texts(folder: Path) -> dict[str, str]:
    return {each.name: each.read_text() for each in sorted(folder.glob("*.toml"))}


COMMANDS = (
    ("export", "own", "--as", "toml", "-o"),
    ("export", "own", "--as", "json", "--reveal", "-o"),
    ("read", "results/x", "-o"),
    ("read", "--path", "results/x", "-o"),
)


@pytest.mark.parametrize("arguments", COMMANDS)
@pytest.mark.parametrize("target", ["own", "included", "team", "link", "hard"])
def test_no_file_with_configurations_is_written_over(
    storage: Storage,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    target: str,
) -> None:
    own, team = str(folder / "own.toml"), str(folder / "team.toml")
    monkeypatch.setenv("STORAGE_CONFIG", os.pathsep.join((own, team)))
    monkeypatch.chdir(folder)
    before = texts(folder)
    for path in (f"{target}.toml", str(folder / "blobs" / ".." / f"{target}.toml")):
        for chosen in ((), ("--config", own)):
            done = storage(*arguments, path, *chosen)
            assert (done.code, done.out, done.err) == (2, "", f"error: {path} {ITSELF}\n")
    assert texts(folder) == before


@pytest.mark.parametrize("arguments", COMMANDS)
def test_nor_the_file_that_is_used_without_config_nor_the_history(
    storage: Storage, config: Path, folder: Path, arguments: tuple[str, ...]
) -> None:
    own = ("--config", str(folder / "own.toml"))
    # What is not there holds nothing: a first file can be exported to its place.
    assert storage(*arguments, str(config), *own).code == 0
    config.write_text("")
    done = storage(*arguments, str(config), *own)
    assert (done.code, done.err) == (2, f"error: {config} {ITSELF}\n")
    kept = config.parent / "history" / "version"
    done = storage(*arguments, str(kept), *own)
    assert done.code == 2
    assert "lies in the history of the configuration file; name another" in done.err
    assert not kept.exists()
    assert storage(*arguments, str(folder / "elsewhere"), *own).code == 0


def test_a_folder_of_code_is_not_unpacked_over_it(
    storage: Storage, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STORAGE_CONFIG", str(folder / "own.toml"))
    (tmp_path / "code.py").write_text("1")
    key = storage("push", str(tmp_path / "code.py")).out.strip()
    before = texts(folder)
    assert storage("pull", key, str(folder / "own.toml")).code != 0
    assert texts(folder) == before
