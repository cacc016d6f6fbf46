"""Several blobs at once: chosen, deleted, downloaded, their keys copied."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from json import dumps
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from storage_core.backends.local.backend import LocalBackend
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.blobpath import BlobPath
from storage_core.errors import AccessDenied, StorageError
from tests.servers.s3 import REGION, S3Server
from tests.tui.browsing import browsing, filled, listed
from tests.tui.driving import enter, opened, press, said, screen_text, settle, until, words, write
from tests.tui.test_browse_folders import shared
from tui.features.blobs.progress import ProgressDialog
from tui.features.blobs.screen import BrowseScreen

BLOBS = "delta", "alpha", "charlie", "bravo", "echo"


async def into(pilot: Pilot[Any], folder: Path) -> None:
    """Download what is chosen into a folder."""
    await press(pilot, "w")
    field = pilot.app.screen.query_one(Input)
    field.value = str(folder)
    await press(pilot, "enter")


async def test_several_are_chosen_and_escape_chooses_none_before_it_leads_back(
    tmp_path: Path,
) -> None:
    async with opened(filled(tmp_path)) as pilot:
        await press(pilot, "b", "a", "j", "a")
        table = browsing(pilot).table
        assert table.chosen == {"results/delta", "flows/charlie"}
        assert "2 chosen, 73 B" in screen_text(pilot)
        await press(pilot, "c")
        assert pilot.app.clipboard == "results/delta\nflows/charlie"
        await press(pilot, "A")
        assert len(table.chosen) == 5
        await press(pilot, "escape")
        assert not table.chosen
        assert isinstance(pilot.app.screen, BrowseScreen)
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, BrowseScreen)


async def test_folders_are_not_chosen(tmp_path: Path) -> None:
    async with opened(shared(tmp_path)) as pilot:
        await press(pilot, "b", "4", "s", "A")
        table = browsing(pilot).table
        assert table.chosen == {"top.json"}
        await press(pilot, "A", "G", "a")
        assert table.chosen == {"top.json"}
        # Of what is left nothing is chosen, however soon one asks for all.
        browsing(pilot)._enter("results")
        table.choose_all()
        assert not table.chosen
        await settle(pilot)
        await press(pilot, "A")
        assert table.chosen == {row.key for row in table.rows if not row.is_folder} != set()


async def test_they_are_deleted_after_one_question(tmp_path: Path) -> None:
    async with opened(filled(tmp_path)) as pilot:
        await press(pilot, "b", "a", "a", "x")
        assert "Delete 2 blobs, 4.9 KiB?" in words(pilot)
        await press(pilot, "escape")
        assert len(listed(pilot)) == 5
        await press(pilot, "x", "d")
        assert listed(pilot) == ["charlie", "bravo", "echo"]
        assert "Deleted 2 blobs." in said(pilot)
        assert not browsing(pilot).table.chosen
        assert not (tmp_path / "blobs" / "results" / "alpha").exists()


async def test_in_a_protected_storage_its_name_has_to_be_typed(tmp_path: Path) -> None:
    async with opened(filled(tmp_path, "protected = true\n")) as pilot:
        await press(pilot, "b", "A", "x", "d", "enter")
        assert len(list((tmp_path / "blobs").rglob("*/*"))) == 5
        await press(pilot, "backspace")
        await enter(pilot, "place")
        await press(pilot, "enter")
        assert not listed(pilot)


async def test_what_could_not_be_deleted_is_told_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def delete_many(
        backend: LocalBackend, paths: Sequence[BlobPath]
    ) -> Sequence[StorageError | None]:
        return [AccessDenied("not yours") if "alpha" in path else None for path in paths]

    monkeypatch.setattr(LocalBackend, "delete_many", delete_many)
    async with opened(filled(tmp_path)) as pilot:
        await press(pilot, "b", "A", "x", "d")
        assert "1 could not be deleted: results/alpha not yours" in words(pilot)
        await press(pilot, "enter")
        assert "Deleted 4 of 5 blobs." in said(pilot)
        assert listed(pilot) == ["alpha"]


async def test_deleting_can_be_stopped_in_the_middle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, second = threading.Event(), threading.Event()
    delete, asked = LocalBackend.delete, []

    def slowly(backend: LocalBackend, path: BlobPath) -> None:
        asked.append(path)
        if len(asked) > 1:
            second.set()
            go_on.wait(60)
        delete(backend, path)

    monkeypatch.setattr(LocalBackend, "delete", slowly)
    async with opened(filled(tmp_path)) as pilot:
        await press(pilot, "b", "A", "x")
        await pilot.press("d")
        while not (second.is_set() and isinstance(pilot.app.screen, ProgressDialog)):
            await pilot.pause()
        screen = pilot.app.screen
        await until(pilot, lambda: not screen.has_class("-early") and "1 of 5" in words(pilot))
        await pilot.press("escape")
        go_on.set()
        await settle(pilot)
        assert len(asked) == 2
        assert "Deleted 1 of 5 blobs." in said(pilot)


async def test_they_are_downloaded_into_a_folder(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    async with opened(filled(tmp_path)) as pilot:
        await press(pilot, "b", "A")
        await into(pilot, tmp_path / "nowhere")
        assert "there is no folder" in words(pilot)
        field = pilot.app.screen.query_one(Input)
        field.value = str(tmp_path / "to")
        await press(pilot, "enter")
        assert "Downloaded 5 blobs to" in said(pilot) or "Downloaded 5 files" in said(pilot)
        assert sorted(each.name for each in (tmp_path / "to").iterdir()) == sorted(BLOBS)
        assert (tmp_path / "to" / "delta").read_bytes() == b"xxx"


@pytest.mark.parametrize(("answer", "kept"), [("l", True), ("r", False), ("c", True)])
async def test_files_that_are_there_are_replaced_only_if_that_is_asked_for(
    tmp_path: Path, answer: str, kept: bool
) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "delta").write_text("mine")
    async with opened(filled(tmp_path)) as pilot:
        await press(pilot, "b", "a", "a")
        await into(pilot, tmp_path / "to")
        assert "1 of 2 files are there already" in words(pilot)
        await press(pilot, answer)
        assert ((tmp_path / "to" / "delta").read_text() == "mine") == kept
        assert (tmp_path / "to" / "alpha").exists() == (answer != "c")


async def test_those_of_folders_keep_their_folders_and_what_fails_is_told(tmp_path: Path) -> None:
    (tmp_path / "to" / "raw" / "2026" / "report.txt").mkdir(parents=True)
    async with opened(shared(tmp_path)) as pilot:
        await press(pilot, "b", "5", "A")
        await into(pilot, tmp_path / "to")
        assert "1 could not be downloaded:" in words(pilot)
        assert "report.txt is a folder" in words(pilot)
        await press(pilot, "enter")
        assert (tmp_path / "to" / "raw" / "2026" / "11" / "data.csv").read_text() == "a,b\n1,2\n"
        assert not list((tmp_path / "to").rglob("*.part"))


async def test_servers_delete_many_in_one_request(
    tmp_path: Path, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    delete_many = RemoteBackend.delete_many

    def counted(backend: RemoteBackend, paths: Sequence[BlobPath]) -> Sequence[StorageError | None]:
        asked.append(len(paths))
        return delete_many(backend, paths)

    monkeypatch.setattr(RemoteBackend, "delete_many", counted)
    bucket = s3_server.new_bucket()
    path = write(
        tmp_path / "storage.toml",
        f'[storage.cloud]\ntype = "s3"\nbucket = "{bucket}"\nregion_name = "{REGION}"\n'
        f'endpoint_url = "{s3_server.endpoint_url}"\n'
        f"aws_access_key_id = {dumps(s3_server.access_key_id)}\n"
        f"aws_secret_access_key = {dumps(s3_server.secret_access_key)}\n",
    )
    for number in range(30):
        s3_server.client.put_object(Bucket=bucket, Key=f"results/{number:04}", Body=b"{}")
    async with opened(path) as pilot:
        await press(pilot, "b", "A", "a", "x")
        assert "Delete 29 blobs" in words(pilot)
        await press(pilot, "d")
        assert len(listed(pilot)) == 1
    assert asked == [29]
    assert s3_server.client.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
