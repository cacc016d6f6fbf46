"""`blobs --all`, and `--path` in place of a key: what other programs keep below a location."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Outcome
from tests.quoting import in_toml

Storage = Callable[..., Outcome]


@pytest.fixture
def here(config: Path, tmp_path: Path) -> Path:
    """The folder of `here`, the default, which another program uses as well."""
    folder = tmp_path / "blobs"
    config.write_text(
        f'default = "here"\n[storage.here]\ntype = "local"\nstorage_path = {in_toml(folder)}\n'
        f'[storage.safe]\ntype = "local"\nstorage_path = {in_toml(folder)}\nprotected = true\n'
        '[storage.tmp]\ntype = "temporary"\n'
    )
    for name in ("raw/2026/11/data.csv", "raw/read me.txt", "top.json"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return folder


def names(outcome: Outcome) -> list[str]:
    return [line.split("  ")[-1] for line in outcome.out.splitlines()]


def test_everything_below_a_location_is_listed(storage: Storage, here: Path) -> None:
    key = storage("write", stdin=b"x").out.strip()
    assert names(storage("blobs", "--sort", "name")) == [key]
    found = names(storage("blobs", "--all", "--sort", "name"))
    assert sorted(found) == sorted([key, "raw/2026/11/data.csv", "raw/read me.txt", "top.json"])
    assert sorted(names(storage("blobs", "here", "--all", "--path", "raw"))) == [
        "raw/2026/11/data.csv",
        "raw/read me.txt",
    ]
    assert names(storage("blobs", "--all", "--path", "raw/2026/")) == ["raw/2026/11/data.csv"]
    listed = storage("blobs", "--all", "--path", "raw/2026", "--json").json["blobs"]
    assert [(each["path"], each["size"]) for each in listed] == [("raw/2026/11/data.csv", 20)]


def test_what_lies_at_a_path_is_read_written_and_removed(
    storage: Storage, here: Path, tmp_path: Path
) -> None:
    assert storage("read", "--path", "raw/2026/11/data.csv").out == "raw/2026/11/data.csv"
    target = tmp_path / "copy"
    assert storage("read", "--path", "top.json", "-o", str(target), "--json").json == {
        "path": "top.json",
        "size": 8,
        "file": str(target),
    }
    assert target.read_text() == "top.json"
    assert storage("write", str(target), "--path", "new/folder/copy").out == "new/folder/copy\n"
    assert storage("write", "--path", "new/piped", stdin=b"piped").out == "new/piped\n"
    assert (here / "new" / "folder" / "copy").read_text() == "top.json"
    assert (here / "new" / "piped").read_bytes() == b"piped"
    assert storage("write", "--path", "new/json", "--json", stdin=b"four").json == {
        "path": "new/json",
        "size": 4,
        "storage": "here",
    }
    assert storage("rm", "--path", "new/piped").code == 0
    assert not (here / "new" / "piped").exists()
    assert storage("read", "--path", "new/piped").code == 3


def test_nothing_at_a_path_is_replaced(storage: Storage, here: Path) -> None:
    outcome = storage("write", "--path", "top.json", stdin=b"other")
    assert outcome.code == 1
    assert "already holds a blob top.json" in outcome.err
    assert (here / "top.json").read_text() == "top.json"


def test_the_name_of_a_protected_storage_is_asked_for_paths_too(
    storage: Storage, here: Path
) -> None:
    assert storage("rm", "--path", "top.json", "--from", "safe").code == 2
    assert (here / "top.json").exists()
    assert storage("rm", "--path", "top.json", "--from", "safe", "--confirm", "safe").code == 0
    assert not (here / "top.json").exists()


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x", "raw//x", "raw/./x", "raw/x/", "a\0b"])
def test_a_path_that_leads_elsewhere_is_refused(storage: Storage, here: Path, path: str) -> None:
    for words in (("read",), ("rm",), ("write",)):
        outcome = storage(*words, "--path", path, stdin=b"x")
        assert outcome.code == 1, words
        assert outcome.err.startswith("error: path ")
        assert "not valid" in outcome.err


@pytest.mark.parametrize(
    "words",
    [
        ("read", "results/x", "--path", "top.json"),
        ("rm", "results/x", "--path", "top.json"),
        ("read",),
        ("rm",),
        ("write", "--path", "x", "--kind", "flows"),
        ("write", "--path", "x", "--key", "flows/x"),
        ("blobs", "--path", "raw"),
        ("blobs", "--all", "--kind", "flows"),
    ],
)
def test_what_contradicts_itself_is_wrong_usage(
    storage: Storage, here: Path, words: tuple[str, ...]
) -> None:
    assert storage(*words, stdin=b"x").code == 2


def test_temporary_storage_shows_its_two_folders_only(
    storage: Storage, here: Path, home: Path
) -> None:
    key = storage("write", "--to", "tmp", stdin=b"x").out.strip()
    (home / "private.toml").write_text("# private")
    assert names(storage("blobs", "tmp", "--all")) == [key]
    assert storage("read", "--path", "private.toml", "--from", "tmp").code == 3
    assert storage("write", "--path", "private.toml", "--to", "tmp", stdin=b"x").code == 1
    assert (home / "private.toml").read_text() == "# private"


@pytest.mark.parametrize("arguments", [("--all",), ("--all", "--json"), (), ("--json",)])
def test_what_cannot_be_read_does_not_hide_the_rest(
    storage: Storage, here: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    blob = storage("write", stdin=b"x").out.strip()
    locked = here / ("raw/locked" if "--all" in arguments else "flows")
    locked.mkdir(parents=True, exist_ok=True)
    (locked / "inside").write_bytes(b"y")
    real = os.open

    def refusing(path: Any, *args: Any, **options: Any) -> int:
        # What everybody but root would get of a folder of mode 000.
        if str(path).endswith(locked.name):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return real(path, *args, **options)

    monkeypatch.setattr(os, "open", refusing)
    listed = storage("blobs", *arguments)
    assert listed.code == 1
    assert blob in listed.out
    assert "inside" not in listed.out
    assert listed.err.startswith("error: ")
    assert str(locked) in listed.err
    assert listed.err.count("\n") == 1
