"""Browsing blobs by the keys a person presses: what is listed, found, copied, deleted, told."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from json import dumps
from pathlib import Path
from secrets import token_hex
from shlex import quote
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from storage_core import (
    ConfigFile,
    KVServerStorage,
    StorageUnavailable,
    Store,
    get_store,
    open_store,
)
from storage_core.backends.local.backend import LocalBackend
from tests.clock import EAST
from tests.quoting import in_toml
from tests.servers.kv import KVServer
from tests.servers.s3 import REGION, S3Server
from tests.tui.driving import (
    burst,
    enter,
    press,
    said,
    screen_text,
    selected,
    settle,
    the_list,
    until,
    words,
    write,
)
from tui.app import StorageApp
from tui.features.blobs.screen import BrowseScreen
from tui.kit.filter import FilterLine
from tui.session.listing import SORTS

SIZES = [(120, 40), (80, 24), (60, 20)]


def local(folder: Path, more: str = "") -> Path:
    """A configuration file with one local storage, `place`, in `folder`."""
    return write(
        folder / "storage.toml",
        f'[storage.place]\ntype = "local"\nstorage_path = {in_toml(folder / "blobs")}\n{more}',
    )


def filled(folder: Path, more: str = "") -> Path:
    """The same with five blobs: of two kinds, five sizes and five ages, no two orders alike."""
    path = local(folder, more)
    for key, size, age in (
        ("results/delta", 3, 50),
        ("results/alpha", 5000, 3600 * 5),
        ("flows/charlie", 70, 86400 * 3),
        ("results/bravo", 0, 86400 * 90),
        ("flows/echo", 900, 86400 * 800),
    ):
        blob(folder, key, b"x" * size, age)
    return path


def blob(folder: Path, key: str, data: bytes, age: float = 0) -> None:
    """A blob of `place`, written `age` seconds ago."""
    get_store("place", config_path=folder / "storage.toml").write(data, key=key)
    path = folder / "blobs" / key
    written = time.time() - age
    os.utime(path, (written, written))


def browsing(pilot: Pilot[Any]) -> BrowseScreen:
    """The screen, which must be on top."""
    screen = pilot.app.screen
    assert isinstance(screen, BrowseScreen)
    return screen


def listed(pilot: Pilot[Any]) -> list[str]:
    """The names in the list, from the top."""
    return [row.name for row in browsing(pilot).table.rows]


def current(pilot: Pilot[Any]) -> str:
    """The key under the cursor."""
    found = browsing(pilot).blob
    assert found is not None
    return found.key


@pytest.mark.parametrize("size", SIZES)
async def test_blobs_are_shown_with_kind_size_and_age(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with StorageApp(filled(tmp_path)).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        text = screen_text(pilot)
        # Without frames and the bars of the sizes.
        plain = (re.sub(" [█-▏]+ ", " ", each.replace("│", " ")) for each in text.splitlines())
        lines = "\n".join(" ".join(each.split()) for each in plain)
        assert "▌results delta 3 B just now" in lines
        assert "results alpha 4.9 KiB 5 h" in lines
        assert "flows charlie 70 B 3 days" in lines
        assert "results bravo 0 B 3 months" in lines
        assert "flows echo 900 B 2 years" in lines
        assert "1 ● All 5  2 ○ Flows 2  3 ○ Results 3" in text
        assert "5.8 KiB" in text
        assert text.splitlines()[-1].rstrip().endswith("Esc Back")


async def test_at_forty_columns_ages_are_whole(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test(size=(40, 20)) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        lines = [" ".join(line.split()) for line in screen_text(pilot).splitlines()]
        assert "▌delta 3 B just now" in lines
        assert "bravo 0 B 3 months" in lines
        await pilot.click("BlobTable", offset=(3, 0))
        await settle(pilot)
        assert listed(pilot) == ["alpha", "bravo", "charlie", "delta", "echo"]


async def test_the_line_below_has_the_whole_key_and_the_exact_size_and_time(
    tmp_path: Path, time_zone: Callable[[str], None]
) -> None:
    time_zone(EAST)
    path, name = local(tmp_path), "n" * 200
    blob(tmp_path, f"results/{name}", b"x" * 12345)
    os.utime(tmp_path / "blobs" / "results" / name, (1_750_000_000, 1_750_000_000))
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        text = screen_text(pilot)
        assert "12,345 bytes · written 2025-06-16 05:06:40 +14" in text
        assert name in text.replace("\n", "").replace(" ", "")


async def test_the_blobs_of_temporary_local_storage_can_be_browsed(tmp_path: Path) -> None:
    path = local(tmp_path)
    get_store(config_path=path).write(b"here", key="results/found")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "G", "b")
        assert listed(pilot) == ["found"]
        await press(pilot, "p")
        assert "get_store()" in pilot.app.clipboard


async def test_escape_goes_back_to_the_same_configuration(tmp_path: Path) -> None:
    path = filled(tmp_path, '\n[storage.zz]\ntype = "local"\nstorage_path = "/nowhere"\n')
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        for key in ("escape", "q"):
            await press(pilot, "j", "b", key)
            assert pilot.app.screen is the_list(pilot)
            assert selected(pilot).name == "zz"
            await press(pilot, "g")


async def test_sorting_goes_from_age_to_name_to_size(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b")
        assert listed(pilot) == ["delta", "alpha", "charlie", "bravo", "echo"]
        await press(pilot, "s")
        assert listed(pilot) == ["alpha", "bravo", "charlie", "delta", "echo"]
        assert "Name ▾" in screen_text(pilot)
        await press(pilot, "s")
        assert listed(pilot) == ["alpha", "echo", "charlie", "delta", "bravo"]
        assert "largest first" in screen_text(pilot)
        await press(pilot, "s")
        assert listed(pilot)[0] == "delta"


async def test_the_cursor_stays_on_its_blob_when_the_order_changes(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b", "j", "j", "s")
        assert current(pilot) == "flows/charlie"
        await press(pilot, "f5")
        assert current(pilot) == "flows/charlie"


async def test_a_click_on_a_head_sorts_and_on_a_kind_chooses(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        lines = screen_text(pilot).splitlines()
        await pilot.click(offset=(lines[2].index("Size"), 2))
        await settle(pilot)
        assert listed(pilot)[0] == "alpha"
        await pilot.click(offset=(lines[1].index("Flows"), 1))
        await settle(pilot)
        assert listed(pilot) == ["echo", "charlie"]


async def test_numbers_choose_the_kind(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b", "2")
        assert listed(pilot) == ["charlie", "echo"]
        assert "2 ● Flows 2" in screen_text(pilot)
        await press(pilot, "3")
        assert listed(pilot) == ["delta", "alpha", "bravo"]
        await press(pilot, "1")
        assert len(listed(pilot)) == 5


async def test_the_filter_finds_by_any_part_of_the_key(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "slash")
        for text, found in (
            ("ALP", ["alpha"]),
            ("flows", ["charlie", "echo"]),
            ("flows cha", ["charlie"]),
            ("results br", ["bravo"]),
            ("zzz", []),
        ):
            await press(pilot, "ctrl+u")
            await enter(pilot, text)
            assert listed(pilot) == found
        assert "Nothing here" in screen_text(pilot)
        assert "0 of 5 blobs" in screen_text(pilot)
        await press(pilot, "escape")
        assert len(listed(pilot)) == 5
        assert pilot.app.focused is browsing(pilot).table


async def test_keys_work_on_what_the_filter_found(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b", "slash", *"echo", "enter", "c")
        assert pilot.app.clipboard == "flows/echo"
        await press(pilot, "slash")
        assert isinstance(pilot.app.focused, Input)
        await press(pilot, "down")
        assert pilot.app.focused is browsing(pilot).table


@pytest.mark.parametrize(
    ("keys", "found", "back"),
    [
        ("j slash r e s u l t s", "results/alpha", "results/alpha"),
        ("j slash f l o w s", "flows/charlie", "results/alpha"),
        ("slash f l o w s", "flows/charlie", "results/delta"),
        ("G slash l", "flows/echo", "flows/echo"),
        ("G slash t a backspace", "results/delta", "flows/echo"),
        ("slash e c h o enter", "flows/echo", "flows/echo"),
        ("slash f l o w s down j", "flows/echo", "flows/echo"),
        ("slash f l o w s enter j slash x y z ctrl+u", "flows/echo", "flows/echo"),
        ("j j slash x y z", None, "flows/charlie"),
    ],
)
async def test_the_filter_goes_to_the_first_that_is_found_and_back_to_where_it_began(
    tmp_path: Path, keys: str, found: str | None, back: str
) -> None:
    async with StorageApp(filled(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b")
        await burst(pilot, *keys.split())
        shown = browsing(pilot).blob
        assert (shown.key if shown else None) == found
        await press(pilot, "escape")
        assert current(pilot) == back
        assert len(listed(pilot)) == 5


@pytest.mark.parametrize("size", SIZES)
async def test_the_filter_says_how_much_it_found_and_which_keys_are_of_use(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with StorageApp(filled(tmp_path)).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "b", "slash", *"flows")
        for _ in range(2):
            assert "2 of 5 blobs" in screen_text(pilot)
            for hint in ("Enter Keep", "↓ To the list", "Esc Show all"):
                assert hint in screen_text(pilot).splitlines()[-1]
            await press(pilot, "down")
            assert "Enter Preview" in screen_text(pilot).splitlines()[-1]
            assert "2 of 5 blobs" in screen_text(pilot)
            await press(pilot, "slash")
        await press(pilot, "escape")
        assert "Enter Preview" in screen_text(pilot).splitlines()[-1]
        # With nothing to look for there is nothing to keep.
        await press(pilot, "slash", "enter")
        assert not pilot.app.screen.query_one(FilterLine).display
        assert pilot.app.focused is browsing(pilot).table
        await press(pilot, "slash", "f", "down", "escape", "escape")
        assert pilot.app.screen is the_list(pilot)


async def test_what_follows_a_filter_at_once_works_on_what_was_found(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b")
        await burst(pilot, "slash", *"echo", "enter", "c")
        assert pilot.app.clipboard == "flows/echo"
        await burst(pilot, "escape", "slash", *"bravo", "down", "c", "escape")
        assert pilot.app.clipboard == "results/bravo"
        assert current(pilot) == "results/bravo"


async def test_the_python_that_is_copied_reads_the_blob(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path)
    monkeypatch.setenv("STORAGE_CONFIG", str(path))
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b", "y")
        names: dict[str, Any] = {}
        exec(pilot.app.clipboard, names)
        assert names["data"] == b"xxx"


async def test_keys_move_the_cursor(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b")
        for key, expected in (
            ("j", "alpha"),
            ("down", "charlie"),
            ("k", "alpha"),
            ("G", "echo"),
            ("home", "delta"),
            ("end", "echo"),
            ("g", "delta"),
        ):
            await press(pilot, key)
            assert current(pilot).endswith(expected)


async def test_deleting_asks_with_the_focus_on_cancel(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b", "j", "x")
        assert "results/alpha" in screen_text(pilot)
        assert "hash" not in screen_text(pilot)
        await press(pilot, "enter")
        assert len(listed(pilot)) == 5
        await press(pilot, "delete", "right", "enter")
        assert listed(pilot) == ["delta", "charlie", "bravo", "echo"]
        assert current(pilot) == "flows/charlie"
        assert "Deleted results/alpha." in said(pilot)
    assert not (tmp_path / "blobs" / "results" / "alpha").exists()
    assert (tmp_path / "blobs" / "results" / "delta").exists()


async def test_in_a_protected_storage_its_name_has_to_be_typed(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path, "protected = true\n")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b", "x", *"plac", "enter")
        assert (tmp_path / "blobs" / "results" / "delta").exists()
        await press(pilot, "e", "enter")
        assert len(listed(pilot)) == 4
    assert not (tmp_path / "blobs" / "results" / "delta").exists()


async def test_deleting_a_hash_blob_says_who_else_may_have_it(tmp_path: Path) -> None:
    path = write(
        tmp_path / "storage.toml",
        '[storage.place]\ntype = "file"\nkey_type = "hash"\n'
        f"base_path = {in_toml(tmp_path / 'blobs')}\n",
    )
    get_store("place", config_path=path).write(b"shared")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b", "x")
        assert "whoever stored the same bytes" in " ".join(
            screen_text(pilot).replace("│", "").split()
        )


async def test_reload_shows_what_was_written_meanwhile(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b")
        blob(tmp_path, "results/new", b"")
        await press(pilot, "f5")
        assert "new" in listed(pilot)


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


async def test_blobs_of_s3_are_listed_looked_into_and_deleted(
    tmp_path: Path, s3_server: S3Server
) -> None:
    bucket = s3_server.new_bucket()
    path = write(
        tmp_path / "storage.toml",
        f'[storage.cloud]\ntype = "s3"\nbucket = "{bucket}"\nregion_name = "{REGION}"\n'
        f'endpoint_url = "{s3_server.endpoint_url}"\n'
        f"aws_access_key_id = {dumps(s3_server.access_key_id)}\n"
        f"aws_secret_access_key = {dumps(s3_server.secret_access_key)}\n",
    )
    with get_store("cloud", config_path=path) as store:
        for number in range(30):
            s3_server.client.put_object(Bucket=bucket, Key=f"results/{number:04}", Body=b"{}")
        store.write(b"\x00\x01", key="flows/code")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        assert "1 ● All 31  2 ○ Flows 1  3 ○ Results 30" in screen_text(pilot)
        assert f"s3://{bucket}" in screen_text(pilot)
        await press(pilot, "2", "enter")
        assert "00 01" in screen_text(pilot)
        await press(pilot, "escape", "x", "right", "enter")
        assert "Flows 0" in screen_text(pilot)
    with get_store("cloud", config_path=path) as store:
        assert not store.exists("flows/code")


async def test_a_click_on_a_head_sorts_blobs_and_another_turns_that_round(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b")
        head = next(line for line in screen_text(pilot).splitlines() if "Kind" in line)
        left = browsing(pilot).table.region.x
        for title, order, said in (
            ("Name", ["alpha", "bravo", "charlie", "delta", "echo"], ("by name", "Z to A")),
            ("Size", ["alpha", "echo", "charlie", "delta", "bravo"], ("largest", "smallest")),
            ("Age", ["delta", "alpha", "charlie", "bravo", "echo"], ("newest", "oldest")),
        ):
            place = (head.index(title) - left, 0)
            for sign, expected, words in zip("▾▴", (order, order[::-1]), said, strict=True):
                await pilot.click("#blobs", offset=place)
                await settle(pilot)
                assert listed(pilot) == expected
                assert f"{title} {sign}" in screen_text(pilot)
                assert words in screen_text(pilot)
        await press(pilot, "s")
        assert "newest first" not in screen_text(pilot)
        assert "▴" not in screen_text(pilot)


async def test_where_neither_times_nor_sizes_are_known_blobs_are_said_to_be_by_name(
    tmp_path: Path, kv_server: KVServer
) -> None:
    path = tmp_path / "storage.toml"
    storage = KVServerStorage(api_address=kv_server.api_address, token=kv_server.token)
    ConfigFile(path).add(storage, name="kv")
    with open_store(storage) as store:
        store.write(b"x", key=f"results/{token_hex()}")
    async with StorageApp(path).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        for _ in SORTS:
            assert "by name" in screen_text(pilot)
            assert "Name ▾" in screen_text(pilot)
            await press(pilot, "s")


async def test_nothing_is_deleted_where_it_is_read_only(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/one", b"1")
    path.write_text(path.read_text() + "read_only = true\n")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b", "x")
        assert "place is read-only by its configuration" in said(pilot)
        await press(pilot, "enter", "x")
        assert "results/one" in screen_text(pilot)
    assert (tmp_path / "blobs/results/one").exists()
