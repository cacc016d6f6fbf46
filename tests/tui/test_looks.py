"""What makes a screen tidy and the focus visible, whatever the size of it and its colours."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette, SearchIcon
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Button, Input
from textual.widgets._toast import Toast, ToastHolder

from storage_core.check import Step, StepResult
from tests.tui.browsing import filled
from tests.tui.driving import TWO, picture, press, screen_text, selected, settle, the_list, write
from tests.tui.test_snapshots import FULL
from tui.app import StorageApp
from tui.features.check import dialog as probe_screen
from tui.features.configurations.detail import Detail
from tui.kit.app import KitApp
from tui.kit.theme import DARK, LIGHT

SIZES = [(120, 40), (80, 24), (60, 20)]
LOOKS = [DARK, LIGHT, "ansi-dark", "ansi-light", "textual-dark", "NO_COLOR", "ansi-dark NO_COLOR"]

sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A theme, perhaps without its colours."""
    theme, without, _ = request.param.partition("NO_COLOR")
    if without:
        monkeypatch.setenv("NO_COLOR", "1")
    return theme.strip() or DARK


def drawn(pilot: Pilot[Any], widget: Widget) -> list[tuple[str, Any]]:
    """The part of the screen that a widget has, with its styles."""
    left, top, width, height = widget.region
    strips = pilot.app.screen._compositor.render_strips()[top : top + height]
    return [
        (segment.text, segment.style)
        for strip in strips
        for segment in strip.crop(left, left + width)
    ]


@sizes
async def test_size_and_age_stand_at_the_right_edge(tmp_path: Path, size: tuple[int, int]) -> None:
    async with StorageApp(filled(tmp_path)).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        # Of the list: beside it there may be a preview.
        table = pilot.app.screen.query_one("#blobs").region
        text = screen_text(pilot).splitlines()
        lines = [line[table.x : table.right] for line in text]
        head = next(line for line in lines if "Kind" in line)
        assert len(head.rstrip()) == table.width - 2
        rows = [line for line in lines if line.lstrip(" ▌").startswith(("results ", "flows "))]
        assert {len(row.rstrip()) for row in rows} == {table.width - 2}
        await press(pilot, "slash")
        assert head in screen_text(pilot)


@pytest.mark.parametrize("width", [80, 100, 120, 160])
async def test_names_are_whole_and_the_mark_of_a_test_stands_at_the_left_edge(
    tmp_path: Path, width: int
) -> None:
    path = write(tmp_path / "storage.toml", FULL)
    async with StorageApp(path).run_test(size=(width, 40)) as pilot:
        await settle(pilot)
        table = the_list(pilot).table
        the_list(pilot).testing.update(row.id for row in table.rows if row.entry)
        table.refresh()
        await pilot.pause()
        text = screen_text(pilot)
        for row in table.rows:
            assert row.name in text
        lines = [strip for strip in text.splitlines() if "team share " in strip]
        assert lines[0][table.region.x + 1] == "…"


@pytest.mark.parametrize("keys", ["n 6", "e", "x", "r", "t", "e x escape", "b w", "b x"])
async def test_what_is_told_in_passing_covers_no_button(tmp_path: Path, keys: str) -> None:
    async with StorageApp(filled(tmp_path)).run_test(size=SIZES[0], notifications=True) as pilot:
        await settle(pilot)
        await press(pilot, *keys.split())
        for number, size in enumerate(SIZES):
            await pilot.resize_terminal(*size)
            await pilot.app.screen.query(ToastHolder).remove()
            pilot.app.clear_notifications()
            for words in ("short", "many words " * 10):
                pilot.app.say(f"{number}: {words}")
            await settle(pilot)
            toasts = pilot.app.screen.query(Toast)
            buttons = [each for each in pilot.app.screen.query(Button) if each.display]
            assert len(toasts) == 1
            assert buttons
            assert not any(t.region.overlaps(b.region) for t in toasts for b in buttons)


async def test_no_storage_type_is_cut_in_120_columns(tmp_path: Path) -> None:
    text = (
        '[storage.a]\ntype = "azure"\ncontainer = "a-container-with-a-long-name"\n'
        'connection_string = "env:A"\n'
        '[storage.a-google-bucket-of-ours]\ntype = "gcs"\nbucket = "a-bucket-with-a-long-name"\n'
        '[storage.c]\ntype = "temporary"\n'
    )
    path = write(tmp_path / "storage.toml", text)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        rows = screen_text(pilot).splitlines()
        # A sign may follow.
        assert [row[4:12].split()[0] for row in rows[3:6]] == ["AZURE", "GCS", "TEMP"]
        assert selected(pilot).id in screen_text(pilot)


@sizes
async def test_what_is_told_of_a_huge_name_leaves_the_screen_to_be_seen(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine the keys may take longer than a message is shown.
    monkeypatch.setattr(KitApp._tell, "__defaults__", (600.0,))
    path = write(tmp_path / "storage.toml", TWO.replace("prod", "n" * 190))
    async with StorageApp(path).run_test(size=size, notifications=True) as pilot:
        await settle(pilot)
        for keys in ("D enter", "r x enter", "u", "u", "d", "u", "e end 2 ctrl+s", "x right enter"):
            await pilot.app.screen.query(ToastHolder).remove()
            await press(pilot, *keys.split())
            (toast,) = pilot.app.screen.query(Toast)
            # A warning says what to do, and is never cut.
            assert toast.region.height == 1 or (toast.has_class("-warning") and size[0] < 80)
            pilot.app.clear_notifications()


@sizes
async def test_a_connection_test_keeps_its_place_while_it_fills_in(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def slow(*_: Any, **__: Any) -> Iterator[StepResult]:
        for number, step in enumerate(steps):
            if number == 1:
                assert go.wait(30)
            yield StepResult(step, True, 0.01)

    steps = [Step(name, f"step {name}") for name in ("one", "two", "three")]
    monkeypatch.setattr(probe_screen, "steps", lambda _: steps)
    monkeypatch.setattr(probe_screen, "probe", slow)
    app = StorageApp(write(tmp_path / "storage.toml", TWO))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("j", "t")
        while "✓  step one" not in screen_text(pilot):
            await pilot.pause()
        before = {widget: widget.region for widget in app.screen.query("*")}
        assert "Testing…" in screen_text(pilot)
        assert " Cancel " in screen_text(pilot)
        go.set()
        await settle(pilot)
        assert "It works" in screen_text(pilot)
        assert before == {widget: widget.region for widget in app.screen.query("*")}


@sizes
async def test_the_buttons_of_a_test_that_says_much_are_in_sight(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [Step(str(number), f"step {number}") for number in range(7)]
    found = [StepResult(step, False, 0.01, "word " * 60) for step in steps]
    monkeypatch.setattr(probe_screen, "steps", lambda _: steps)
    monkeypatch.setattr(probe_screen, "probe", lambda *_, **__: iter(found))
    app = StorageApp(write(tmp_path / "storage.toml", TWO))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "j", "t")
        for button in app.screen.query(Button):
            assert button.region in app.screen.region
            assert str(button.label) in screen_text(pilot)


@sizes
@pytest.mark.parametrize("key", ["ctrl+p", "f8"])
async def test_the_command_palette_is_one_of_the_dialogs(
    tmp_path: Path, size: tuple[int, int], key: str
) -> None:
    app = StorageApp(write(tmp_path / "storage.toml", TWO))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await app.workers.wait_for_complete(
            [worker for worker in app.workers if worker.group == "warm"]
        )
        await pilot.press(key)
        palette = app.screen
        assert isinstance(palette, CommandPalette)
        while not palette.query_one("#--results").region.height:
            await pilot.pause()
        box, below = palette.query_one("#--container"), palette.query_one("#--results")
        assert box.region in palette.region
        assert below.region in box.region
        assert box.styles.border_left[0] == "round"
        assert not palette.query_one(SearchIcon).display


_WARMED = """
import asyncio, sys
from tui.app import StorageApp

async def main():
    app = StorageApp(sys.argv[1])
    async with app.run_test() as pilot:
        await app.session.jobs.idle.wait()
        await pilot.pause()
        await app.workers.wait_for_complete([each for each in app.workers if each.group == "warm"])
        print("still to be parsed" if app.stylesheet._require_parse else "parsed")

asyncio.run(main())
"""


def test_the_styles_of_all_screens_are_parsed_ahead_under_optimization_too(tmp_path: Path) -> None:
    command = [sys.executable, "-O", "-c", _WARMED, str(write(tmp_path / "storage.toml"))]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout == "parsed\n"


@pytest.mark.parametrize("keys", [("n", "6"), ("j", "j", "e"), ("x",), ("r",), ("t",)])
async def test_what_has_the_focus_looks_it(
    tmp_path: Path, look: str, keys: tuple[str, ...]
) -> None:
    app = StorageApp(write(tmp_path / "storage.toml", FULL))
    app.theme = look
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, *keys)
        seen = set()
        while (widget := app.screen.focused) is not None and widget not in seen:
            seen.add(widget)
            focused = drawn(pilot, widget)
            await press(pilot, "tab")
            if widget is app.screen.focused:
                break
            assert drawn(pilot, widget) != focused, widget
        assert seen


async def test_the_details_show_that_they_have_the_focus(tmp_path: Path, look: str) -> None:
    app = StorageApp(write(tmp_path / "storage.toml", FULL))
    app.theme = look
    async with app.run_test(size=(120, 40)) as pilot:
        await picture(pilot)
        detail = app.screen.query_one(Detail)
        before, text = drawn(pilot, detail), screen_text(pilot)
        await press(pilot, "l")
        assert drawn(pilot, detail) != before
        # Nothing moves.
        assert screen_text(pilot).replace("▌", " ") == text.replace("▌", " ")
        await press(pilot, "h")
        assert drawn(pilot, detail) == before


async def test_a_wrong_field_with_the_focus_differs_from_other_wrong_ones_and_from_right_ones(
    tmp_path: Path,
) -> None:
    app = StorageApp(write(tmp_path / "storage.toml", TWO))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "6", "ctrl+s")
        first, *others = (field.query_one(Input) for field in app.screen.query(".-wrong"))
        assert first.has_focus
        right = app.screen.query_one("#field-region_name Input")
        grounds = {str(field.visual_style.background) for field in (first, others[0], right)}
        assert len(grounds) == 3
        await press(pilot, "tab", "shift+tab")
        assert first.has_focus


async def test_the_button_that_destroys_looks_it_without_the_focus(
    tmp_path: Path, look: str
) -> None:
    app = StorageApp(write(tmp_path / "storage.toml", TWO))
    app.theme = look
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "x")
        cancel, delete = app.screen.query(Button)
        await press(pilot, "tab")
        plain = {style for _, style in drawn(pilot, cancel)}
        await press(pilot, "tab")
        assert not delete.has_focus
        assert not {style for _, style in drawn(pilot, delete)} <= plain
