"""A table that the app does not understand is mended with `e`, or told to be for a text editor."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import pytest

from tests.tui.driving import (
    TWO,
    enter,
    press,
    read,
    said,
    screen_text,
    settle,
    the_list,
    words,
    write,
)
from tui.app import StorageApp
from tui.features.form.picker import TypePicker
from tui.features.form.screen import FormScreen

UNKNOWN = TWO.replace('"s3"', '"s4"  # newer')


async def test_a_type_is_chosen_for_a_table_whose_own_is_unknown(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", UNKNOWN)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, TypePicker)
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


@pytest.mark.parametrize(
    ("word", "key", "label"),
    [("azure", "account_key", "Account Name"), ("s3", "access_key", "AWS Access Key ID")],
)
async def test_what_may_be_a_secret_is_not_put_where_it_can_be_read(
    tmp_path: Path, word: str, key: str, label: str
) -> None:
    secret = token_hex(12)
    path = write(tmp_path / "storage.toml", f'[storage.a]\ntype = "{word}"\n{key} = "{secret}"\n')
    async with StorageApp(path).run_test(size=(120, 60)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        text = screen_text(pilot)
        assert f"{key} is no setting of" in text
        assert f"did you mean {label}? Saving removes it." in text
        form = pilot.app.screen
        assert isinstance(form, FormScreen)
        assert secret not in text
        assert secret not in form.entered.values().values()


async def test_what_is_probably_a_secret_is_taken_for_it_and_masked(tmp_path: Path) -> None:
    secret = token_hex(12)
    path = write(tmp_path / "storage.toml", f'[storage.a]\ntype = "s3"\ntoken = "{secret}"\n')
    async with StorageApp(path).run_test(size=(80, 60)) as pilot:
        await settle(pilot)
        assert "did you mean aws_session_token?" in words(pilot)
        await press(pilot, "e")
        form = pilot.app.screen
        assert isinstance(form, FormScreen)
        assert "token is taken for AWS Session Token; look at it." in screen_text(pilot)
        assert form.entered.values()["aws_session_token"] == secret
        assert secret not in screen_text(pilot)


async def test_a_path_under_a_misspelt_key_stays_relative_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    text = '[storage.a]\ntype = "local"\nstorage-path = "data"\n'
    path = write(tmp_path / "storage.toml", text)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        form = pilot.app.screen
        assert isinstance(form, FormScreen)
        assert form.entered.values()["storage_path"] == f"{tmp_path}/data"
        await press(pilot, "ctrl+s")
        assert pilot.app.screen is the_list(pilot)
    assert read(path)["storage"]["a"]["storage_path"] == f"{tmp_path}/data"


async def test_saving_what_is_still_broken_says_what_is_wrong(tmp_path: Path) -> None:
    text = '[storage.bad]\ntype = "s3"\nbucket = "acme"\ntimeout = "abc"\n'
    path = write(tmp_path / "storage.toml", text)
    async with StorageApp(path).run_test(size=(120, 60)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "ctrl+s")
        assert isinstance(pilot.app.screen, FormScreen)
        assert "must be a number" in screen_text(pilot)
        assert "Saved" not in said(pilot)
        await press(pilot, "escape")
    assert path.read_text() == text


async def test_saving_what_no_field_can_mend_does_not_say_that_it_is_saved(tmp_path: Path) -> None:
    text = '[storage.bad]\nid = "x"\ntype = "s3"\nbucket = "acme"\n'
    path = write(tmp_path / "storage.toml", text)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "ctrl+s")
        assert "Saved" not in said(pilot)
        assert "only a text editor can mend that" in said(pilot)
        assert "storage.toml:2: [storage.bad]: id must be a UUID" in said(pilot)
    assert path.read_text() == text
