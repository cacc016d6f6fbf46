"""Secrets that others could read, and secrets that stand in the file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.tui.driving import TWO, opened, press, said, screen_text, the_list
from tests.tui.safekeeping import PLAIN, plain


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_a_file_with_secrets_that_others_can_read_is_told_in_one_line_and_mended_by_a_key(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = plain(tmp_path / "storage.toml", mode=0o644)
    async with opened(path, size) as pilot:
        line = screen_text(pilot).splitlines()[1]
        assert "⚠ Mode 0644: others can see secrets. F makes it private." in line
        await press(pilot, "F")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "Mode 0644" not in screen_text(pilot)
        assert "Only you can read" in said(pilot)
    assert path.read_text() == PLAIN


async def test_a_file_that_holds_references_only_may_be_read_by_others(tmp_path: Path) -> None:
    path = plain(tmp_path / "storage.toml", TWO, mode=0o644)
    async with opened(path) as pilot:
        assert "F makes it private" not in screen_text(pilot)
        await press(pilot, "F")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


async def test_the_details_say_which_secret_is_stored_in_the_file(tmp_path: Path) -> None:
    path = plain(tmp_path / "storage.toml")
    async with opened(path) as pilot:
        assert "******** in this file ⚠; m moves it" in screen_text(pilot)
    plain(path, TWO)
    async with opened(path) as pilot:
        assert "in this file ⚠" not in screen_text(pilot)
        await press(pilot, "m")
        assert pilot.app.screen is the_list(pilot)
