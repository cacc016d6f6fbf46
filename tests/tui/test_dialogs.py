"""What stands below a dialog: the screen it was opened over, dimmed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from tests.tui.driving import press, screen_text, settle, write
from tui import commands
from tui.app import StorageApp
from tui.screens.base import Dialog
from tui.screens.help import HelpScreen


async def test_what_changes_below_a_dialog_is_seen(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "x")
        assert "s3://acme-results" in screen_text(pilot)
        assert isinstance(pilot.app, StorageApp)
        pilot.app.busy = "doing something"
        await settle(pilot)
        assert "● doing something" in screen_text(pilot)
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
        pilot.app.push_screen(HelpScreen(commands.TEST))
        await settle(pilot)
        assert "s3://acme-results" in screen_text(pilot)


@pytest.mark.parametrize("theme", ["storage-dark", "storage-light", "ansi-dark"])
async def test_what_is_below_looks_as_textual_would_have_it(
    tmp_path: Path, theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "storage.toml")
    app = StorageApp(path)
    app.theme = theme
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "n")
        ours = _looks(pilot)
        monkeypatch.setattr(Dialog, "render", Screen.render)
        app.screen.refresh()
        await settle(pilot)
        assert ours == _looks(pilot)


def _looks(pilot: Pilot[Any]) -> str:
    return pilot.app.export_screenshot(title="", simplify=True)
