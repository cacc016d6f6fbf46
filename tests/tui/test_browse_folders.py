"""Browsing what other programs keep below a location, folder by folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.servers.s3 import S3Server
from tests.tui.browsing import browsing, current, filled, listed
from tests.tui.driving import press, said, screen_text, settle, write
from tui.app import StorageApp
from tui.features.blobs.acting import reading
from tui.features.blobs.preview import PreviewScreen
from tui.session.listing import Listed

SIZES = [(120, 40), (80, 24), (60, 20)]


def shared(folder: Path, more: str = "") -> Path:
    """The five blobs of `filled`, and what another program has put beside them."""
    path = filled(folder, more)
    for name, data in (
        ("raw/2026/11/data.csv", "a,b\n1,2\n"),
        ("raw/2026/report.txt", "read me"),
        ("raw/empty/.keep", ""),
        ("top.json", '{"a": 1}'),
    ):
        file = folder / "blobs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(data)
    return path


def rows(pilot: Pilot[Any]) -> list[tuple[str, str]]:
    """What stands in the list, from the top, and what each row is."""
    return [(row.kind, row.name) for row in browsing(pilot).table.rows]


@pytest.mark.parametrize("size", SIZES)
async def test_everything_below_the_location_is_shown_folder_by_folder(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with StorageApp(shared(tmp_path)).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "b", "4", "s")
        assert rows(pilot) == [
            ("folder", "flows"),
            ("folder", "raw"),
            ("folder", "results"),
            ("file", "top.json"),
        ]
        assert "raw/" in screen_text(pilot)
        await press(pilot, "j", "enter")
        assert rows(pilot) == [("folder", "2026"), ("folder", "empty")]
        assert browsing(pilot).query_one("TitleBar").note.endswith("/raw")  # type: ignore[attr-defined]
        await press(pilot, "enter")
        assert rows(pilot) == [("folder", "11"), ("file", "report.txt")]
        await press(pilot, "enter")
        assert current(pilot) == "raw/2026/11/data.csv"


async def test_going_up_leads_to_the_folder_one_comes_from(tmp_path: Path) -> None:
    async with StorageApp(shared(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b", "4", "s", "j", "enter", "j", "enter")
        assert listed(pilot) == [".keep"]
        await press(pilot, "left")
        assert current(pilot) == "raw/empty"
        await press(pilot, "h")
        assert current(pilot) == "raw"
        # There is nothing above the location.
        await press(pilot, "left")
        assert current(pilot) == "raw"
        await press(pilot, "1")
        assert len(listed(pilot)) == 5
        await press(pilot, "3")
        assert {row.kind for row in browsing(pilot).table.rows} == {"results"}


async def test_everything_below_the_location_is_one_list_as_well(tmp_path: Path) -> None:
    async with StorageApp(shared(tmp_path)).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "5", "s")
        assert len(listed(pilot)) == 9
        assert {kind for kind, _ in rows(pilot)} == {"file"}
        assert "9 blobs" in screen_text(pilot)
        await press(pilot, "slash", *"data.csv", "enter")
        assert current(pilot) == "raw/2026/11/data.csv"
        await press(pilot, "enter")
        assert "CSV · 1 row · 2 columns" in screen_text(pilot)
        await press(pilot, "escape", "escape", "left")
        assert len(listed(pilot)) == 9
        await press(pilot, "4", "s", "j", "enter", "5")
        assert sorted(listed(pilot)) == ["2026/11/data.csv", "2026/report.txt", "empty/.keep"]
        assert "4 ● Files" in screen_text(pilot)
        # Back to the folder that one comes from, and to the blobs of the store.
        await press(pilot, "4")
        assert listed(pilot) == ["2026", "empty"]
        await press(pilot, "5", "1")
        assert len(listed(pilot)) == 5
        assert "4 ○ Folders" in screen_text(pilot)


async def test_enter_opens_a_folder_and_previews_a_blob_and_the_footer_says_which(
    tmp_path: Path,
) -> None:
    async with StorageApp(shared(tmp_path)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        assert "Enter Preview" in screen_text(pilot)
        await press(pilot, "4", "s")
        assert "Enter Open" in screen_text(pilot)
        await press(pilot, "G")
        assert "Enter Preview" in screen_text(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_what_can_be_shown_keeps_its_labels_at_every_width(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with StorageApp(shared(tmp_path)).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        for key in "1234":
            await press(pilot, key)
            for label in ("All", "Flows", "Results", "Folders"):
                assert re.search(f"[●○] {label}", screen_text(pilot))


@pytest.mark.parametrize(
    ("name", "python"),
    [
        ("a.json.gz", "obj = store.load('results/a.json.gz')"),
        ("a.pickle", "obj = store.load('results/a.pickle', allow_pickle=True)"),
        ("a.cp311.cloudpickle", "allow_pickle=True)  # runs what is in the pickle"),
        (f"{'0' * 64}.tar", f"store.load_flow('results/{'0' * 64}.tar', \"flow\")"),
        ("a.csv", "data = store.read('results/a.csv')"),
        ("plain", "data = store.read('results/plain')"),
    ],
)
def test_the_python_that_is_copied_gives_what_was_saved(name: str, python: str) -> None:
    assert python in reading(Listed(f"results/{name}", "results", name, 1, None))


async def test_what_others_put_there_is_looked_into_downloaded_and_deleted(tmp_path: Path) -> None:
    path = shared(tmp_path, "protected = true\n")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "4", "s", "j", "enter", "enter", "enter", "enter")
        assert isinstance(pilot.app.screen, PreviewScreen)
        assert "CSV · 1 row · 2 columns" in screen_text(pilot)
        await press(pilot, "v")
        assert "a,b" in screen_text(pilot)
        await press(pilot, "escape", "w", "ctrl+u", *str(tmp_path / "copy.csv"), "enter")
        assert (tmp_path / "copy.csv").read_text() == "a,b\n1,2\n"
        await press(pilot, "c")
        assert pilot.app.clipboard == "raw/2026/11/data.csv"
        # The storage is protected: the same question as for its own blobs.
        await press(pilot, "x")
        assert "type its name" in screen_text(pilot)
        await press(pilot, *"place", "enter")
        assert "Deleted raw/2026/11/data.csv." in said(pilot)
        assert listed(pilot) == []
        assert "There is nothing in raw/2026/11." in screen_text(pilot)
    assert not (tmp_path / "blobs" / "raw" / "2026" / "11" / "data.csv").exists()


async def test_a_folder_is_opened_and_nothing_else(tmp_path: Path) -> None:
    async with StorageApp(shared(tmp_path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "b", "4", "s", "j", "x", "w")
        assert listed(pilot)[1] == "raw"
        assert "That is a folder" in said(pilot)
    assert (tmp_path / "blobs" / "raw").is_dir()


async def test_a_bucket_shows_what_cannot_be_opened_too(
    tmp_path: Path, s3_server: S3Server
) -> None:
    bucket = s3_server.new_bucket()
    for name in ("raw/", "raw/a//b", "raw/data.csv", "plain"):
        s3_server.client.put_object(Bucket=bucket, Key=name, Body=b"x")
    path = write(
        tmp_path / "storage.toml",
        f'[storage.place]\ntype = "s3"\nbucket = "{bucket}"\n'
        f'endpoint_url = "{s3_server.endpoint_url}"\n'
        f'aws_access_key_id = "{s3_server.access_key_id}"\n'
        f'aws_secret_access_key = "{s3_server.secret_access_key}"\n',
    )
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "4", "s")
        assert rows(pilot) == [("folder", "raw"), ("file", "plain")]
        await press(pilot, "enter")
        assert sorted(rows(pilot)) == [("file", "data.csv"), ("file", "raw/"), ("folder", "a")]
        await press(pilot, "g", "enter")
        # The folder a holds one of no name, which holds b.
        assert [kind for kind, _ in rows(pilot)] == ["folder"]
        await press(pilot, "enter")
        assert "A folder of this name cannot be opened." in said(pilot)
