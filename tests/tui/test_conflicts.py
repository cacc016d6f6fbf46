"""The file changes on disk while a form is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.tui.driving import TWO, enter, press, read, screen_text, settle, the_list, write
from tui import draft
from tui.app import StorageApp
from tui.history import RecordingFile


async def test_a_change_of_another_configuration_is_merged(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "e", "end")
        await enter(pilot, "2")
        write(path, TWO.replace("/data/storage", "/elsewhere"))
        await press(pilot, "ctrl+s")
        assert pilot.app.screen is the_list(pilot)
    tables = read(path)["storage"]
    assert tables["laptop"]["storage_path"] == "/elsewhere"
    assert tables["prod"]["bucket"] == "acme-results2"


@pytest.mark.parametrize(
    ("keys", "bucket", "region"),
    [
        (["enter"], "acme-results", "us-east-1"),
        (["right", "enter"], "acme-results", "us-east-1"),
        (["right", "right", "enter"], "acme-results2", "us-east-1"),
    ],
    ids=["keep editing", "take theirs", "save mine"],
)
async def test_a_change_of_the_same_configuration_is_asked_about(
    tmp_path: Path, keys: list[str], bucket: str, region: str
) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "end")
        await enter(pilot, "2")
        write(path, TWO.replace("eu-west-1", "us-east-1"))
        await press(pilot, "ctrl+s")
        text = screen_text(pilot)
        assert "prod was changed in the file meanwhile" in text
        assert "us-east-1" in text
        assert "acme-results2" in text
        await press(pilot, *keys)
        assert (pilot.app.screen is the_list(pilot)) == (keys != ["enter"])
    table = read(path)["storage"]["prod"]
    assert (table["bucket"], table["region_name"]) == (bucket, region)


async def test_a_configuration_deleted_meanwhile_can_be_saved_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "j", "e", "end")
        await enter(pilot, "2")
        write(path, TWO[: TWO.index("[storage.laptop]")])
        await press(pilot, "ctrl+s")
        assert "laptop was deleted in the file meanwhile" in screen_text(pilot)
        await press(pilot, "right", "right", "enter")
    assert read(path)["storage"]["laptop"]["storage_path"] == "/data/storage2"


@pytest.mark.parametrize("what", ["a setting", "the name"])
def test_a_change_between_the_last_look_and_the_lock_is_a_conflict(
    tmp_path: Path, what: str
) -> None:
    path = write(tmp_path / "storage.toml")
    file = RecordingFile(path)
    before = file.load().entries["prod"]
    theirs = TWO.replace("eu-west-1", "us-east-1")

    class Overtaken(RecordingFile):
        def _rewrite(self, change: Callable[[str, Mapping[str, Any]], str]) -> None:
            write(path, theirs)
            super()._rewrite(change)

    changes = {"bucket": "mine"} if what == "a setting" else {}
    name = "prod" if what == "a setting" else "live"
    with pytest.raises(draft.ChangedMeanwhile) as caught:
        draft.save_edit(Overtaken(path), before, changes, name)
    assert caught.value.current is not None
    assert caught.value.current.table["region_name"] == "us-east-1"
    assert path.read_text() == theirs
