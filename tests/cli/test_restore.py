"""`storage restore` lists earlier versions of the file and brings one back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import TWO, Outcome

Run = Callable[..., Outcome]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "storage.toml"
    path.write_text(TWO)
    monkeypatch.setenv("STORAGE_CONFIG", str(path))
    return path


def test_a_version_is_listed_and_brought_back(storage: Run, path: Path) -> None:
    assert storage("delete", "laptop", "--yes").code == 0
    listed = storage("restore")
    assert re.search(
        r"^1 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  deleted laptop$", listed.out, re.MULTILINE
    )
    restored = storage("restore", "1", "--yes")
    assert restored.code == 0
    assert "Restored" in restored.out
    assert path.read_text() == TWO


def test_a_restore_can_be_taken_back(storage: Run, path: Path) -> None:
    storage("delete", "laptop", "--yes")
    without = path.read_text()
    storage("restore", "1", "--yes")
    storage("restore", "1", "--yes")
    assert path.read_text() == without


def test_a_broken_file_is_brought_back_to_life(storage: Run, path: Path) -> None:
    storage("set-default", "laptop")
    path.write_text("[storage\n")
    assert storage("ls").code == 1
    assert storage("restore", "1", "--yes").code == 0
    assert storage("ls").code == 0


def test_a_file_of_a_newer_version_is_not_replaced(storage: Run, path: Path) -> None:
    storage("set-default", "laptop")
    path.write_text(newer := path.read_text().replace("version = 1", "version = 2"))
    refused = storage("restore", "1", "--yes")
    assert refused.code == 1
    assert "is of version 2, newer than this program knows" in refused.err
    assert path.read_text() == newer


def test_json_has_the_stamps_that_restore_takes(storage: Run, path: Path) -> None:
    storage("set-default", "laptop")
    versions = storage("restore", "--json").json["versions"]
    assert versions[0]["names"] == ["prod-results", "laptop"]
    assert versions[0]["changes"] == "made laptop the default"
    assert storage("restore", versions[0]["stamp"], "--yes", "--json").code == 0


def test_each_version_says_what_was_done_to_it(storage: Run, path: Path) -> None:
    storage("rename", "laptop", "desk")
    storage("edit", "prod-results", "--bucket", "other", "--prefix", "a")
    path.write_text(f"{path.read_text()}[storage\n")
    rows = [line.split("  ")[-1] for line in storage("restore").out.splitlines()[1:3]]
    assert rows == ["made unreadable: it was no longer TOML", "prod-results: bucket, prefix"]
    storage("restore", "1", "--yes")
    rows = [line.split("  ")[-1] for line in storage("restore").out.splitlines()[1:4]]
    assert rows == [
        "made readable: it was not TOML",
        "made unreadable: it was no longer TOML",
        "prod-results: bucket, prefix",
    ]


def test_without_a_history_it_says_so(storage: Run, path: Path) -> None:
    assert "No earlier version" in storage("restore").out
    missing = storage("restore", "3", "--yes")
    assert missing.code == 3
    assert missing.err.startswith("error: no version '3'")


def test_it_asks_and_without_a_terminal_says_what_to_add(storage: Run, path: Path) -> None:
    storage("set-default", "laptop")
    asked = storage("restore", "1")
    assert asked.code == 2
    assert "--yes" in asked.err
