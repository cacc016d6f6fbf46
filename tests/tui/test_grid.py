"""A table in the preview is a grid: a cursor on a cell, all that is in it below, nothing jumps."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.selection import SELECT_ALL

from tests.tui.browsing import SIZES, blob, local
from tests.tui.driving import burst, opened, press, said, screen_text, settle, words
from tests.tui.previewing import npy, parquet
from tui.app import StorageApp
from tui.features.blobs.preview import PreviewScreen
from tui.kit.grid import CellGrid

LONG = " ".join(f"word{number}" for number in range(30))


def table(columns: int = 30, rows: int = 50) -> bytes:
    """A wide one: numbers, nothing, long texts, characters of two cells."""
    file = io.StringIO()
    written = csv.writer(file)
    written.writerow([f"c{column}" for column in range(1, columns + 1)])
    for row in range(1, rows + 1):
        cells = [f"{row}.{column}" for column in range(1, columns + 1)]
        cells[0], cells[1], cells[2] = f"first{row}", LONG if row == 1 else "東京", ""
        written.writerow(cells)
    return file.getvalue().encode()


def place(pilot: Pilot[Any]) -> tuple[int, int]:
    """The row and the column of the cursor, from 1, as they are said below the table."""
    found = words(pilot).rpartition(" row ")[2].split()
    assert found[1::2][:2] == ["of", "·"]
    return int(found[0]), int(found[5])


def grid(pilot: Pilot[Any]) -> CellGrid:
    """The grid."""
    assert isinstance(pilot.app.screen, PreviewScreen)
    return pilot.app.screen.query_one(CellGrid)


@pytest.mark.parametrize("size", SIZES)
async def test_the_cursor_reaches_every_cell_and_head_and_first_column_stay(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.csv", table())
    async with opened(path, size) as pilot:
        await press(pilot, "b", "enter")
        assert grid(pilot).has_focus
        for key, there in {
            "down": (2, 1),
            "l": (2, 2),
            "j": (3, 2),
            "right": (3, 3),
            "h": (3, 2),
            "k": (2, 2),
            "up": (1, 2),
            "left": (1, 1),
            "end": (1, 30),
            "G": (50, 30),
            "home": (50, 1),
            "g": (1, 1),
            "ctrl+end": (50, 30),
        }.items():
            await press(pilot, key)
            assert place(pilot) == there, key
        # The name of the last column and what is in its last cell, beside the first column.
        text = words(pilot)
        assert "c1 " in text
        assert " c30" in text
        assert "first50" in text
        assert "50.30" in text.rpartition("column 30 of 30")[2]
        assert all(cell_len(line) == size[0] for line in screen_text(pilot).splitlines())
        await press(pilot, "ctrl+home")
        assert place(pilot) == (1, 1)
        assert "columns 1 to " in words(pilot)


async def test_every_column_is_whole_once_the_cursor_is_in_it(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.csv", table(columns=14, rows=3))
    async with opened(path, (60, 20)) as pilot:
        await press(pilot, "b", "enter", "down")
        for column in range(2, 15):
            await press(pilot, "right")
            seen = screen_text(pilot).splitlines()
            (row,) = [line for line in seen if "first2 " in line]
            (head,) = [line for line in seen if " c1 " in line and "column" not in line]
            assert f"c{column} " in head
            assert {2: "東京", 3: ""}.get(column, f" 2.{column} ") in row


async def test_all_of_a_cell_is_read_below_the_table(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.csv", table())
    async with opened(path) as pilot:
        await press(pilot, "b", "enter", "right")
        assert "c2 text" in words(pilot)
        assert LONG[:100] in words(pilot)
        height = grid(pilot).region.height
        await press(pilot, "right")
        assert "empty text" in words(pilot)
        # The table is as high as before: nothing jumps.
        assert grid(pilot).region.height == height


async def test_a_cell_is_copied_as_the_blob_has_it(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.csv", b'name,note,n\nZ\xc3\xbcrich,"two\nlines",\nx,y,1\nz,y,2\n')
    async with StorageApp(path).run_test(notifications=True) as pilot:
        await settle(pilot)
        await press(pilot, "b", "enter", "right", "C")
        assert pilot.app.clipboard == "two\nlines"
        assert "two\\nlines" in said(pilot)
        await press(pilot, "left", "ctrl+c")
        assert pilot.app.clipboard == "Zürich"
        # There is nothing in this one.
        await press(pilot, "end", "C")
        assert pilot.app.clipboard == "Zürich"
        screen = pilot.app.screen
        screen.selections = {screen.query_one("#about"): SELECT_ALL}
        await press(pilot, "ctrl+c")
        assert pilot.app.clipboard.startswith("results/a.csv")
        await press(pilot, "v")
        assert "Copy cell" not in words(pilot)


async def test_capitals_lead_to_other_blobs_where_arrows_lead_to_other_cells(
    tmp_path: Path,
) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.csv", table())
    blob(tmp_path, "results/b.txt", b"plain", 60)
    blob(tmp_path, "results/c.npy", npy([[1.5, 2.5], [3.5, 4.5]]), 120)
    async with opened(path) as pilot:
        await press(pilot, "b", "enter", "right")
        assert "J Next" in words(pilot)
        await press(pilot, "J")
        assert "results/b.txt" in words(pilot)
        assert "→ Next" in words(pilot)
        assert "plain" in screen_text(pilot)
        await press(pilot, "right")
        assert "results/c.npy" in words(pilot)
        # An array numbers its rows itself.
        assert place(pilot) == (1, 1)
        await press(pilot, "down", "right")
        assert "row 2 of 2 · column 2 of 2 4.5" in words(pilot)
        await press(pilot, "K", "left")
        assert "results/a.csv" in words(pilot)
        assert grid(pilot).has_focus


async def test_keys_that_come_at_once_all_move_the_cursor(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.csv", table())
    async with opened(path) as pilot:
        await press(pilot, "b", "enter")
        await burst(pilot, *["right"] * 9, *["down"] * 20, "left")
        assert place(pilot) == (21, 9)


async def test_a_click_puts_the_cursor_on_a_cell(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.csv", table())
    async with opened(path) as pilot:
        await press(pilot, "b", "enter", *["right"] * 12)
        lines = screen_text(pilot).splitlines()
        (y,) = [y for y, line in enumerate(lines) if " 7.13 " in line]
        before = lines[y][: lines[y].index("7.13")]
        await pilot.click(offset=(cell_len(before), y))
        await settle(pilot)
        assert place(pilot) == (7, 13)


async def test_no_other_row_has_the_ground_of_its_neighbours(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.csv", table())
    async with opened(path) as pilot:
        await press(pilot, "b", "enter", "end", "G")
        shown = grid(pilot)
        grounds = [
            {each.style.bgcolor for each in shown.render_line(y) if each.style} for y in range(2, 8)
        ]
        assert all(len(each) == 1 for each in grounds)
        assert grounds[::2] == [grounds[0]] * 3
        assert grounds[1::2] == [grounds[1]] * 3
        assert grounds[0] != grounds[1]


async def test_without_colours_the_cursor_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    path = local(tmp_path)
    blob(tmp_path, "results/a.csv", table())
    async with opened(path) as pilot:
        pilot.app.theme = "ansi-dark"
        await settle(pilot)
        await press(pilot, "b", "enter", "down")
        shown = grid(pilot)
        for y in range(shown.size.height):
            marked = [each for each in shown.render_line(y) if each.style and each.style.reverse]
            assert [each.text.strip() for each in marked] == (["first2"] if y == 3 else []), y
        assert "▌ 2  first2" in screen_text(pilot)


async def test_among_the_colours_of_the_terminal_only_the_cell_has_a_ground(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.csv", table())
    async with opened(path) as pilot:
        pilot.app.theme = "ansi-dark"
        await settle(pilot)
        await press(pilot, "b", "enter", "down", "right")
        coloured = [
            each.text.strip()
            for each in grid(pilot).render_line(3)
            if each.style and each.style.bgcolor and not each.style.bgcolor.is_default
        ]
        assert coloured == ["東京"]


async def test_a_long_text_in_parquet_is_whole(tmp_path: Path) -> None:
    path = local(tmp_path)
    text = "x" * 390 + "end"
    blob(tmp_path, "results/a.parquet", parquet({"n": [1], "text": [text]}))
    async with opened(path, (160, 40)) as pilot:
        await press(pilot, "b", "enter", "right")
        assert "xend" in screen_text(pilot)
        await press(pilot, "C")
        assert pilot.app.clipboard == text


async def test_it_is_said_that_there_are_more_rows_than_are_shown(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.parquet", parquet({"n": [*range(300)]}))
    async with opened(path, (80, 24)) as pilot:
        await press(pilot, "b", "enter", "down")
        assert "row 2 of the first 100" in screen_text(pilot)
        assert "the first 100 of 300 rows" in words(pilot)


@pytest.mark.parametrize("few", [False, True])
async def test_in_16_colours_only_the_cell_under_the_cursor_has_a_ground_of_its_own(
    tmp_path: Path, few: bool
) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.csv", table(columns=3, rows=9))
    async with StorageApp(path, few_colours=few).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "enter", "j", "l")
        shown = grid(pilot)
        rows = [shown.render_line(2 + row) for row in range(4)]
        grounds = [[each.style and each.style.bgcolor for each in row] for row in rows]
        first, here, third, fourth = ({*row} for row in grounds)
        assert len(first) == len(third) == len(fourth) == 1
        assert len(here) == 2
        assert first == third
        # With more of them every other row, and that under the cursor, are told apart quietly.
        assert (first == fourth) == (first < here) == few
