"""A table that the app does not understand is mended with `e`, or told to be for a text editor."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.driving import TWO, enter, press, read, said, screen_text, settle, the_list, write
from tui.app import StorageApp
from tui.screens.form import FormScreen
from tui.screens.picker import PickerScreen

UNKNOWN = TWO.replace('"s3"', '"s4"  # newer')


async def test_a_type_is_chosen_for_a_table_whose_own_is_unknown(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", UNKNOWN)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, PickerScreen)
        assert "Choose the type of prod" in screen_text(pilot)
        assert "type 's4' is unknown; did you mean 's3'?" in screen_text(pilot)
        # What was probably meant has the cursor.
        await press(pilot, "enter")
        assert "Edit prod" in screen_text(pilot)
        assert "In the file its type is s4; saving makes it S3 Storage." in screen_text(pilot)
        assert "acme-results" in screen_text(pilot)
        await press(pilot, "ctrl+s")
        assert pilot.app.screen is the_list(pilot)
        assert "Saved prod." in said(pilot)
        await press(pilot, "u")
        assert path.read_text() == UNKNOWN
        await press(pilot, "ctrl+r")
    assert path.read_text() == UNKNOWN.replace("s4", "s3")


async def test_the_settings_say_which_type_was_meant_where_there_is_none(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('type = "local"\n', ""))
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "j", "e", "enter", "end")
        await enter(pilot, "2")
        await press(pilot, "ctrl+s")
    table = read(path)["storage"]["laptop"]
    assert (table["type"], table["storage_path"]) == ("local", "/data/storage2")


async def test_keys_that_do_not_fit_the_chosen_type_are_told_before_saving(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", UNKNOWN)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "3")
        assert isinstance(pilot.app.screen, FormScreen)
        text = screen_text(pilot)
        assert "region_name is no setting of Google Cloud Storage; saving removes it." in text
        await press(pilot, "escape")
    assert path.read_text() == UNKNOWN


async def test_no_type_chosen_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", UNKNOWN)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "escape")
        assert pilot.app.screen is the_list(pilot)
    assert path.read_text() == UNKNOWN


@pytest.mark.parametrize(
    "content", ["[storage]\nprod = 5\n", '[storage.prod.live]\ntype = "s3"\nbucket = "acme"\n']
)
async def test_what_no_form_can_mend_is_left_to_a_text_editor(tmp_path: Path, content: str) -> None:
    path = write(tmp_path / "storage.toml", content)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert "Mend it in the file" in screen_text(pilot)
        await press(pilot, "e")
        assert pilot.app.screen is the_list(pilot)
        assert "storage.toml:" in said(pilot)
        assert "only a text editor can mend that" in said(pilot)
    assert path.read_text() == content
