"""Pictures of the app: each character in its own cells, no seams, the same bytes every time."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, Static

from scripts.screenshots.beside import SCREENS
from scripts.screenshots.grid import Fill, Glyph, Grid, Style
from scripts.screenshots.make import take
from scripts.screenshots.others import as_grid, title
from scripts.screenshots.render import STILL, origin, render_image, render_row
from scripts.screenshots.scenes import Recording, Scene

WIDTH, HEIGHT = STILL, 2 * STILL
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


class Page(App[None]):
    """Lines of text, white on black."""

    CSS = "Screen { background: black; } Static { color: white; width: auto; }"

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self.lines = lines

    def compose(self) -> ComposeResult:
        for line in self.lines:
            yield Static(line)


class Form(App[None]):
    """Everything that differs from run to run: time, IDs, measured times, the home, a cursor."""

    def compose(self) -> ComposeResult:
        start = time.perf_counter()
        yield Static(f"{datetime.now(UTC)} {uuid.uuid4()} {time.perf_counter() - start:.3f}")
        yield Static(str(Path.home() / "data") if self.title == "leak" else "~/data")
        yield Input()


async def paint(*lines: str) -> Image.Image:
    app = Page(*lines)
    async with app.run_test(size=(24, 6)) as pilot:
        await pilot.pause()
        return render_image(app)


def cell(image: Image.Image, column: int, row: int = 0, cells: int = 1) -> Image.Image:
    x, y = origin()
    left, top = x + column * WIDTH, y + row * HEIGHT
    return image.crop((left, top, left + cells * WIDTH, top + HEIGHT))


def colors(image: Image.Image) -> set[Any]:
    return {color for _, color in image.getcolors(image.width * image.height) or []}


def has_ink(image: Image.Image) -> bool:
    return colors(image) != {BLACK}


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("日本語", 6),
        ("한국어", 6),
        ("全角ｶﾅ", 6),
        ("e\u0301", 1),
        ("שלום", 4),
        ("مرحبا", 5),
        ("★✓✗●○⚠…", 7),
        ("⠋→⏎🔎", 5),
        ("[b]bold日[/b]", 6),
        ("[i]italic[/i]", 6),
    ],
)
async def test_what_follows_a_text_stands_in_its_own_cell(text: str, cells: int) -> None:
    image = await paint(f"{text}█")
    assert all(has_ink(cell(image, column)) for column in range(cells))
    assert colors(cell(image, cells)) == {WHITE}
    assert not has_ink(cell(image, cells + 1))


async def test_a_wide_character_is_centred_in_its_two_cells() -> None:
    image = cell(await paint("口"), 0, cells=2).convert("L")
    left, _, right, _ = image.getbbox() or (0, 0, 0, 0)
    assert right - left > WIDTH
    assert abs(left - (2 * WIDTH - right)) <= 2


@pytest.mark.parametrize(
    "box",
    [
        ("┌─┬┐", "├─┼┤", "└─┴┘"),
        ("┏━┳┓", "┣━╋┫", "┗━┻┛"),
        ("╔═╦╗", "╠═╬╣", "╚═╩╝"),
        ("╭──╮", "│▒▒│", "╰──╯"),
        ("▛▀▀▜", "▌▒▒▐", "▙▄▄▟"),
        ("▊▔▔▎", "▊▒▒▎", "▊▁▁▎"),
    ],
)
async def test_a_border_has_no_seam_where_cells_meet(box: tuple[str, str, str]) -> None:
    image = await paint(*box)
    x, y = origin()
    for row in (0, 1):  # the lines at the left and right
        for column in (0, 3):
            here, below = cell(image, column, row), cell(image, column, row + 1)
            last = here.crop((0, HEIGHT - 1, WIDTH, HEIGHT))
            first = below.crop((0, 0, WIDTH, 1))
            assert WHITE in colors(last)
            assert last.tobytes() == first.tobytes()
    for row in (0, 2):  # the lines at the top and bottom
        band = image.crop((x, y + row * HEIGHT, x + 4 * WIDTH, y + (row + 1) * HEIGHT))
        assert all(
            WHITE in colors(band.crop((at, 0, at + 1, HEIGHT))) for at in range(WIDTH, 3 * WIDTH)
        )


async def test_half_blocks_end_in_the_middle_of_the_cell() -> None:
    image = await paint("▌▐▀▄")
    boxes = [cell(image, column).convert("L").getbbox() for column in range(4)]
    assert boxes == [
        (0, 0, WIDTH // 2, HEIGHT),
        (WIDTH // 2, 0, WIDTH, HEIGHT),
        (0, 0, WIDTH, HEIGHT // 2),
        (0, HEIGHT // 2, WIDTH, HEIGHT),
    ]


async def test_bold_is_heavier_and_dim_is_darker() -> None:
    image = (await paint("m", "[b]m[/b]", "[dim]m[/dim]")).convert("L")
    plain, bold, dim = (sum(cell(image, 0, row).tobytes()) for row in range(3))
    assert dim < plain < bold


async def test_right_to_left_words_run_from_right_to_left_and_numbers_do_not() -> None:
    image = await paint("שלום 84  a", "ם", "84", "ש")
    assert cell(image, 0).tobytes() == cell(image, 0, 2).tobytes()
    assert cell(image, 1).tobytes() == cell(image, 1, 2).tobytes()
    assert cell(image, 3).tobytes() == cell(image, 0, 1).tobytes()
    assert cell(image, 6).tobytes() == cell(image, 0, 3).tobytes()


async def test_arabic_letters_join() -> None:
    image = await paint("ببب", "ب")
    assert has_ink(cell(image, 0).crop((WIDTH - 1, 0, WIDTH, HEIGHT)))
    assert has_ink(cell(image, 1).crop((0, 0, 1, HEIGHT)))
    assert cell(image, 1).tobytes() != cell(image, 0, 1).tobytes()


async def test_a_character_that_no_font_has_is_named() -> None:
    with pytest.raises(LookupError, match=r"U\+10FFFD"):
        await paint("\U0010fffd")


def test_a_scene_gives_the_same_bytes_every_time(tmp_path: Path) -> None:
    async def type_name(pilot: Pilot[Any]) -> None:
        await pilot.press(*"acme")
        assert not pilot.app.query_one(Input).cursor_blink

    scene = Scene("form", (80, 24), type_name)
    once = take(scene, tmp_path, Form).read_bytes()
    assert take(scene, tmp_path, Form).read_bytes() == once


def test_a_recording_shows_each_step_for_its_time(tmp_path: Path) -> None:
    async def type_name(pilot: Pilot[Any]) -> AsyncIterator[float]:
        yield 1
        for key in "ab":
            await pilot.press(key)
            yield 0.2

    path = take(Recording("form", (80, 24), type_name), tmp_path, Form)
    durations = []
    with Image.open(path) as image:
        for frame in range(getattr(image, "n_frames", 1)):
            image.seek(frame)
            durations.append(image.info["duration"])
    assert durations == [1000, 200, 200]


def test_a_scene_that_shows_its_temporary_folder_is_refused(tmp_path: Path) -> None:
    class Leak(Form):
        TITLE = "leak"

    async def nothing(pilot: Pilot[Any]) -> None:
        pass

    with pytest.raises(ValueError, match="leaky shows the temporary folder"):
        take(Scene("leaky", (80, 24), nothing), tmp_path, Leak)


def test_screens_of_several_sizes_stand_side_by_side_in_their_own_colours(tmp_path: Path) -> None:
    def screen(color: str, columns: int, rows: int) -> Grid:
        fills = [Fill(color, 0, row, columns) for row in range(rows)]
        return Grid(columns, rows, color, "#000000", fills, [Glyph("x", 0, 0, 1, Style("#ffffff"))])

    path = tmp_path / "row.png"
    render_row([screen("#ff0000", 9, 3), screen("#0000ff", 5, 2)], path)
    row = Image.open(path).convert("RGB")
    x, y = origin()
    second = 9 * WIDTH + 2 * x + WIDTH
    assert row.getpixel((x + 2 * WIDTH, y + HEIGHT)) == (255, 0, 0)
    assert row.getpixel((second + x + 2 * WIDTH, y + HEIGHT)) == (0, 0, 255)
    assert row.size == (second + 5 * WIDTH + 2 * x, 3 * HEIGHT + y + x)


def test_cells_of_a_terminal_become_a_screen_and_wide_characters_keep_two_of_them() -> None:
    def cell(text: str) -> list[Any]:
        return [text, "#ffffff", "#112233", True, False, False, False]

    grid = as_grid([[cell("東"), cell(""), cell(" "), cell("a")]], "other 1.0")
    assert [(glyph.text, glyph.column, glyph.width) for glyph in grid.glyphs] == [
        ("東", 0, 2),
        ("a", 3, 1),
    ]
    assert all(glyph.style.bold for glyph in grid.glyphs)
    assert {fill.color for fill in grid.fills} == {grid.background} == {"#112233"}


def test_every_screen_that_is_compared_names_a_program_that_is_pinned() -> None:
    assert len({screen.name for screen in SCREENS}) == 12
    for screen in SCREENS:
        assert title(screen.program).startswith(f"{screen.program} ")
