"""Listing blobs: none, many, and servers that cannot."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Any

import pytest

from storage_core import StorageUnavailable, Store
from storage_core.backends.local.backend import LocalBackend
from tests.tui.browsing import SIZES, current, filled, listed, local
from tests.tui.driving import press, screen_text, settle, the_list, until, words, write
from tui.app import StorageApp
from tui.features.blobs.screen import BrowseScreen


@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_storage_says_how_to_write_to_it(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = local(tmp_path, '\n[storage."a b"]\ntype = "local"\nstorage_path = "/nowhere/at/all"\n')
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "j", "b")
        assert "No blobs yet" in screen_text(pilot)
        assert "storage_core.get_store('a b')" in screen_text(pilot)
        assert "storage write FILE --to 'a b'" in screen_text(pilot)
        for key in ("enter", "w", "x", "c", "p"):
            await press(pilot, key)
            assert isinstance(pilot.app.screen, BrowseScreen)
        assert pilot.app.clipboard == ""


async def test_what_to_type_to_write_names_the_file_unless_it_is_the_one_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = local(tmp_path, '\n[storage.-x]\ntype = "local"\nstorage_path = "/nowhere/at/all"\n')
    for config, hint in (
        (tmp_path / "elsewhere.toml", f"storage write FILE --to -x --config {quote(str(path))}"),
        (path, "storage write FILE --to -x\n"),
    ):
        monkeypatch.setenv("STORAGE_CONFIG", str(config))
        async with StorageApp(path).run_test(size=(300, 40)) as pilot:
            await settle(pilot)
            await press(pilot, "j", "b")
            lines = [line.strip(" │") for line in screen_text(pilot).splitlines()]
            assert hint in "\n".join(lines)


@pytest.mark.parametrize("size", SIZES)
async def test_a_server_that_is_down_is_told_and_tried_again(
    tmp_path: Path,
    server_down_url: str,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    path = write(
        tmp_path / "storage.toml",
        '[storage.down]\ntype = "s3"\nbucket = "acme"\naws_access_key_id = "A"\n'
        f'aws_secret_access_key = "env:NO_SUCH"\nendpoint_url = "{server_down_url}"\ntimeout = 1\n',
    )
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        text = words(pilot)
        assert "⚠ The blobs cannot be listed" in text
        assert "the environment variable NO_SUCH is not set" in text
        assert "All 0" not in text
        monkeypatch.setenv("NO_SUCH", "x")
        await press(pilot, "f5")
        text = words(pilot)
        assert "NO_SUCH" not in text
        assert "raise Timeout F5 tries again" in text


async def test_a_server_that_cannot_list_says_so(tmp_path: Path, plain_kv_url: str) -> None:
    path = write(
        tmp_path / "storage.toml", f'[storage.kv]\ntype = "kv"\napi_address = "{plain_kv_url}"\n'
    )
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        assert "cannot list its keys" in screen_text(pilot)


async def test_a_listing_that_breaks_off_keeps_what_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path)
    whole = LocalBackend.list

    def broken(backend: LocalBackend, *args: Any, **kwargs: Any) -> Iterator[Any]:
        yield from whole(backend, *args, **kwargs)
        if args[0] == "results/":
            raise StorageUnavailable("the line went dead; try again")

    monkeypatch.setattr(LocalBackend, "list", broken)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        assert "Not all blobs could be listed" in screen_text(pilot)
        assert "the line went dead" in screen_text(pilot)
        monkeypatch.setattr(LocalBackend, "list", whole)
        await press(pilot, "f5")
        assert "Not all" not in screen_text(pilot)
        assert len(listed(pilot)) == 5


async def test_leaving_while_it_lists_closes_the_store_once_and_no_sooner_than_it_is_unused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, listing, closed = threading.Event(), threading.Event(), threading.Event()
    opened: list[Store] = []
    whole, init, close = LocalBackend.list, Store.__init__, Store.close

    def hanging(backend: LocalBackend, *args: Any, **kwargs: Any) -> Iterator[Any]:
        listing.set()
        release.wait()
        assert not closed.is_set()
        yield from whole(backend, *args, **kwargs)

    def noted(store: Store, *args: Any, **kwargs: Any) -> None:
        opened.append(store)
        init(store, *args, **kwargs)

    def closing(store: Store) -> None:
        assert not closed.is_set()
        close(store)
        closed.set()

    monkeypatch.setattr(LocalBackend, "list", hanging)
    monkeypatch.setattr(Store, "__init__", noted)
    monkeypatch.setattr(Store, "close", closing)
    path = local(tmp_path)
    (tmp_path / "blobs" / "flows").mkdir(parents=True)
    (tmp_path / "blobs" / "flows" / "a").touch()
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await pilot.press("b")
        await until(pilot, listing.is_set)
        await until(pilot, lambda: "● listing" in screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is the_list(pilot))
        assert not closed.is_set()
        release.set()
        await until(pilot, closed.is_set)
    assert len(opened) == 1


async def test_ten_thousand_blobs_are_drawn_row_by_row_and_arranged_off_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.features.blobs import catalogue as browse
    from tui.features.blobs.table import BlobLayout, BlobTable

    path, folder = local(tmp_path), tmp_path / "blobs" / "results"
    folder.mkdir(parents=True)
    for number in range(10_000):
        (folder / f"{number:05}").touch()
    drawn: list[str] = []
    shown: list[int] = []
    threads: set[int] = set()
    cells, arrange, show = BlobLayout.cells, browse.arranged, BlobTable.show

    def counted(layout: BlobLayout, row: Any, widths: Any) -> Any:
        drawn.append(row.key)
        return cells(layout, row, widths)

    def arranged(*args: Any, **options: Any) -> Any:
        threads.add(threading.get_ident())
        return arrange(*args, **options)

    def showing(table: BlobTable, rows: Any, cursor: int = 0) -> None:
        shown.append(len(rows))
        show(table, rows, cursor)

    monkeypatch.setattr(BlobLayout, "cells", counted)
    monkeypatch.setattr(BlobTable, "show", showing)
    monkeypatch.setattr(browse, "arranged", arranged)
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        assert len(listed(pilot)) == 10_000
        assert "All 10,000" in screen_text(pilot)
        # A page at a time at most, and no row that is not on screen.
        assert len(shown) <= 10_000 / 500 + 2
        assert len(drawn) <= 24 * 3 * (len(shown) + 2)
        drawn.clear()
        await press(pilot, "s", "G")
        assert current(pilot) == "results/09999"
        await press(pilot, "slash", *"0777", "enter")
        assert len(listed(pilot)) == 11
        assert len(drawn) <= 24 * 3 * 8
        assert threading.get_ident() not in threads
