"""The preview beside the list: it follows the cursor, reads little, and can be put away."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from tests.tui.browsing import blob, browsing, filled, local
from tests.tui.driving import burst, opened, press, screen_text, settle, words
from tests.tui.previewing import parquet
from tests.tui.test_browse_folders import shared
from tests.tui.test_preview_images import picture
from tui.app import StorageApp
from tui.features.blobs import beside
from tui.features.blobs.view import BlobView
from tui.session import state
from tui.session.store import OpenedStore

WIDE = (120, 40)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of what is read for previews."""
    keys: list[str] = []
    look = OpenedStore.looked_into

    def looked_into(store: OpenedStore, key: str, *rest: Any) -> Any:
        keys.append(key)
        return look(store, key, *rest)

    monkeypatch.setattr(OpenedStore, "looked_into", looked_into)
    return keys


def entitled(pilot: Pilot[Any]) -> str:
    """The name above the preview."""
    return str(browsing(pilot).query_one(BlobView).border_title)


def path_shown(pilot: Pilot[Any]) -> str:
    """What stands in the frame above the list."""
    line = screen_text(pilot).splitlines()[browsing(pilot).query_one("#listing").region.y]
    return line.partition("╮")[0].strip("╭─ ")


async def test_what_is_in_the_blob_under_the_cursor_stands_beside_the_list(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/new.csv", b"store,sales\nBern,1\nBasel,23\n")
    blob(tmp_path, "results/old.json", b'{"flow": "nightly"}', 60)
    async with opened(path, WIDE) as pilot:
        await press(pilot, "b")
        assert entitled(pilot) == "new.csv"
        assert "CSV · 2 rows · 2 columns" in words(pilot)
        assert "Basel" in screen_text(pilot)
        await press(pilot, "j")
        assert entitled(pilot) == "old.json"
        assert '"flow": "nightly"' in words(pilot)
        await press(pilot, "v")
        assert "7b 22 66 6c" in words(pilot)


async def test_blobs_that_the_cursor_only_passes_are_not_read(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(filled(tmp_path), WIDE) as pilot:
        await press(pilot, "b")
        assert read == ["results/delta"]
        # All at once, and with more time: on a busy machine a moment passes between two keys.
        monkeypatch.setattr("tui.features.blobs.beside.REST", 1.0)
        await burst(pilot, "j", "j", "j", "j")
        assert read == ["results/delta", "flows/echo"]
        # Nor is one read again that has not changed.
        await press(pilot, "s", "s", "s")
        assert read == ["results/delta", "flows/echo"]


async def test_nothing_is_read_where_it_is_hidden_and_that_is_remembered(
    tmp_path: Path, read: list[str]
) -> None:
    path = filled(tmp_path)
    async with opened(path, WIDE) as pilot:
        await press(pilot, "b", "P")
        assert "text" not in screen_text(pilot)
        read.clear()
        await press(pilot, "j", "k", "j")
        assert not read
    assert not state.load().preview
    async with opened(path, WIDE) as pilot:
        await press(pilot, "b", "j")
        assert not read
        await press(pilot, "P")
        assert read == ["results/alpha"]
        assert entitled(pilot) == "alpha"


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (109, 35)])
async def test_where_there_is_no_room_nothing_is_read(
    tmp_path: Path, read: list[str], size: tuple[int, int]
) -> None:
    async with opened(filled(tmp_path), size) as pilot:
        await press(pilot, "b", "j", "j", "P")
        assert not read
        assert state.load().preview


async def test_in_a_high_and_narrow_terminal_it_stands_below_and_it_follows_the_size(
    tmp_path: Path,
) -> None:
    async with opened(filled(tmp_path), (100, 40)) as pilot:
        await press(pilot, "b")
        view, table = browsing(pilot).query_one(BlobView), browsing(pilot).table
        assert view.region.y > table.region.bottom - 1
        await pilot.resize_terminal(120, 30)
        await settle(pilot)
        assert view.region.x > table.region.right - 1
        assert "xxx" in screen_text(pilot)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert not view.display


async def test_while_it_rests_a_screen_on_top_is_read_once(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "REST", 60)
    async with StorageApp(filled(tmp_path)).run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("b")
        while not pilot.app.screen.query("BlobTable") or not browsing(pilot).table.rows:
            await pilot.pause()
        await pilot.press("enter")
        with suppress(WorkerCancelled):
            await settle(pilot)
        assert read == ["results/delta"]


async def test_a_folder_says_how_it_is_opened_and_the_path_leads_back(tmp_path: Path) -> None:
    async with opened(shared(tmp_path), WIDE) as pilot:
        await press(pilot, "b", "4", "s", "j")
        assert "Enter opens the folder." in words(pilot)
        await press(pilot, "right", "l")
        screen = browsing(pilot)
        pane = screen.query_one("#listing")
        assert path_shown(pilot).endswith("blobs › raw › 2026")
        await press(pilot, "backspace")
        assert screen.table.current.key == "raw/2026"  # type: ignore[union-attr]
        await press(pilot, "right")
        line = screen_text(pilot).splitlines()[pane.region.y]
        await pilot.click(offset=(line.index("raw") + 1, pane.region.y))
        await settle(pilot)
        assert path_shown(pilot).endswith("blobs › raw")
        assert screen.table.current.key == "raw/2026"  # type: ignore[union-attr]
        await pilot.click(offset=(4, pane.region.y))
        await settle(pilot)
        assert [row.name for row in screen.table.rows] == ["flows", "raw", "results", "top.json"]


async def test_a_picture_is_only_described_where_no_colours_are_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    path = local(tmp_path)
    blob(tmp_path, "results/a.png", picture("PNG"))
    async with opened(path, (80, 24)) as pilot:
        await press(pilot, "b", "enter")
        assert "PNG · 8 × 4 pixels" in words(pilot)
        assert "not drawn" in words(pilot)
        assert "89 50 4e 47" in words(pilot)
        assert "█" not in screen_text(pilot)


async def test_the_line_about_a_wide_table_beside_the_list_is_one_line(tmp_path: Path) -> None:
    path = local(tmp_path)
    text = "\n".join(",".join(f"r{row}c{column}" for column in range(30)) for row in range(999))
    blob(tmp_path, "results/a.csv", text.encode())
    blob(tmp_path, "results/b.parquet", parquet({"n": [*range(12_345)]}), 60)
    async with opened(path, WIDE) as pilot:
        await press(pilot, "b")
        view = browsing(pilot).query_one(BlobView)
        assert view.query_one("#about").region.height == 2
        assert "only the first 64 KiB" in words(pilot)
        (line,) = [line for line in screen_text(pilot).splitlines() if "● table" in line]
        assert "< > 1 to " in line
        assert " of 30 " in line
        await press(pilot, "j")
        assert "Parquet · the first 100 of 12,345 rows" in words(pilot)
        assert view.query_one("#about").region.height == 2


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("", ""),
        ("few", "that takes a terminal of more than 16 colours"),
        ("NO_COLOR", "NO_COLOR is set"),
        ("ansi-dark", "this theme has the terminal's own 16 colours"),
    ],
)
async def test_a_picture_is_drawn_in_colours_and_else_it_is_said_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, why: str
) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.png", picture("PNG"))
    if where == "NO_COLOR":
        monkeypatch.setenv("NO_COLOR", "1")
    app = StorageApp(path, few_colours=where == "few")
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        if where.startswith("ansi"):
            app.theme = where
        await press(pilot, "b")
        right = " ".join(line.partition("││")[2] for line in screen_text(pilot).splitlines())
        assert "PNG · 8 × 4 pixels" in right
        assert ("████████" in right) == (not why)
        said = " ".join(right.replace("│", " ").split())
        assert (f"It is not drawn: {why}." in said) == bool(why), said
