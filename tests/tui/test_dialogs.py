"""Dialogs: the screen below, dimmed, and the keys that answer a question."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import pytest
from textual.content import Content
from textual.widgets import Button, Input

from tests.tui.driving import TWO, names, press, read, screen_text, settle, the_list, words, write
from tui.app import StorageApp
from tui.features.check.commands import TEST
from tui.features.help.keys import HelpDialog
from tui.kit.ask import Ask
from tui.kit.dialog import Box


async def test_what_changes_below_a_dialog_is_seen(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "x")
        assert "s3://acme-results" in screen_text(pilot)
        assert isinstance(pilot.app, StorageApp)
        pilot.app.busy = "doing something"
        # What takes no time at all is not said: it would only flash.
        assert "● doing something" not in screen_text(pilot)
        while screen_text(pilot).count("● doing something") < 2:
            await pilot.pause(0.02)
        await pilot.resize_terminal(110, 34)
        await settle(pilot)
        lines = screen_text(pilot).splitlines()
        assert lines[0].rstrip().endswith("● doing something")
        assert len(lines) == 34
        assert "q Quit" in lines[-1]


async def test_below_two_dialogs_the_list_is_seen_as_well(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "x")
        pilot.app.push_screen(HelpDialog(pilot.app.session, TEST, ()))
        await settle(pilot)
        assert "s3://acme-results" in screen_text(pilot)


async def test_the_first_letter_of_an_answer_chooses_it_and_enter_stays_on_the_safe_one(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        for keys, left in (("xc", 2), ("xz\r", 2), ("xD", 1), ("gxd", 0)):
            await press(pilot, *("enter" if key == "\r" else key for key in keys))
            assert len(names(pilot)) == left


@pytest.mark.parametrize(("key", "kept"), [("k", False), ("d", False), ("s", True)])
async def test_each_answer_of_a_form_that_is_left_has_a_letter_which_is_underlined(
    tmp_path: Path, key: str, kept: bool
) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "x", "escape")
        for button in pilot.app.screen.query(Button):
            assert isinstance(button.label, Content)
            (span,) = button.label.spans
            assert (span.start, span.end, span.style) == (0, 1, "underline")
        await press(pilot, key)
        assert (pilot.app.screen is the_list(pilot)) == (key != "k")
    assert (read(path)["storage"]["prod"]["bucket"] == "acme-resultsx") == kept


async def test_a_letter_answers_nothing_where_a_name_is_typed(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", f"{TWO}protected = true\n")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", "x", "c", "d", "tab", "d", "c")
        assert isinstance(pilot.app.screen, Ask)
        assert names(pilot) == ["prod", "laptop"]


async def test_a_letter_that_two_answers_share_chooses_neither(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        answers: list[str | None] = []
        ask = Ask("?", "", [("a", "Take"), ("b", "Throw"), ("c", "Stop")], focus="a")
        pilot.app.push_screen(ask, answers.append)
        await settle(pilot)
        await press(pilot, "t")
        assert pilot.app.screen is ask
        await press(pilot, "s")
        assert answers == ["c"]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
@pytest.mark.parametrize("keys", ["r", "D", "j m", "b w"])
async def test_after_the_field_tab_comes_to_the_main_action_which_is_filled(
    tmp_path: Path, size: tuple[int, int], keys: str
) -> None:
    (tmp_path / "blobs" / "results").mkdir(parents=True)
    (tmp_path / "blobs" / "results" / "one").touch()
    plain = f'[storage.kv]\ntype = "kv"\napi_address = "http://h"\ntoken = "{token_hex()}"\n'
    there = f'[storage.a]\ntype = "local"\nstorage_path = "{tmp_path}/blobs"\n'
    path = write(tmp_path / "storage.toml", there + plain)
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, *keys.split())
        dialog = pilot.app.screen
        assert isinstance(pilot.app.focused, Input)
        await press(pilot, "tab")
        main = pilot.app.focused
        assert isinstance(main, Button)
        assert main.label != Content("Cancel")
        await press(pilot, "shift+tab")
        assert main.background_colors[1].hex == pilot.app.theme_variables["primary-muted"]
        # The border has a title, whole or followed by all of it.
        box = dialog.query_one(Box)
        assert str(box.border_title) in words(pilot) or box.query_one(".title").display
        await press(pilot, "escape")
        assert pilot.app.screen is not dialog


async def test_rename_by_tab_and_enter_renames_and_says_what_it_is_about(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "r", "2")
        assert "S3 Storage · s3://acme-results" in screen_text(pilot)
        await press(pilot, "tab", "enter")
        assert names(pilot) == ["2", "laptop"]


async def test_a_title_that_is_too_long_for_the_border_stands_below_it_whole(
    tmp_path: Path,
) -> None:
    name = "[red]" + "long name " * 9 + "end"
    text = f'[storage."{name}"]\ntype = "local"\nstorage_path = "/data"\n'
    async with StorageApp(write(tmp_path / "storage.toml", text)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x")
        assert f"Delete {name}?" in words(pilot)
