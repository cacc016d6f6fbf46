"""The filter of the blobs."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.tui.browsing import SIZES, browsing, current, filled, listed
from tests.tui.driving import burst, enter, press, screen_text, settle, the_list
from tui.app import StorageApp
from tui.kit.filter import FilterLine


async def test_the_filter_finds_by_any_part_of_the_key(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "slash")
        for text, found in (
            ("ALP", ["alpha"]),
            ("flows", ["charlie", "echo"]),
            ("flows cha", ["charlie"]),
            ("results br", ["bravo"]),
            ("zzz", []),
        ):
            await press(pilot, "ctrl+u")
            await enter(pilot, text)
            assert listed(pilot) == found
        assert "Nothing here" in screen_text(pilot)
        assert "0 of 5 blobs" in screen_text(pilot)
        await press(pilot, "escape")
        assert len(listed(pilot)) == 5
        assert pilot.app.focused is browsing(pilot).table


async def test_keys_work_on_what_the_filter_found(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b", "slash", *"echo", "enter", "c")
        assert pilot.app.clipboard == "flows/echo"
        await press(pilot, "slash")
        assert isinstance(pilot.app.focused, Input)
        await press(pilot, "down")
        assert pilot.app.focused is browsing(pilot).table


@pytest.mark.parametrize(
    ("keys", "found", "back"),
    [
        ("j slash r e s u l t s", "results/alpha", "results/alpha"),
        ("j slash f l o w s", "flows/charlie", "results/alpha"),
        ("slash f l o w s", "flows/charlie", "results/delta"),
        ("G slash l", "flows/echo", "flows/echo"),
        ("G slash t a backspace", "results/delta", "flows/echo"),
        ("slash e c h o enter", "flows/echo", "flows/echo"),
        ("slash f l o w s down j", "flows/echo", "flows/echo"),
        ("slash f l o w s enter j slash x y z ctrl+u", "flows/echo", "flows/echo"),
        ("j j slash x y z", None, "flows/charlie"),
    ],
)
async def test_the_filter_goes_to_the_first_that_is_found_and_back_to_where_it_began(
    tmp_path: Path, keys: str, found: str | None, back: str
) -> None:
    async with StorageApp(filled(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b")
        await burst(pilot, *keys.split())
        shown = browsing(pilot).blob
        assert (shown.key if shown else None) == found
        await press(pilot, "escape")
        assert current(pilot) == back
        assert len(listed(pilot)) == 5


@pytest.mark.parametrize("size", SIZES)
async def test_the_filter_says_how_much_it_found_and_which_keys_are_of_use(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with StorageApp(filled(tmp_path)).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "b", "slash", *"flows")
        for _ in range(2):
            assert "2 of 5 blobs" in screen_text(pilot)
            for hint in ("Enter Keep", "↓ To the list", "Esc Show all"):
                assert hint in screen_text(pilot).splitlines()[-1]
            await press(pilot, "down")
            assert "Enter Preview" in screen_text(pilot).splitlines()[-1]
            assert "2 of 5 blobs" in screen_text(pilot)
            await press(pilot, "slash")
        await press(pilot, "escape")
        assert "Enter Preview" in screen_text(pilot).splitlines()[-1]
        # With nothing to look for there is nothing to keep.
        await press(pilot, "slash", "enter")
        assert not pilot.app.screen.query_one(FilterLine).display
        assert pilot.app.focused is browsing(pilot).table
        await press(pilot, "slash", "f", "down", "escape", "escape")
        assert pilot.app.screen is the_list(pilot)


async def test_what_follows_a_filter_at_once_works_on_what_was_found(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b")
        await burst(pilot, "slash", *"echo", "enter", "c")
        assert pilot.app.clipboard == "flows/echo"
        await burst(pilot, "escape", "slash", *"bravo", "down", "c", "escape")
        assert pilot.app.clipboard == "results/bravo"
        assert current(pilot) == "results/bravo"
