"""What is done in steps, another theme or size, looks as if it had been so from the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.geometry import Size

from tests.tui.driving import picture, press, settle, write
from tests.tui.test_snapshots import FULL
from tui.app import StorageApp
from tui.kit.theme import DARK, LIGHT

SCREENS = {"list": [], "form": ["e"], "help": ["question_mark"], "question": ["x"]}


async def looks(
    path: Path, keys: list[str], *, theme: tuple[str, ...], size: tuple[tuple[int, int], ...]
) -> str:
    """The app after these keys, then in each of these themes and sizes in turn."""
    app = StorageApp(write(path, FULL))
    app.theme = theme[0]
    async with app.run_test(size=size[0]) as pilot:
        await settle(pilot)
        await press(pilot, *keys)
        for name in theme[1:]:
            app.theme = name
            await settle(pilot)
        for width, height in size[1:]:
            await pilot.resize_terminal(width, height)
            await settle(pilot)
        return await picture(pilot)


@pytest.mark.parametrize("after", [LIGHT, "nord", "ansi-light"])
@pytest.mark.parametrize("keys", SCREENS.values(), ids=SCREENS)
async def test_another_theme(tmp_path: Path, keys: list[str], after: str) -> None:
    path, size = tmp_path / "storage.toml", ((120, 40),)
    changed = await looks(path, keys, theme=(DARK, after), size=size)
    assert changed == await looks(path, keys, theme=(after,), size=size)
    assert changed != await looks(path, keys, theme=(DARK,), size=size)


@pytest.mark.parametrize("keys", SCREENS.values(), ids=SCREENS)
async def test_another_size(tmp_path: Path, keys: list[str]) -> None:
    path, theme, small = tmp_path / "storage.toml", (DARK,), (80, 24)
    changed = await looks(path, keys, theme=theme, size=((120, 40), small))
    assert changed == await looks(path, keys, theme=theme, size=(small,))


async def test_another_size_while_something_else_is_on_top(tmp_path: Path) -> None:
    app = StorageApp(write(tmp_path / "storage.toml", FULL))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "question_mark")
        await pilot.resize_terminal(80, 24)
        await press(pilot, "escape")
        changed = await picture(pilot)
    assert changed == await looks(tmp_path / "storage.toml", [], theme=(DARK,), size=((80, 24),))


async def test_a_size_that_is_out_of_date_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = StorageApp(write(tmp_path / "storage.toml", FULL))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        laid_out: list[Size] = []
        screen, lay_out = app.screen, app.screen._screen_resized
        monkeypatch.setattr(
            screen, "_screen_resized", lambda size: (laid_out.append(size), lay_out(size))
        )
        screen.post_message(events.Resize(Size(80, 25), Size(80, 25)))
        await pilot.pause()
        assert not laid_out
