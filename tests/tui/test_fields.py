"""What the fields of a form help with: lists of suggestions, the source of a value, a file."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.driving import enter, press, read, screen_text, settle
from tui.app import StorageApp
from tui.screens.form import FormScreen
from tui.widgets.field import Field
from tui.widgets.menu import Menu


def service_account() -> str:
    """The JSON of a service account made up here."""
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "acme",
            "client_email": "app@acme.iam.gserviceaccount.com",
            "private_key_id": secrets.token_hex(20),
            "private_key": secrets.token_hex(64),
            "token_uri": "https://oauth2.googleapis.com/token",
        }
    )


def field(pilot: Pilot[None], name: str) -> Field:
    """A field of the form."""
    screen = pilot.app.screen
    assert isinstance(screen, FormScreen)
    return next(each for each in screen.fields() if each.setting.name == name)


async def test_a_service_account_is_copied_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "storage.toml"
    account = tmp_path / "account.json"
    text = service_account()
    account.write_text(text)
    async with StorageApp(path).run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "3")
        await enter(pilot, "acme-models")
        info = field(pilot, "service_account_info")
        info.focus_target.focus()
        await press(pilot, "f6", "down", "enter")
        await enter(pilot, str(tmp_path / "nowhere.json"))
        await press(pilot, "tab")
        assert "there is no such file" in screen_text(pilot)
        info.focus_target.focus()
        await press(pilot, "end", "ctrl+u")
        await enter(pilot, str(account))
        await press(pilot, "tab")
        assert info.value == text
        assert text[:40] not in screen_text(pilot)
        field(pilot, "name").focus_target.focus()
        await enter(pilot, "models")
        await press(pilot, "ctrl+s")
    assert json.loads(read(path)["storage"]["models"]["service_account_info"]) == json.loads(text)


async def test_the_arrow_down_lists_aws_regions_and_typing_narrows_them(tmp_path: Path) -> None:
    async with StorageApp(tmp_path / "storage.toml").run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "6")
        region = field(pilot, "region_name")
        region.focus_target.focus()
        await press(pilot, "down")
        assert "ap-east-1" in screen_text(pilot)
        await enter(pilot, "eu-w")
        assert "eu-west-1" in screen_text(pilot)
        assert "ap-east-1" not in screen_text(pilot)
        await press(pilot, "down", "enter")
        assert region.value == "eu-west-2"
        assert not pilot.app.screen.query(Menu)
        assert pilot.app.focused is region.focus_target


async def test_escape_closes_the_list_and_not_the_form(tmp_path: Path) -> None:
    async with StorageApp(tmp_path / "storage.toml").run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "6")
        region = field(pilot, "region_name")
        region.focus_target.focus()
        await press(pilot, "down", "escape")
        assert isinstance(pilot.app.screen, FormScreen)
        assert not pilot.app.screen.query(Menu)
        assert region.value == ""


async def test_the_variables_of_the_environment_are_listed_for_a_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_S3_SECRET", secrets.token_hex())
    async with StorageApp(tmp_path / "storage.toml").run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "6")
        secret = field(pilot, "aws_secret_access_key")
        secret.focus_target.focus()
        await press(pilot, "f6", "down", "enter")
        await enter(pilot, "acme")
        await press(pilot, "down")
        assert "ACME_S3_SECRET" in screen_text(pilot)
        await press(pilot, "enter")
        assert secret.value == "env:ACME_S3_SECRET"


async def test_settings_under_advanced_keep_their_values_when_nobody_opens_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "storage.toml"
    path.write_text('[storage.a]\ntype = "s3"\nbucket = "acme"\nprefix = "team"\n')
    async with StorageApp(path).run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "end")
        await enter(pilot, "2")
        await press(pilot, "ctrl+s")
    table = read(path)["storage"]["a"]
    assert (table["bucket"], table["prefix"]) == ("acme2", "team")


async def test_the_first_setting_under_advanced_is_in_sight_when_they_are_opened(
    tmp_path: Path,
) -> None:
    async with StorageApp(tmp_path / "storage.toml").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "6", "f3")
        await enter(pilot, "team-of-ours")
        assert "team-of-ours" in screen_text(pilot)
