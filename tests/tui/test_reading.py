"""What a screen reader meets: the order of what is written, and where the terminal's cursor is."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Button, Input

from tests.tui.driving import press, screen_text, settle, the_list, write
from tests.tui.test_snapshots import FULL
from tui.app import StorageApp
from tui.features.configurations.detail import Detail

PARTS = ("title", "left", "detail", "keys")
SIZES = [(120, 40), (80, 24), (60, 20)]


@pytest.mark.parametrize("size", SIZES, ids=["120x40", "80x24", "60x20"])
@pytest.mark.parametrize("without", ["colours", "nothing"])
async def test_title_list_details_and_keys_are_read_and_have_the_focus_in_this_order(
    tmp_path: Path, size: tuple[int, int], without: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if without == "colours":
        monkeypatch.setenv("NO_COLOR", "1")
    async with StorageApp(write(tmp_path / "storage.toml", FULL)).run_test(size=size) as pilot:
        await settle(pilot)
        lines = screen_text(pilot).splitlines()
        assert "Storage" in lines[0]
        assert "? Help" in lines[-1]
        parts = [pilot.app.screen.query_one(f"#{name}").region for name in PARTS]
        assert sorted(parts, key=lambda region: (region.y, region.x)) == parts
        first, second, *_ = the_list(pilot).focus_chain
        assert first is the_list(pilot).table
        assert isinstance(second, Detail)


async def test_the_cursor_of_the_terminal_is_where_the_focus_is(tmp_path: Path) -> None:
    app = StorageApp(write(tmp_path / "storage.toml", FULL))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)

        def line() -> str:
            return screen_text(pilot).splitlines()[app.cursor_position.y]

        await press(pilot, "j")
        assert "laptop" in line()
        await press(pilot, "j")
        assert "team share" in line()
        await press(pilot, "tab")
        assert app.focused is not None
        assert app.cursor_position == app.focused.content_region.offset
        await press(pilot, "h", "e")
        assert isinstance(app.focused, Input)
        assert app.cursor_position == app.focused.cursor_screen_offset
        await press(pilot, "escape", "x")
        assert isinstance(app.focused, Button)
        assert str(app.focused.label) in line()[app.cursor_position.x :]
