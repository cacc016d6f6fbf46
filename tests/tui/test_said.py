"""What the app says beside its screens: above the list, and in passing."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets._toast import Toast, ToastRack

from tests.tui.driving import press, said, screen_text, settle, the_list, write
from tui.app import StorageApp
from tui.session.state import SORTS


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("laptop", "STORAGE_DEFAULT makes laptop the default here."),
        ("nope", "STORAGE_DEFAULT is nope, but there is none of this name or ID."),
    ],
)
async def test_a_default_from_the_environment_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, said: str
) -> None:
    monkeypatch.setenv("STORAGE_DEFAULT", value)
    async with StorageApp(write(tmp_path / "storage.toml")).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert said in screen_text(pilot)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_a_message_is_one_row_on_the_screen_it_was_told_on_and_takes_the_place_of_the_last(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test(
        size=size, notifications=True
    ) as pilot:
        await settle(pilot)
        await press(pilot, "u")
        (toast,) = pilot.app.screen.query(Toast)
        assert toast.region.height == 1
        assert screen_text(pilot).count("Nothing to undo.") == 1
        await press(pilot, "x")
        # It does not jump onto the dialog, and is not seen below it.
        assert screen_text(pilot).count("Nothing to undo.") == 0
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)
        assert screen_text(pilot).count("Nothing to undo.") == 1
        pilot.app.fail("It failed.")
        await settle(pilot)
        assert "Nothing to undo." not in screen_text(pilot)
        (toast,) = pilot.app.screen.query(Toast)
        ground = pilot.app.theme_variables
        assert toast.styles.border_left[1].hex == ground["error"]
        assert toast.background_colors[1].hex == ground["error-muted"]
        await pilot.click(Toast)
        await settle(pilot)
        # The one before has some of its time left.
        assert screen_text(pilot).count("Nothing to undo.") == 1


async def test_what_a_screen_tells_as_it_closes_stands_on_the_one_below(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test(
        size=(80, 24), notifications=True
    ) as pilot:
        await settle(pilot)
        await press(pilot, "e", "2", "ctrl+s")
        assert pilot.app.screen is the_list(pilot)
        assert screen_text(pilot).count("Saved prod.") == 1


async def test_what_is_told_just_before_a_question_is_seen_once(tmp_path: Path) -> None:
    path = tmp_path / "storage.toml"
    async with StorageApp(path).run_test(size=(120, 40), notifications=True) as pilot:
        await settle(pilot)
        await press(pilot, "n", "t", "x", "ctrl+s")
        assert "Make x the default?" in screen_text(pilot)
        racks = [screen.query_one(ToastRack) for screen in pilot.app.screen_stack]
        assert [rack.display and bool(rack.children) for rack in racks][:-1] == [False]
        assert screen_text(pilot).count("Saved x.") == 1
        await press(pilot, "n")
        assert screen_text(pilot).count("Saved x.") == 1


async def test_sorting_shows_itself_and_tells_nothing(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, *"s" * len(SORTS))
        assert said(pilot) == ""
        await press(pilot, "s")
        assert "Name▾" in screen_text(pilot)
