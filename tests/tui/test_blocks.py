"""A pasted block of credentials fills the fields that it belongs in, wherever it is pasted."""

from __future__ import annotations

import json
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tests.tui.driving import enter, opened, press, read, said, screen_text, settle, the_list, write
from tui.features.form.field import Field
from tui.features.form.picker import TypePicker
from tui.features.form.screen import FormScreen

ID, SECRET = "AKIAIOSFODNN7EXAMPLE", token_hex(20)
KEYS = {"aws_access_key_id": ID, "aws_secret_access_key": SECRET}
EXPORTS = (
    f"# of the console\nexport AWS_ACCESS_KEY_ID={ID}\nexport AWS_SECRET_ACCESS_KEY='{SECRET}'\n"
    "export AWS_PAGER=\n"
)
AZURE = (
    "DefaultEndpointsProtocol=https;AccountName=acme;"
    f"AccountKey={SECRET}0000==;EndpointSuffix=core.windows.net"
)
GOOGLE = json.dumps(
    {
        "type": "service_account",
        "project_id": "acme-1",
        "client_email": "a@acme-1.iam.gserviceaccount.com",
        "private_key": f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n",
        "token_uri": "https://oauth2.googleapis.com/token",
    },
    indent=1,
)
RCLONE = (
    f"[minio]\ntype = s3\nprovider = Minio\naccess_key_id = {ID}\nsecret_access_key = {SECRET}\n"
    "endpoint = http://127.0.0.1:9000\nregion = eu-west-1\n"
)
BLOCKS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "export": ("s", EXPORTS, KEYS),
    "profile": (
        "s",
        (
            f"[profile acme]\r\naws_access_key_id = {ID}\r\naws_secret_access_key = {SECRET}\r\n"
            "region = eu-west-1\r\n"
        ),
        {**KEYS, "region_name": "eu-west-1"},
    ),
    "json": (
        "s",
        json.dumps(
            {"Credentials": {"AccessKeyId": ID, "SecretAccessKey": SECRET, "SessionToken": "tok"}}
        ),
        {**KEYS, "aws_session_token": "tok"},
    ),
    "azure": ("a", AZURE, {"connection_string": AZURE}),
    "google": ("g", GOOGLE, {"service_account_info": GOOGLE, "project": "acme-1"}),
    "rclone": (
        "s",
        RCLONE,
        {**KEYS, "endpoint_url": "http://127.0.0.1:9000", "region_name": "eu-west-1"},
    ),
}


async def paste(pilot: Pilot[Any], text: str) -> None:
    """As a terminal hands it over."""
    pilot.app.clear_notifications()
    pilot.app.post_message(events.Paste(text))
    await settle(pilot)


def field(pilot: Pilot[Any], name: str) -> Field:
    """The field of a setting."""
    return pilot.app.screen.query_one(f"#field-{name}", Field)


def filled(pilot: Pilot[Any], values: dict[str, Any]) -> bool:
    """Whether these settings are entered."""
    return {name: field(pilot, name).value for name in values} == values


@pytest.mark.parametrize(
    ("block", "places"),
    [
        ("export", ("list", "picker", "first", "name")),
        ("profile", ("first",)),
        ("json", ("picker",)),
        ("azure", ("name",)),
        ("google", ("list",)),
        ("rclone", ("picker",)),
    ],
)
async def test_a_block_fills_its_fields_from_any_line_and_from_the_types(
    tmp_path: Path, block: str, places: tuple[str, ...]
) -> None:
    letter, text, values = BLOCKS[block]
    async with opened(tmp_path / "storage.toml", (120, 40)) as pilot:
        for place in places:
            if place != "list":
                await press(pilot, "n")
            if place in ("first", "name"):
                await press(pilot, letter)
            if place == "name":
                field(pilot, "name").focus_target.focus()
                await settle(pilot)
            await paste(pilot, text)
            assert filled(pilot, values)
            assert said(pilot).startswith("Filled ")
            assert SECRET not in said(pilot) + screen_text(pilot)
            assert field(pilot, "name").value == ""
            # On the way to the bucket, which no block names.
            assert (
                pilot.app.focused
                is field(pilot, "container" if letter == "a" else "bucket").focus_target
            )
            await press(pilot, "ctrl+z")
            assert all(not field(pilot, name).value for name in values)
            await press(pilot, "escape")
            assert pilot.app.screen is the_list(pilot)


async def test_what_no_field_takes_is_told_by_its_name(tmp_path: Path) -> None:
    async with opened(tmp_path / "storage.toml", (120, 40)) as pilot:
        await press(pilot, "n", "s")
        await paste(pilot, EXPORTS)
        assert "left out AWS_PAGER" in said(pilot)


async def test_the_keys_of_one_and_the_token_of_another_are_never_put_together(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "storage.toml", (120, 40)) as pilot:
        await press(pilot, "n", "s")
        await paste(pilot, BLOCKS["json"][1])
        await paste(pilot, EXPORTS.replace(ID, "AKIAOTHER"))
        assert field(pilot, "aws_session_token").value == ""
        assert "emptied AWS Session Token" in said(pilot)
        await press(pilot, "ctrl+z")
        assert filled(pilot, BLOCKS["json"][2])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (AZURE, "it is for Azure Blob Storage, and this is S3 Storage"),
        (f"[a]\naws_access_key_id={ID}\n", "it has only one of AWS Access Key ID"),
        (
            "\n".join(
                f"[{name}]\naws_access_key_id={ID}\naws_secret_access_key={SECRET}" for name in "ab"
            ),
            "it is a block for 2 configurations",
        ),
        ("export EDITOR=vi\nexport PAGER=less", "it has 2 lines, and one fits here"),
    ],
    ids=["other type", "half", "two", "unknown"],
)
async def test_a_block_that_cannot_be_taken_changes_nothing_and_the_reason_is_told(
    tmp_path: Path, text: str, reason: str
) -> None:
    async with opened(tmp_path / "storage.toml", (120, 40)) as pilot:
        await press(pilot, "n", "s")
        await enter(pilot, "acme")
        await paste(pilot, text)
        assert said(pilot).startswith(f"Nothing was pasted: {reason}")
        assert SECRET not in said(pilot)
        form = pilot.app.screen
        assert isinstance(form, FormScreen)
        assert [each.value for each in form.fields() if each.value] == ["acme"]


async def test_what_only_looks_like_a_block_is_pasted_as_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path / "storage.toml", (120, 40)) as pilot:
        await press(pilot, "n", "s")
        field(pilot, "aws_secret_access_key").focus_target.focus()
        await settle(pilot)
        await paste(pilot, '{"a": 1}')
        assert field(pilot, "aws_secret_access_key").value == '{"a": 1}'


async def test_the_list_and_the_types_take_nothing_else(tmp_path: Path) -> None:
    async with opened(tmp_path / "storage.toml", (120, 40)) as pilot:
        await paste(pilot, "acme")
        assert "Nothing was pasted" in said(pilot)
        await press(pilot, "n")
        await paste(pilot, "s\nacme")
        assert "Nothing was pasted: it is no block of credentials that is known" in said(pilot)
        assert isinstance(pilot.app.screen, TypePicker)


async def test_a_block_pasted_into_an_edited_one_is_saved_with_it(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "j", "k", "e")
        assert "Edit prod" in screen_text(pilot)
        await paste(pilot, BLOCKS["profile"][1].replace("eu-west-1", "eu-west-3"))
        assert "• 3 changed" in screen_text(pilot)
        assert "Region Name •" in screen_text(pilot)
        await press(pilot, "ctrl+z")
        assert "changed" not in screen_text(pilot).splitlines()[0]
        await paste(pilot, BLOCKS["profile"][1].replace("eu-west-1", "eu-west-3"))
        await press(pilot, "ctrl+s")
    assert read(path)["storage"]["prod"]["region_name"] == "eu-west-3"
    assert read(path)["storage"]["prod"]["aws_secret_access_key"] == SECRET
