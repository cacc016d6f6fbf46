"""What the app remembers of itself, and that rubbish in its file does no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.driving import settle, write
from tui.app import StorageApp
from tui.kit.theme import DARK, LIGHT
from tui.session import state


async def test_the_theme_is_remembered_outside_of_the_configuration_file(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    before = path.read_bytes()
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        pilot.app.theme = LIGHT
        await settle(pilot)
    async with StorageApp(path).run_test() as pilot:
        assert pilot.app.theme == LIGHT
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "rubbish",
    [
        "",
        "[]",
        "{",
        '{"theme": 7, "sort": []}',
        '{"theme": "none of ours", "sort": "x"}',
        "\x00" * 99,
    ],
)
async def test_rubbish_in_the_state_file_counts_as_nothing(tmp_path: Path, rubbish: str) -> None:
    state.path().parent.mkdir(parents=True)
    state.path().write_text(rubbish)
    async with StorageApp(tmp_path / "storage.toml").run_test() as pilot:
        assert pilot.app.theme == DARK


def test_a_state_that_cannot_be_kept_is_no_error() -> None:
    state.path().parent.parent.mkdir(parents=True)
    state.path().parent.write_text("a file in the place of the folder")
    state.save(state.State())
    assert state.load() == state.State()


async def test_no_color_is_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        for line in pilot.app.screen._compositor.render_strips():
            filtered = line
            for each in pilot.app._filters:
                filtered = filtered.apply_filter(each, pilot.app.screen.styles.background)
            for segment in filtered:
                for color in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    if color is not None and color.triplet is not None:
                        assert len(set(color.triplet)) == 1
