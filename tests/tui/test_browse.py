"""Browsing blobs by the keys a person presses: what is listed, found, copied, deleted, told."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from json import dumps
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from storage_core import ConfigFile, KVServerStorage, get_store, open_store
from tests.clock import EAST
from tests.quoting import in_toml
from tests.servers.kv import KVServer
from tests.servers.s3 import REGION, S3Server
from tests.tui.browsing import SIZES, blob, browsing, current, filled, listed, local
from tests.tui.driving import press, said, screen_text, selected, settle, the_list, write
from tui.app import StorageApp
from tui.session.listing import SORTS


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
