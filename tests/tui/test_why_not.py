"""A key that can do nothing just now says why, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from storage_core import ConfigFile
from tests.quoting import in_toml
from tests.tui.driving import TWO, press, said, screen_text, settle, the_list, words, write
from tui.app import StorageApp
from tui.features.configurations.commands import LIST

WHY_NOT = {
    "u": "Nothing to undo.",
    "ctrl+r": "Nothing to redo.",
    "m": "No secret of prod stands in the file.",
    "F": "Nobody else can see a secret in this file.",
    **{
        f"G{key}": "Temporary Local Storage is built in; n creates one of your own."
        for key in "erxDm"
    },
    "Gc": "Temporary Local Storage is built in and has no ID.",
}


@pytest.mark.parametrize("keys", WHY_NOT)
async def test_a_key_that_can_do_nothing_says_why_and_what_to_do(tmp_path: Path, keys: str) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, *([keys] if "+" in keys else keys))
        assert said(pilot) == WHY_NOT[keys]
        # Held down it says so once.
        await press(pilot, keys if "+" in keys else keys[-1])
        assert said(pilot) == WHY_NOT[keys]
        assert pilot.app.screen is the_list(pilot)
    assert path.read_text() == TWO


async def test_a_secret_within_a_longer_value_is_said_to_be_there_and_not_to_be_moved_alone(
    tmp_path: Path,
) -> None:
    text = '[storage.old]\ntype = "file"\nbase_path = "ftp://ada:not-a-secret@host/x"\n'
    async with StorageApp(write(tmp_path / "storage.toml", text)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "m")
        assert said(pilot) == "The secret of old is a part of a longer value; e opens it."
        assert "ftp://ada:********@host/x in this file ⚠" in words(pilot)


async def test_a_command_that_is_dimmed_answers_a_click_too(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "G")
        line = screen_text(pilot).splitlines()[-1]
        await pilot.click(offset=(line.index("Edit"), 23))
        await settle(pilot)
        assert "built in" in said(pilot)


async def test_every_command_that_changes_a_read_only_file_says_why_it_cannot(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml")
    path.chmod(0o444)
    for command in LIST:
        if command.changes:
            async with StorageApp(path).run_test() as pilot:
                await settle(pilot)
                await press(pilot, command.keys[0])
                assert said(pilot) == "Nothing can be changed here: the file is read-only."


async def test_on_a_broken_file_keys_say_what_to_do(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", "[storage\n")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "n")
        assert said(pilot) == "The file cannot be read; o opens it in your editor."
    ConfigFile(write(path)).set_default("laptop")
    write(path, "[storage\n")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "slash")
        assert said(pilot) == (
            "The file cannot be read; o opens it in your editor, v brings an earlier version back."
        )
        assert not pilot.app.screen.query(Input)


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "the file is read-only"), ("[storage\n", "nothing can be saved until it is mended")],
)
async def test_a_form_that_cannot_be_saved_says_why(
    tmp_path: Path, text: str | None, words: str
) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "e", "x")
        if text is None:
            path.chmod(0o444)
        else:
            write(path, text)
        await pilot.app.session.reload()
        await press(pilot, "ctrl+s")
        assert words in said(pilot)
        assert pilot.app.screen is not the_list(pilot)


async def test_where_there_is_no_blob_the_keys_for_one_say_so(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('"/data/storage"', in_toml(tmp_path / "d")))
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", "b", "x", "w", "enter")
        assert said(pilot) == "There is no blob to do that with."
