"""Help explains what has the focus, and finds keys by any word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Input

from tests.quoting import in_toml
from tests.tui.driving import TWO, burst, enter, press, screen_text, settle, the_list, words, write
from tui.app import StorageApp
from tui.features.configurations.commands import LIST
from tui.features.configurations.explained import SIGNS
from tui.features.help.keys import HelpDialog
from tui.kit.commands import shown_key
from tui.kit.dialog import Box
from tui.kit.explain import explanation

SCREENS: dict[str, Sequence[str]] = {
    "list": [],
    "details": ["l"],
    "filter": ["/"],
    "form": ["e", "f3"],
    "blobs": ["j", "b"],
    "blobs-filter": ["j", "b", "/"],
    "preview": ["j", "b", "space"],
}


def a_file(folder: Path) -> Path:
    """Two configurations; one has a blob."""
    blob = folder / "d" / "results" / "one.json"
    blob.parent.mkdir(parents=True)
    blob.write_text("{}")
    return write(folder / "storage.toml", TWO.replace('"/data/storage"', in_toml(folder / "d")))


async def help_on(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, then that of help, which is a letter like others in the filter."""
    await settle(pilot)
    await press(pilot, *keys, "f1")
    assert isinstance(pilot.app.screen, HelpDialog)


@pytest.mark.parametrize("name", SCREENS)
async def test_help_begins_with_what_has_the_focus_and_everything_that_can_have_it_says_something(
    tmp_path: Path, name: str
) -> None:
    async with StorageApp(a_file(tmp_path)).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, *SCREENS[name])
        screen = pilot.app.screen
        assert screen.focused is not None
        said = explanation(screen.focused)
        assert said is not None
        for widget in screen.focus_chain:
            each = explanation(widget)
            assert each is not None, widget
            assert each.title
            assert each.text
        await press(pilot, "f1")
        assert f"{said.title} {said.text}" in words(pilot)
        assert screen_text(pilot).index(said.title) < screen_text(pilot).index("Ctrl+P")


async def test_the_list_explains_each_of_its_signs_once(tmp_path: Path) -> None:
    async with StorageApp(a_file(tmp_path)).run_test(size=(120, 40)) as pilot:
        await help_on(pilot)
        for sign, meaning in SIGNS:
            assert f"{sign} {meaning}" in words(pilot)
    assert len({sign for sign, _ in SIGNS}) == len({meaning for _, meaning in SIGNS}) == len(SIGNS)


async def test_at_120x40_every_command_has_its_name_and_no_group_is_torn(tmp_path: Path) -> None:
    async with StorageApp(a_file(tmp_path)).run_test(size=(120, 40)) as pilot:
        await help_on(pilot)
        lines = screen_text(pilot).splitlines()
        half = lines[0].rindex("╮") // 2
        columns = [[line[3:half] for line in lines], [line[half + 2 : -1] for line in lines]]
        starts = [[line[11:].strip() for line in column] for column in columns]
        for command in LIST:
            said = command.tooltip
            named = said if said.startswith(command.label) else f"{command.label}  {said}"
            assert any(each and named.startswith(each) for each in chain(*starts)), command.label
        for group in {command.group for command in LIST}:
            (column,) = [each for each in columns if group in [*map(str.strip, each)]]
            at = [*map(str.strip, column)].index(group)
            rows = [line for line in column[at + 1 :] if line.strip()]
            keys = [shown_key(each.keys[0]) for each in LIST if each.group == group]
            begin = [row.split()[0] for row in rows if row[0].strip()]
            assert begin[: len(keys)] == keys


async def test_a_field_is_explained_with_where_else_its_value_may_be_kept(tmp_path: Path) -> None:
    async with StorageApp(a_file(tmp_path)).run_test(size=(120, 40)) as pilot:
        await help_on(pilot, "e", "tab", "tab")
        assert "AWS Secret Access Key IAM secret access key for the account." in words(pilot)
        assert "env:NAME takes it from the variable NAME" in words(pilot)
        assert "keyring:SERVICE/USER" in words(pilot)


@pytest.mark.parametrize(
    ("typed", "found", "left_out"),
    [
        ("clipboard", "Copy ID", "Duplicate"),
        ("F5", "Reload", "Duplicate"),
        ("DUPL", "another name", "Reload"),
        ("protected", "◆", "★"),
        ("moving last", "the last row", "Reload"),
        ("nothing has this", "No key and no sign", "Reload"),
    ],
)
async def test_typing_leaves_what_has_all_the_words_and_escape_shows_all_again(
    tmp_path: Path, typed: str, found: str, left_out: str
) -> None:
    async with StorageApp(a_file(tmp_path)).run_test(size=(120, 40)) as pilot:
        await help_on(pilot)
        place, before = pilot.app.screen.query_one(Box).region, screen_text(pilot)
        await enter(pilot, typed)
        assert found in words(pilot)
        assert left_out not in words(pilot)
        assert pilot.app.screen.query_one(Box).region == place
        await press(pilot, "escape")
        assert screen_text(pilot) == before
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)


async def test_letters_typed_at_once_all_arrive(tmp_path: Path) -> None:
    async with StorageApp(a_file(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await burst(pilot, "f1", *"clip")
        assert pilot.app.screen.query_one(Input).value == "clip"
        assert "Copy ID" in words(pilot)


async def test_after_a_slash_the_letters_that_move_or_leave_are_typed_as_well(
    tmp_path: Path,
) -> None:
    async with StorageApp(a_file(tmp_path)).run_test() as pilot:
        await help_on(pilot)
        await press(pilot, "/", *"quit")
        assert pilot.app.screen.query_one(Input).value == "quit"
        assert "Leave the app" in words(pilot)
        await press(pilot, "enter", "q")
        assert pilot.app.screen is the_list(pilot)


@pytest.mark.parametrize("ends", ["escape", "q", "?", "f1", "enter"])
async def test_help_closes_as_ever_and_j_and_k_scroll(tmp_path: Path, ends: str) -> None:
    async with StorageApp(a_file(tmp_path)).run_test() as pilot:
        await help_on(pilot)
        top = screen_text(pilot)
        await press(pilot, "j")
        assert screen_text(pilot) != top
        await press(pilot, "k")
        assert screen_text(pilot) == top
        await press(pilot, ends)
        assert pilot.app.screen is the_list(pilot)


@pytest.mark.parametrize("opens", ["", "n 6", "b"], ids=["list", "form", "blobs"])
@pytest.mark.parametrize("size", [(120, 40), (200, 60), (80, 24), (60, 20)])
async def test_help_is_whole_where_there_is_room_and_scrolls_elsewhere(
    tmp_path: Path, opens: str, size: tuple[int, int]
) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('"/data/storage"', in_toml(tmp_path / "d")))
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "j", *opens.split(), "f1")
        box = pilot.app.screen.query_one(VerticalScroll)
        assert box.region in pilot.app.screen.region
        assert (box.max_scroll_y == 0) == (size[0] >= 120)
        assert "Keys" in screen_text(pilot)
        await press(pilot, "end")
        assert "Esc closes this." in screen_text(pilot)
