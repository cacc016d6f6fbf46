"""What the app says beside its screens: above the list, and in passing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.driving import press, screen_text, settle, the_list, write
from tui.app import StorageApp


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


async def test_what_is_said_in_passing_stands_on_the_screen_on_top_only(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test(
        size=(120, 40), notifications=True
    ) as pilot:
        await settle(pilot)
        await press(pilot, "u")
        assert screen_text(pilot).count("Nothing to undo.") == 1
        await press(pilot, "x")
        assert screen_text(pilot).count("Nothing to undo.") == 1
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)
        assert screen_text(pilot).count("Nothing to undo.") == 1
