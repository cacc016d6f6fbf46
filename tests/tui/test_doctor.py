"""The doctor in the app: what the command says, in groups, with a sign and a remedy for each."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from textual.pilot import Pilot

from storage_core import doctor
from storage_core.config.file import ConfigFile
from storage_core.doctor.report import Finding
from tests.tui.driving import TWO, opened, press, said, screen_text, settle, the_list, words, write
from tui.features.doctor import screen as doctor_screen

MISSING = """
[storage.lost]
type = "s3"
bucket = "b"
aws_access_key_id = "AKIAEXAMPLE"
aws_secret_access_key = "env:NOT_SET_ANYWHERE"
"""


@pytest.mark.parametrize("size", [(120, 40), (60, 20)], ids=str)
async def test_it_says_what_has_to_be_mended_first_and_all_else_by_section(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened(write(tmp_path / "storage.toml", TWO + MISSING), size) as pilot:
        await press(pilot, "exclamation_mark")
        text = words(pilot)
        assert "1 problem" in text
        assert "✗ lost: " in text
        assert "NOT_SET_ANYWHERE is not set" in text
        assert "→ export it before you start" in text
        places = [text.index(title) for title in ("To be mended", "File", "✓ default: prod")]
        assert places == sorted(places)
        await press(pilot, "end")
        assert "Terminal" in words(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)


async def test_a_remedy_that_the_list_has_a_key_for_names_it(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace("env:PROD_S3_SECRET", token_hex()))
    path.chmod(0o644)
    async with opened(path, (120, 50)) as pilot:
        await press(pilot, "exclamation_mark")
        assert "F in the list does that" in words(pilot)
        assert "m in the list moves it" in words(pilot)
        await press(pilot, "escape", "F", "exclamation_mark")
        assert "F in the list" not in words(pilot)


def timeless(report: str) -> str:
    """A report without the moment that it was made."""
    return re.sub(r"\d\d:\d\d:\d\d UTC", "… UTC", report)


async def test_the_report_that_is_copied_says_what_the_command_says_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, password = token_hex(), token_hex()
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{password}@proxy:3128")
    path = write(tmp_path / "storage.toml", TWO.replace("env:PROD_S3_SECRET", secret) + MISSING)
    async with opened(path, (120, 50)) as pilot:
        await press(pilot, "exclamation_mark", "c")
        assert "the report" in said(pilot)
        copied = pilot.app.clipboard
        assert timeless(copied) == timeless(doctor.examined(ConfigFile(path)).as_text())
        assert "✗ lost: " in copied
        for text in (copied, screen_text(pilot)):
            assert secret[:8] not in text
            assert password[:8] not in text


async def test_it_can_be_left_while_it_looks_and_shows_what_it_has_by_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, waits = threading.Event(), threading.Event()

    def slow(_: ConfigFile) -> Iterator[Finding]:
        yield Finding("file", "first", "is there")
        waits.set()
        go_on.wait(60)
        yield Finding("machine", "last", "is there too")

    monkeypatch.setattr(doctor_screen, "found_out", slow)
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        await pilot.press("exclamation_mark")
        await until(pilot, "first: is there")
        assert waits.is_set()
        assert "looking: file" in screen_text(pilot)
        await pilot.press("c")
        while "still looking" not in said(pilot):
            await pilot.pause(0.02)
        assert pilot.app.clipboard == ""
        await pilot.press("escape")
        while pilot.app.screen is not the_list(pilot):
            await pilot.pause()
        go_on.set()
        await settle(pilot)


async def test_it_looks_again_at_f5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(write(tmp_path / "storage.toml", TWO + MISSING), (120, 40)) as pilot:
        await press(pilot, "exclamation_mark")
        assert "1 problem" in screen_text(pilot)
        monkeypatch.setenv("NOT_SET_ANYWHERE", "AKIAEXAMPLE")
        await press(pilot, "f5")
        assert "No problems" in screen_text(pilot)


async def until(pilot: Pilot[Any], text: str) -> None:
    """Wait for what the app does by itself."""
    while text not in screen_text(pilot):
        await pilot.pause(0.02)
