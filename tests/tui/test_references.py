"""A value that is written as a reference, or chosen to be one, in the form of a storage."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from tests.tui.driving import enter, press, read, said, screen_text, settle, write
from tests.tui.test_fields import field, service_account
from tui.app import StorageApp
from tui.features.form.reference_field import HERE, ReferenceField
from tui.kit.menu import Menu
from tui.kit.secret import BULLET


async def s3_form(pilot: Pilot[None], name: str = "aws_secret_access_key") -> ReferenceField:
    """A new S3 form, the focus in the field of this setting."""
    await settle(pilot)
    await press(pilot, "n", "6")
    return at(pilot, name)


def at(pilot: Pilot[None], name: str) -> ReferenceField:
    """A field of the form, with the focus."""
    found = field(pilot, name)
    assert isinstance(found, ReferenceField)
    pilot.app.screen.set_focus(found.focus_target)
    return found


async def paste(pilot: Pilot[None], text: str) -> None:
    """As a terminal pastes."""
    pilot.app.screen.post_message(events.Paste(text))
    await settle(pilot)


@pytest.fixture
def app(tmp_path: Path) -> StorageApp:
    return StorageApp(tmp_path / "storage.toml")


@pytest.mark.parametrize(
    ("scheme", "target", "label"),
    [
        ("env", "PROD_S3_SECRET", "environment variable"),
        ("file", "/run/secrets/s3", "file"),
        ("keyring", "storage/prod", "keyring"),
    ],
)
async def test_a_written_reference_chooses_its_source_on_the_colon(
    app: StorageApp, scheme: str, target: str, label: str
) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        secret = await s3_form(pilot)
        await enter(pilot, scheme)
        assert secret.source == HERE
        await enter(pilot, ":")
        assert (secret.source, secret.input.value) == (scheme, "")
        await enter(pilot, target)
        line = next(each for each in screen_text(pilot).splitlines() if target in each)
        assert f"{scheme}:" not in line
        assert label in line
        assert secret.value == f"{scheme}:{target}"


@pytest.mark.parametrize("name", ["aws_secret_access_key", "aws_access_key_id"])
async def test_a_pasted_reference_chooses_its_source(app: StorageApp, name: str) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        found = await s3_form(pilot, name)
        await enter(pilot, "old")
        await press(pilot, "ctrl+shift+a")
        await paste(pilot, " env:PROD_S3_SECRET\n")
        assert (found.source, found.input.value) == ("env", "PROD_S3_SECRET")


async def test_a_reference_typed_in_one_burst_loses_no_character(app: StorageApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        secret = await s3_form(pilot)
        for typed in "env:PROD_S3_SECRET":
            pilot.app.post_message(events.Key(typed, typed))
        await settle(pilot)
        assert secret.value == "env:PROD_S3_SECRET"


async def test_the_readme_is_followed_key_by_key(app: StorageApp, tmp_path: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "6")
        for text in ("acme-results", "AKIAEXAMPLE", "env:PROD_S3_SECRET", "", "", "eu-west-1"):
            await enter(pilot, text)
            await press(pilot, "tab")
        await enter(pilot, "prod-results")
        await press(pilot, "ctrl+s")
    table = read(tmp_path / "storage.toml")["storage"]["prod-results"]
    assert table["aws_secret_access_key"] == "env:PROD_S3_SECRET"
    assert (table["aws_access_key_id"], table["region_name"]) == ("AKIAEXAMPLE", "eu-west-1")


async def test_backspace_takes_the_source_back_and_it_is_not_taken_again(app: StorageApp) -> None:
    secret_value = f"env:{secrets.token_hex(8)}"
    async with app.run_test(size=(120, 50)) as pilot:
        secret = await s3_form(pilot)
        await enter(pilot, "env:")
        await press(pilot, "backspace")
        assert (secret.source, secret.input.value) == (HERE, "env")
        await enter(pilot, secret_value.removeprefix("env"))
        assert secret.source == HERE
        assert secret.value == f"literal:{secret_value}"
        assert secret_value not in screen_text(pilot)
        assert "Stored as typed" in screen_text(pilot)
        await press(pilot, "ctrl+u")
        await enter(pilot, "env:X")
        assert secret.value == "env:X"


async def test_a_secret_that_begins_like_a_reference_is_kept_by_choosing_stored_here(
    app: StorageApp, tmp_path: Path
) -> None:
    value = f"env:{secrets.token_hex(8)}"
    async with app.run_test(size=(120, 50)) as pilot:
        secret = await s3_form(pilot)
        await paste(pilot, value)
        assert secret.source == "env"
        await press(pilot, "f6", "home", "enter")
        assert (secret.source, secret.input.value) == (HERE, value)
        assert value not in screen_text(pilot)
        await press(pilot, "end", "ctrl+u")
        await enter(pilot, value)
        assert secret.source == HERE
        for name, text in (("bucket", "acme"), ("aws_access_key_id", "AKIAEXAMPLE"), ("name", "a")):
            pilot.app.screen.set_focus(field(pilot, name).focus_target)
            await enter(pilot, text)
        await press(pilot, "ctrl+s", "escape", "e")
        again = at(pilot, "aws_secret_access_key")
        assert (again.source, again.input.value, again.changed) == (HERE, value, False)
    table = read(tmp_path / "storage.toml")["storage"]["a"]
    assert table["aws_secret_access_key"] == f"literal:{value}"


async def test_literal_says_that_the_rest_is_no_reference(app: StorageApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        secret = await s3_form(pilot)
        await enter(pilot, "literal:file:x")
        assert (secret.source, secret.input.value) == (HERE, "file:x")
        assert secret.value == "literal:file:x"


async def test_a_needless_literal_in_the_file_is_no_change(tmp_path: Path) -> None:
    path = write(
        tmp_path / "storage.toml",
        '[storage.a]\ntype = "s3"\nbucket = "acme"\naws_access_key_id = "AKIAEXAMPLE"\n'
        f'aws_secret_access_key = "literal:{secrets.token_hex()}"\n',
    )
    async with StorageApp(path).run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        assert not at(pilot, "aws_secret_access_key").changed


async def test_a_stored_secret_is_not_shown_by_typing_a_scheme_before_it(tmp_path: Path) -> None:
    stored = secrets.token_hex(8)
    path = write(
        tmp_path / "storage.toml",
        '[storage.a]\ntype = "s3"\nbucket = "acme"\naws_access_key_id = "AKIAEXAMPLE"\n'
        f'aws_secret_access_key = "{stored}"\n',
    )
    async with StorageApp(path).run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        secret = at(pilot, "aws_secret_access_key")
        await press(pilot, "home")
        await enter(pilot, "env:")
        assert secret.source == HERE
        assert stored not in screen_text(pilot)
        assert BULLET * 8 in screen_text(pilot)
        assert "F6 makes it a reference" in screen_text(pilot)


async def test_a_scheme_written_after_its_source_was_chosen_is_dropped(app: StorageApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        secret = await s3_form(pilot)
        await press(pilot, "f6", "down", "enter")
        assert secret.source == "env"
        await enter(pilot, "env:PROD_S3_SECRET")
        assert secret.value == "env:PROD_S3_SECRET"


async def test_a_reference_to_a_service_account_is_written_where_its_json_is_pasted(
    app: StorageApp,
) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "3")
        info = at(pilot, "service_account_info")
        for typed in "file:/run/secrets/gcs":
            pilot.app.post_message(events.Key(typed, typed))
        await settle(pilot)
        assert info.value == "file:/run/secrets/gcs"
        assert pilot.app.focused is info.input
        await press(pilot, "end", "ctrl+u", "backspace")
        assert pilot.app.focused is info.focus_target
        assert info.value == "file"
        await press(pilot, *["backspace"] * 4)
        await paste(pilot, account := service_account())
        assert info.value == account


async def test_tab_goes_from_value_to_value_and_back(app: StorageApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await s3_form(pilot, "aws_access_key_id")
        names = ["aws_secret_access_key", "aws_session_token", "profile_name", "region_name"]
        for name in names:
            await press(pilot, "tab")
            assert pilot.app.focused is field(pilot, name).focus_target
        for name in reversed(names[:-1]):
            await press(pilot, "shift+tab")
            assert pilot.app.focused is field(pilot, name).focus_target


async def test_f6_lists_the_sources_whole_and_gives_the_focus_back(app: StorageApp) -> None:
    async with app.run_test(size=(60, 20)) as pilot:
        secret = await s3_form(pilot)
        await enter(pilot, "abc")
        await press(pilot, "f6")
        for label in ("in this file ⚠", "environment variable $", "file ≡", "keyring ⚿"):
            assert label in screen_text(pilot)
        await press(pilot, "escape")
        assert not pilot.app.screen.query(Menu)
        assert pilot.app.focused is secret.input
        await enter(pilot, "def")
        assert secret.value == "abcdef"
        await press(pilot, "f6", "f6")
        assert not pilot.app.screen.query(Menu)


async def test_the_source_is_chosen_by_mouse(app: StorageApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        secret = await s3_form(pilot)
        await pilot.click(secret.query_one("Chooser"))
        await settle(pilot)
        await press(pilot, "end", "enter")
        assert secret.source == "keyring"
        assert pilot.app.focused is secret.input


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_the_field_and_the_help_say_how_a_source_is_chosen(
    app: StorageApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await s3_form(pilot)
        assert "in this file" in (text := screen_text(pilot))
        assert "F6 ▼" in text
        await press(pilot, "f1")
        assert "Choose where a secret" in screen_text(pilot)


async def test_a_remapped_key_is_the_one_that_is_shown(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", '[app.keys]\nsource = "ctrl+l"\n')
    async with StorageApp(path).run_test(size=(120, 50)) as pilot:
        await s3_form(pilot)
        assert "Ctrl+L ▼" in screen_text(pilot)


async def test_f6_on_a_field_without_a_source_says_so(app: StorageApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "6", "f6")
        assert not pilot.app.screen.query(Menu)
        assert "always kept in the file" in said(pilot)
