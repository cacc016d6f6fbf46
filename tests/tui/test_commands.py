"""One declaration of all commands: keys, and what of them stands in the footer."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widget import Widget

from tests.tui.driving import screen_text, selected, settle, the_list, write
from tui.app import StorageApp
from tui.features.commands import ALL
from tui.features.configurations.commands import LIST
from tui.features.help.keys import HelpDialog


def test_at_most_eight_commands_stand_in_a_footer() -> None:
    for group in ALL:
        assert sum(command.footer for command in group) <= 8


def test_no_two_commands_of_a_screen_have_the_same_key() -> None:
    for group in ALL:
        keys = [key for command in group for key in command.keys]
        assert len(keys) == len(set(keys))


def test_a_key_with_a_modifier_or_a_number_means_one_thing_on_all_screens() -> None:
    meant: dict[str, set[str]] = {}
    for command in {command for group in ALL for command in group}:
        for key in command.keys:
            if key.startswith("ctrl+") or (key[0] == "f" and key[1:].isdigit()):
                meant.setdefault(key, set()).add(command.name)
    assert meant["f5"] == {"reload"}
    assert [key for key, names in meant.items() if len(names) > 1] == []


async def test_every_command_of_the_list_does_something(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        for command in LIST:
            assert callable(the_list(pilot).does[command.name])


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((80, 24), "n New e Edit d Default t Test b Browse / Filter ? Help q Quit"),
        ((60, 20), "n New e Edit d Default t Test b Browse ? Help q Quit"),
        ((50, 20), "n New e Edit d Default t Test ? Help q Quit"),
        ((30, 10), "n New ? Help q Quit"),
        ((14, 5), "? Help"),
    ],
)
async def test_the_footer_shows_what_is_used_most_and_help_whatever_the_width(
    tmp_path: Path, size: tuple[int, int], shown: str
) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test(size=size) as pilot:
        await settle(pilot)
        assert " ".join(screen_text(pilot).splitlines()[-1].split()) == shown


async def test_the_footer_can_be_clicked(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        line = screen_text(pilot).splitlines()[-1]
        await pilot.click(offset=(line.index("Help"), 23))
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpDialog)


async def test_a_click_selects_and_a_double_click_edits(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await pilot.click("#list", offset=(5, 2))
        assert selected(pilot).name == "laptop"
        await pilot.click("#list", offset=(5, 2), times=2)
        await settle(pilot)
        assert "Edit laptop" in screen_text(pilot)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_nothing_of_the_bars_is_cut(tmp_path: Path, size: tuple[int, int]) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test(size=size) as pilot:
        await settle(pilot)
        last = screen_text(pilot).splitlines()[-1]
        assert "? Help" in last
        assert "q Quit" in last
        for widget in pilot.app.screen.query("#panes, #left, #list, #detail").results(Widget):
            assert pilot.app.screen.region.contains_region(widget.region)
