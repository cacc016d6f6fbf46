"""Everything that is written on a screen can be read, in every theme.

What is behind a dialog is left aside: it is dimmed to say that it cannot be used. So are the
terminal's own colours, which nobody knows.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.segment import Segment
from textual.color import Color
from textual.command import CommandPalette
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.theme import BUILTIN_THEMES

from tests.tui.driving import press, settle, write
from tests.tui.test_snapshots import (
    FULL,
    after_tests,
    importing,
    in_a_folder,
    keys,
    looking_into,
    with_palette,
)
from tui.app import StorageApp
from tui.kit.jump import JumpScreen
from tui.kit.legible import contrast
from tui.kit.theme import THEMES

LEAST = 3.0

NAMES = [
    *(theme.name for theme in THEMES),
    *sorted(name for name, theme in BUILTIN_THEMES.items() if not theme.ansi),
]
HARDEST = (
    *("storage-dark", "dracula", "solarized-dark", "textual-light", "atom-one-light"),
    *("nord", "monokai"),
)
"""Those in which most was hard to read before it was made legible."""

MOST = {"list"}
"""The screen with most colours is looked at in every theme each time, the others seldom."""

_BOXES = range(0x2500, 0x25A0)


async def the_list(pilot: Pilot[Any]) -> None:
    """Results of tests, a row under the mouse, a message of each kind."""
    await after_tests(pilot)
    await pilot.hover("#list", offset=(20, 4))
    pilot.app.say("It went well.", severity="warning")  # type: ignore[attr-defined]


async def a_failure(pilot: Pilot[Any]) -> None:
    """The details have the focus; something has failed."""
    await press(pilot, "G", "k", "l")
    pilot.app.fail("It went wrong.")  # type: ignore[attr-defined]


async def wrong(pilot: Pilot[Any]) -> None:
    """A form with faults, placeholders and a list below a field."""
    await press(pilot, "n", "6", "ctrl+s", "f3")
    pilot.app.say("Something.")  # type: ignore[attr-defined]


async def what_cannot_be_done(pilot: Pilot[Any]) -> None:
    """The palette, the cursor on a command that is none now."""
    await with_palette("ctrl+p", "e")(pilot)
    await press(pilot, "up")


SCREENS: dict[str, Callable[[Pilot[Any]], Awaitable[None]]] = {
    "list": the_list,
    "details": a_failure,
    "filter": keys("slash"),
    "form": wrong,
    "picker": keys("n"),
    "blobs": in_a_folder,
    "table": looking_into("frame.parquet", "down", "right"),
    "help": keys("question_mark"),
    "palette": what_cannot_be_done,
    "themes": keys("f8"),
    "jump": keys("ctrl+o"),
    "question": keys("x"),
    "name": keys("r"),
    "test": keys("t"),
    "import": importing("space", "j"),
    "elsewhere": importing("o", "r", "enter", "shift+tab"),
    "export": keys("E", "s"),
    "doctor": keys("exclamation_mark"),
    "versions": keys("d", "j", "d", "v"),
}


def written(app: StorageApp) -> Iterator[tuple[str, Color, Color]]:
    """Each piece of text on screen with its colour and that of its ground."""
    screen = app.screen
    shown = [each.region for each in screen.children if each.display and each.region.area]
    if isinstance(screen, CommandPalette):
        shown = [screen.query_one("#--container").region]
    if isinstance(screen, JumpScreen):
        shown += [
            Region(x, y, len(label), 1) for y, line in screen.drawn.items() for x, label in line
        ]
    for y, strip in enumerate(screen._compositor.render_strips()):
        x = 0
        for segment in strip:
            inside = any(region.contains(x, y) for region in shown)
            if _is_text(segment) and (inside or not isinstance(screen, ModalScreen)):
                style = segment.style
                assert style is not None
                assert style.color is not None, segment
                assert style.bgcolor is not None, segment
                ink, ground = (
                    Color.from_rich_color(style.color),
                    Color.from_rich_color(style.bgcolor),
                )
                if style.dim:
                    ink = ground.blend(ink, 0.5)
                yield segment.text.strip(), *((ground, ink) if style.reverse else (ink, ground))
            x += segment.cell_length


def _is_text(segment: Segment) -> bool:
    return any(not each.isspace() and ord(each) not in _BOXES for each in segment.text)


@pytest.mark.parametrize("name", SCREENS)
async def test_all_text_has_a_contrast_of_three_to_one(tmp_path: Path, name: str) -> None:
    await look(tmp_path, name, NAMES if name in MOST else HARDEST)


@pytest.mark.reliability
@pytest.mark.parametrize("name", sorted(SCREENS.keys() - MOST))
async def test_all_text_has_it_on_every_screen_in_every_theme(tmp_path: Path, name: str) -> None:
    await look(tmp_path, name, NAMES)


async def look(tmp_path: Path, name: str, themes: Sequence[str]) -> None:
    """Find no text on the screen `name` that is hard to read, in any of these themes."""
    path = Path(os.environ["PREFECT_HOME"]) / "storage.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, FULL.replace("/data/storage", "~/data/storage"))
    app = StorageApp(path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settle(pilot)
        await SCREENS[name](pilot)
        await settle(pilot)
        faint: set[str] = set()
        for theme in themes:
            app.theme = theme
            await pilot.pause()
            while any(worker.group == "styles" for worker in app.workers):
                await pilot.pause()
            await pilot.pause()
            faint |= {
                f"{theme}: {text!r} {ink.hex} on {ground.hex} {contrast(ink, ground):.1f}"
                for text, ink, ground in written(app)
                if contrast(ink, ground) < LEAST
            }
        assert faint == set()
