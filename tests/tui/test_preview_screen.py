"""Looking into what programs save: tables, forms, columns, and how little is read for that."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from storage_core.backends.base import Backend
from storage_core.backends.local.backend import LocalBackend
from storage_core.backends.remote.backend import RemoteBackend
from tests.servers.kv import KVServer
from tests.servers.s3 import S3Server
from tests.tui.browsing import SIZES, blob, local
from tests.tui.driving import opened, press, screen_text, settle, words, write
from tests.tui.previewing import FRAME, parquet, tar
from tui.features.blobs.preview import PreviewScreen
from tui.session.preview import parquet as parquet_module

WIDE = "\n".join(
    ",".join(f"r{row}c{column}-{'x' * 8}" for column in range(14)) for row in range(60)
)


def form(pilot: Pilot[Any]) -> str:
    """Which of the forms is shown."""
    return words(pilot).partition("● ")[2].split()[0]


async def test_a_frame_is_shown_as_a_table_as_its_schema_and_as_bytes(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/frame.parquet", parquet(FRAME))
    async with opened(path) as pilot:
        await press(pilot, "b", "enter")
        assert "Parquet · 3 rows · 4 columns" in words(pilot)
        assert form(pilot) == "table"
        assert "store sales day" in words(pilot)
        await press(pilot, "v")
        assert form(pilot) == "schema"
        assert "store string" in words(pilot)
        await press(pilot, "v")
        assert form(pilot) == "bytes"
        assert "50 41 52 31" in words(pilot)
        await press(pilot, "v")
        assert form(pilot) == "table"


@pytest.mark.parametrize("size", SIZES)
async def test_a_wide_table_is_gone_through_column_by_column_below_its_head(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/wide.csv", WIDE.encode())
    async with opened(path, size) as pilot:
        await press(pilot, "b", "enter")
        assert "columns 1 to " in words(pilot)
        await press(pilot, "<")
        assert "columns 1 to " in words(pilot)
        await press(pilot, ">", ">", "shift+right")
        assert "columns 5 to " in words(pilot)
        assert "r0c4-" in screen_text(pilot)
        assert "r0c3-" not in screen_text(pilot)
        # The first one stays.
        assert "r0c0-" in screen_text(pilot)
        await press(pilot, "shift+left")
        assert "columns 4 to " in words(pilot)
        await press(pilot, "G")
        # The titles stay, the last row is there.
        assert "r0c3-" in screen_text(pilot)
        assert "r59c3-" in screen_text(pilot)
        await press(pilot, "g", "pagedown")
        assert "r0c3-" in screen_text(pilot)
        assert "r1c3-" not in screen_text(pilot)
        await pilot.press(*[">"] * 12)
        await settle(pilot)
        assert "to 14 of 14" in words(pilot)
        await press(pilot, "v")
        assert form(pilot) == "text"
        assert "< >" not in words(pilot)


async def test_no_row_is_left_out_while_paging(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(
        tmp_path,
        "results/long.csv",
        ("name,n\n" + "\n".join(f"row{i},{i}" for i in range(200))).encode(),
    )
    async with opened(path) as pilot:
        await press(pilot, "b", "enter")
        seen: set[str] = set()
        for _ in range(16):
            seen |= {word for word in words(pilot).split() if word.startswith("row")}
            await press(pilot, "space")
        assert len(seen & {f"row{i}" for i in range(200)}) == 200


async def test_columns_are_no_keys_where_all_are_to_be_seen(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/small.csv", b"a,b\n1,2\n")
    async with opened(path) as pilot:
        await press(pilot, "b", "enter", ">", ">")
        assert "< >" not in screen_text(pilot)
        assert "a b" in words(pilot)
        assert "integer integer" in words(pilot)


async def test_the_table_is_fitted_anew_when_the_terminal_changes(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/wide.csv", WIDE.encode())
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "b", "enter", ">")
        assert "columns 3 to 8 of 14" in words(pilot)
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        assert "columns 3 to 4 of 14" in words(pilot)


async def test_going_on_while_a_blob_is_read_shows_the_other_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.parquet", parquet(FRAME))
    blob(tmp_path, "results/b.json", b'{"other": 1}')
    gate, asked = threading.Event(), threading.Event()
    read = parquet_module._read

    def slowly(source: Any, size: int) -> Any:
        asked.set()
        gate.wait(30)
        return read(source, size)

    monkeypatch.setattr(parquet_module, "_read", slowly)
    async with opened(path) as pilot:
        await press(pilot, "b", "s", "g")
        await pilot.press("enter")
        while not asked.is_set():
            await pilot.pause()
        assert "reading" in screen_text(pilot)
        await press(pilot, "right")
        assert '"other": 1' in screen_text(pilot)
        gate.set()
        await settle(pilot)
        assert '"other": 1' in screen_text(pilot)


def counted(kind: type[Backend], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How long each of the ranges was that a kind of backend has read since."""
    ranges: list[int] = []
    whole = kind.get_range

    def counting(backend: Any, path: Any, start: int, size: int) -> bytes:
        data = whole(backend, path, start, size)
        ranges.append(len(data))
        return data

    monkeypatch.setattr(kind, "get_range", counting)
    return ranges


async def test_a_gigabyte_of_parquet_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Rows in front, and in the middle a hole of a gigabyte that the schema, at the end, skips.
    data = parquet({"a": list(range(1000))})
    path, ranges = local(tmp_path), counted(LocalBackend, monkeypatch)
    blob(tmp_path, "results/large.parquet", data)
    footer = int.from_bytes(data[-8:-4], "little") + 8
    with (tmp_path / "blobs" / "results" / "large.parquet").open("r+b") as file:
        file.truncate(len(data) - footer)
        file.seek(2**30)
        file.write(data[-footer:])
    async with opened(path) as pilot:
        await press(pilot, "b", "enter")
        assert "Parquet · the first 100 of 1,000 rows · 1 column" in words(pilot)
    assert 0 < sum(ranges) < 2**20


async def test_a_large_parquet_on_a_server_is_read_in_a_few_ranges(
    tmp_path: Path, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranges = counted(RemoteBackend, monkeypatch)
    bucket = s3_server.new_bucket()
    data = parquet({f"c{n}": np.arange(400_000.0) * n for n in range(4)},
                   compression="none", use_dictionary=False)  # fmt: skip
    s3_server.client.put_object(Bucket=bucket, Key="results/large.parquet", Body=data)
    path = write(
        tmp_path / "storage.toml",
        f'[storage.place]\ntype = "s3"\nbucket = "{bucket}"\n'
        f'endpoint_url = "{s3_server.endpoint_url}"\n'
        f'aws_access_key_id = "{s3_server.access_key_id}"\n'
        f'aws_secret_access_key = "{s3_server.secret_access_key}"\n',
    )
    async with opened(path) as pilot:
        await press(pilot, "b", "enter")
        assert "Parquet · the first 100 of 400,000 rows · 4 columns" in words(pilot)
    # At most a page of each column, which is a mebibyte where the writer knows no better.
    assert 0 < len(ranges) <= 24
    assert sum(ranges) < len(data) / 2


async def test_a_server_that_knows_no_ranges_is_asked_for_the_blob(
    tmp_path: Path, kv_server: KVServer
) -> None:
    path = write(
        tmp_path / "storage.toml",
        f'[storage.place]\ntype = "kv"\napi_address = "{kv_server.api_address}"\n'
        f'token = "{kv_server.token}"\n',
    )
    from storage_core import get_store

    with get_store("place", config_path=path) as store:
        # Other tests use this server too, and the first blob is the one that is opened.
        for other in [*store.list()]:
            store.delete(other.key)
        store.write(tar({"a": b"x" * 100_000, "b": b"y"}), key="flows/code.tar")
    async with opened(path) as pilot:
        await press(pilot, "b", "enter")
        assert "tar · 2 members" in words(pilot)


async def test_what_stops_answering_in_the_middle_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.tar", tar({"a": b"x" * 100_000, "b": b"y"}))

    def gone(backend: LocalBackend, path: Any, start: int, size: int) -> bytes:
        from storage_core.errors import StorageUnavailable

        raise StorageUnavailable("the place is gone")

    monkeypatch.setattr(LocalBackend, "get_range", gone)
    async with opened(path) as pilot:
        await press(pilot, "b", "enter")
        assert "the place is gone" in words(pilot)
        assert "F5 tries again" in words(pilot)


async def test_a_long_name_and_an_awkward_table_leave_room_for_the_content(tmp_path: Path) -> None:
    path = local(tmp_path)
    name = "n" * 195 + ".json"
    blob(tmp_path, f"results/{name}", json.dumps({"\x1b[2J": "[bold]"}).encode())
    async with opened(path, (60, 20)) as pilot:
        await press(pilot, "b", "enter")
        assert isinstance(pilot.app.screen, PreviewScreen)
        assert '"\\u001b[2J": "[bold]"' in screen_text(pilot)
