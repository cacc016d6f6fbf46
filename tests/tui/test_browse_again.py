"""Listing again, and leaving, while blobs are being listed, sorted or read."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.quoting import in_toml
from tests.tui.driving import press, screen_text, settle, the_list, until, write
from tui.app import StorageApp
from tui.features.blobs.screen import BrowseScreen
from tui.features.blobs.view import BlobView
from tui.kit.bars import TitleBar
from tui.session.background import in_thread
from tui.session.listing import View, arranged


def local(folder: Path) -> Path:
    """A configuration file with one local storage in `folder`, and one blob in that."""
    (folder / "results").mkdir()
    (folder / "results" / "one").write_text("text")
    table = f'[storage.a]\ntype = "local"\nstorage_path = {in_toml(folder)}\n'
    return write(folder / "s.toml", table)


class Held:
    """Sorting that waits for `go_on`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sorting, self.go_on = threading.Event(), threading.Event()
        monkeypatch.setattr("tui.features.blobs.catalogue.arranged", self._arranged)

    def _arranged(self, *given: Any, **also: Any) -> View:
        self.sorting.set()
        self.go_on.wait()
        return arranged(*given, **also)


async def test_leaving_while_the_list_is_sorted_is_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    async with StorageApp(local(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await pilot.press("b")
        await in_thread(held.sorting.wait)
        pilot.app.simulate_key("escape")
        await until(pilot, lambda: pilot.app.screen is the_list(pilot))
        held.go_on.set()
        await settle(pilot)
        assert pilot.app.is_running


async def test_listing_again_while_the_list_is_sorted_is_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with StorageApp(local(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b")
        held = Held(monkeypatch)
        await pilot.press("f5")
        await in_thread(held.sorting.wait)
        (tmp_path / "results" / "two").write_text("text")
        await pilot.press("f5", "f5")
        held.go_on.set()
        await settle(pilot)
        assert pilot.app.is_running
        assert "two" in screen_text(pilot)


@pytest.mark.parametrize("of", ["the screen", "a widget"])
async def test_what_works_for_a_screen_ends_before_its_widgets_are_gone(
    tmp_path: Path, of: str
) -> None:
    went_on = False

    async def when_they_are_gone(screen: BrowseScreen) -> None:
        nonlocal went_on
        while screen.query(TitleBar):  # noqa: ASYNC110 (no turn later than they are gone)
            await asyncio.sleep(0)
        went_on = True

    async with StorageApp(local(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b")
        screen = pilot.app.screen
        assert isinstance(screen, BrowseScreen)
        node = screen if of == "the screen" else screen.table
        worker = node.run_worker(when_they_are_gone(screen))
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)
        assert worker.is_cancelled
        assert not went_on


async def test_a_blob_that_was_to_be_read_on_leaving_is_no_crash(tmp_path: Path) -> None:
    async with StorageApp(local(tmp_path)).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        screen = pilot.app.screen
        assert isinstance(screen, BrowseScreen)
        view, blob = screen.query_one(BlobView), screen.blob
        await press(pilot, "escape")
        assert not view.is_attached
        view.show(blob)
        await settle(pilot)
        assert pilot.app.is_running


@pytest.mark.parametrize("as_worker", [True, False])
async def test_what_a_widget_looks_for_on_a_screen_that_is_being_left_is_no_crash(
    tmp_path: Path, as_worker: bool
) -> None:
    async with StorageApp(local(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b")
        screen = pilot.app.screen
        assert isinstance(screen, BrowseScreen)
        looked = asyncio.Event()

        async def look() -> None:
            while screen.query(TitleBar):  # noqa: ASYNC110 (no turn later than it is gone)
                await asyncio.sleep(0)
            looked.set()
            screen.query_one(TitleBar)

        async def act() -> None:
            while screen.is_running:  # noqa: ASYNC110 (no turn later than it ends)
                await asyncio.sleep(0)
            if as_worker:
                screen.table.run_worker(look())
            else:
                await look()

        screen.table.call_later(act)
        screen.dismiss(None)
        await looked.wait()
        await settle(pilot)
        assert pilot.app.is_running
        assert pilot.app.screen is the_list(pilot)
