"""Importing from a file that is not where its tool looks for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from storage_core.importing.looking import Looked
from tests.tui.driving import names, opened, press, screen_text, settle, words, write
from tests.tui.importing import ENCRYPTED, fill, go_to, paste, rows
from tui.features.importing.screen import ImportScreen
from tui.session import imports

REMOTES = (
    "[backup]\ntype = alias\nremote = {home}/kept\n[safe]\ntype = crypt\nremote = minio:acme\n"
)
"""A file of rclone's; its first remote leads to a folder."""


@pytest.fixture
def elsewhere(tools: Path) -> Path:
    """A file of rclone's in a folder of its own."""
    (tools / "old").mkdir()
    return write(tools / "old" / "rclone.conf", REMOTES.format(home=tools))


@pytest.mark.parametrize("size", [(120, 40), (60, 20)], ids=str)
async def test_a_file_elsewhere_is_listed_with_the_rest_and_looked_into_again(
    tmp_path: Path, elsewhere: Path, size: tuple[int, int]
) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, size) as pilot:
        await press(pilot, "i")
        assert "o elsewhere" in screen_text(pilot)
        await press(pilot, "o", "r")
        await paste(pilot, "~/old/rclo")
        await press(pilot, "right")
        assert "~/old/rclone.conf" in screen_text(pilot)
        await press(pilot, "enter")
        screen = pilot.app.screen
        assert isinstance(screen, ImportScreen)
        assert screen.offer == rows(pilot)["backup"]
        assert rows(pilot)["backup"].location == str(elsewhere.parent.parent / "kept")
        assert "rclone 6" in " ".join(screen_text(pilot).split())
        write(elsewhere, REMOTES.format(home="/other").replace("crypt", "alias"))
        await press(pilot, "f5")
        assert rows(pilot)["backup"].location == "/other/kept"
        write(elsewhere, ENCRYPTED)
        await press(pilot, "f5")
        assert "backup" not in rows(pilot)
        assert "is encrypted" in rows(pilot)["rclone"].said
        write(elsewhere, REMOTES.format(home="/other"))
        await press(pilot, "f5", "a", "a", "a")
        assert pilot.app.screen is screen
        await go_to(pilot, "backup")
        await press(pilot, "space", "enter", "n")
        assert names(pilot) == ["prod", "laptop", "backup"]


WRONG = {
    ("r", "none.conf"): "✗ ~/old/none.conf: does not exist; correct the path",
    ("m", "rclone.conf"): "✗ ~/old/rclone.conf, line 1: is no JSON; mend it, or have the tool",
    ("f", "rclone.conf"): "is neither .json nor .ini; name a file that fsspec reads",
    ("s", "x.yaml"): "✗ ~/old/x.yaml: has nothing of Multi-Storage Client to import",
    ("r", "x.conf"): "is encrypted; set RCLONE_CONFIG_PASS to its password",
    ("r", "../.config/rclone/rclone.conf"): "all that it has is in the list already",
    ("p", "rclone.conf"): "rclone.conf: is no SQLite database",
    ("d", ""): "✗ name a path, as ~/code/model",
}
"""What is said of a path, by the letter of the tool."""


async def test_what_is_wrong_with_a_file_elsewhere_is_said_below_its_path(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RCLONE_CONFIG_PASS", raising=False)
    write(elsewhere.parent / "x.yaml", "a: 1")
    write(elsewhere.parent / "x.conf", ENCRYPTED)
    async with opened(write(tmp_path / "storage.toml"), (120, 40)) as pilot:
        await press(pilot, "i")
        before = rows(pilot)
        for (tool, name), says in WRONG.items():
            await press(pilot, "o", tool)
            await fill(pilot, name and f"~/old/{name}")
            assert "✗ " in screen_text(pilot)
            assert says in words(pilot)
            # One types on at once, and what was wrong is gone.
            await press(pilot, "x")
            assert "✗ " not in screen_text(pilot)
            await press(pilot, "escape")
        assert rows(pilot) == before


async def test_a_file_elsewhere_that_never_answers_holds_nothing_up(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.features.importing import elsewhere as dialog

    go_on = threading.Event()
    found_at = dialog.found_at

    def slow(*given: Any) -> Any:
        go_on.wait(60)
        return found_at(*given)

    monkeypatch.setattr(dialog, "found_at", slow)
    async with opened(write(tmp_path / "storage.toml"), (120, 40)) as pilot:
        await press(pilot, "i")
        before = rows(pilot)
        await press(pilot, "o", "r")
        await paste(pilot, str(elsewhere))
        await pilot.press("enter")
        while "● looking" not in screen_text(pilot):
            await pilot.pause(0.02)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ImportScreen)
        go_on.set()
        await settle(pilot)
        assert rows(pilot) == before


async def test_a_file_elsewhere_can_be_named_while_others_are_looked_for(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    all_of_them = imports.looks

    def slow() -> Iterator[tuple[str, Looked | None]]:
        for name, looked in all_of_them():
            if name == "azure":
                go_on.wait(60)
            yield name, looked

    monkeypatch.setattr(imports, "looks", slow)
    async with opened(write(tmp_path / "storage.toml"), (120, 40)) as pilot:
        await pilot.press("i")
        while "corp" not in screen_text(pilot):
            await pilot.pause(0.02)
        await pilot.press("o", "r")
        pilot.app.screen.query_one("#path", Input).value = str(elsewhere)
        await pilot.press("enter")
        while "backup" not in screen_text(pilot):
            await pilot.pause(0.02)
        go_on.set()
        await settle(pilot)
        assert {"corp", "team", "backup"} <= {*rows(pilot)}


def test_each_tool_has_a_letter_and_an_example_of_its_path() -> None:
    from tui.features.importing.elsewhere import LETTERS, TAKES

    assert [*LETTERS] == [*TAKES] == [*imports.SOURCES]
    assert len({*LETTERS.values()}) == len(LETTERS)
    assert all(letter in name for name, letter in LETTERS.items())
