"""What is copied, and whether it is said to be: only where a program has taken it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.quoting import in_toml
from tests.tui.driving import opened, press, said, settle, write

ID = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"


def stand_in(folder: Path, name: str, script: str) -> None:
    """A program of this name, the first on PATH."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


async def copied(path: Path, key: str = "c") -> str:
    """What the app says when something of the first row is copied."""
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, key)
        await pilot.app.workers.wait_for_complete(
            [each for each in pilot.app.workers if each.group == "clipboard"]
        )
        await settle(pilot)
        assert pilot.app.clipboard
        return said(pilot)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration file; programs can be put beside it."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return write(tmp_path / "storage.toml")


async def test_without_a_program_it_is_only_said_to_be_sent(path: Path) -> None:
    assert await copied(path) == f"Sent {ID} to the terminal; not every terminal copies it."


@pytest.mark.parametrize(
    ("variable", "name", "arguments"),
    [
        ("TMUX", "tmux", "load-buffer -w -"),
        ("WAYLAND_DISPLAY", "wl-copy", ""),
        ("DISPLAY", "xclip", "-selection clipboard"),
    ],
)
async def test_a_program_that_takes_it_has_all_of_it(
    path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, name: str, arguments: str
) -> None:
    monkeypatch.setenv(variable, "there")
    stand_in(path.parent, name, f'[ "$*" = "{arguments}" ] && exec cat >{path.parent}/taken')
    assert await copied(path) == f"Copied {ID}."
    assert (path.parent / "taken").read_text() == ID
    assert await copied(path, "p") == "Copied the Python that opens prod."
    assert "get_store('prod')" in (path.parent / "taken").read_text()


async def test_an_older_tmux_takes_it_into_its_buffer_and_one_that_fails_is_not_believed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux,1,0")
    older = '[ "$2" = -w ] && { echo "unknown option -- w"; exit 1; }'
    stand_in(path.parent, "tmux", f"{older}; exec cat >{path.parent}/taken")
    assert await copied(path) == f"Copied {ID}."
    assert (path.parent / "taken").read_text() == ID
    stand_in(path.parent, "tmux", "echo no server; exit 1")
    assert (await copied(path)).startswith(f"Sent {ID} to the terminal")
    monkeypatch.setattr("tui.kit.clipboard.PATIENCE", 0.2)
    stand_in(path.parent, "tmux", "exec sleep 30")
    assert (await copied(path)).startswith(f"Sent {ID} to the terminal")


async def test_the_name_of_a_file_that_is_no_text_is_not_copied_and_that_is_said(
    path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "blobs" / "results"
    folder.mkdir(parents=True)
    (folder / os.fsdecode(b"bad\xff")).write_bytes(b"x")
    write(path, f'[storage.a]\ntype = "local"\nstorage_path = {in_toml(folder.parent)}\n')
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "b", "5", "c")
        assert said(pilot) == (
            r"Nothing was copied: results/bad\udcff is no text that UTF-8 can hold."
        )
