"""What is pasted: whole or not at all, and without what was copied along."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from time import monotonic
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.driving import opened, press, read, said, screen_text, settle, the_list, words, write
from tui.features.form.field import Field
from tui.features.form.screen import FormScreen

JSON = '{\n  "type": "authorized_user",\n  "refresh_token": "SECRET"\n}\n'


async def paste(pilot: Pilot[Any], text: str) -> None:
    """As a terminal hands it over."""
    pilot.app.post_message(events.Paste(text))
    await settle(pilot)


def field(pilot: Pilot[Any], name: str) -> Field:
    """The field of a setting."""
    return pilot.app.screen.query_one(f"#field-{name}", Field)


@pytest.mark.parametrize(
    "text", ["  acme-results  ", "\tacme-results\r\n", "\ufeffacme-results\u200b", '"acme-results"']
)
async def test_what_is_copied_along_with_a_bucket_is_dropped_and_nothing_is_doubted(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "storage.toml"
    async with opened(path) as pilot:
        await press(pilot, "n", "6")
        await paste(pilot, text)
        assert "s3://acme-results/results/…" in screen_text(pilot)
        await press(pilot, "tab")
        assert "lower-case" not in words(pilot)
        assert field(pilot, "bucket").value == "acme-results"
        await paste_name(pilot, "\u00a0prod ")
        assert pilot.app.screen is not the_list(pilot)
        await press(pilot, "escape")
    assert read(path)["storage"]["prod"]["bucket"] == "acme-results"


async def paste_name(pilot: Pilot[Any], text: str) -> None:
    """Name what the form holds, and save it."""
    field(pilot, "name").focus_target.focus()
    await settle(pilot)
    await paste(pilot, text)
    await press(pilot, "ctrl+s")


async def test_a_blank_at_the_end_of_a_path_stays_and_is_pointed_out(tmp_path: Path) -> None:
    async with opened(tmp_path / "storage.toml") as pilot:
        await press(pilot, "n", "5")
        await paste(pilot, f"  {tmp_path}/blobs ")
        await press(pilot, "tab")
        assert field(pilot, "storage_path").value == f"{tmp_path}/blobs "
        assert "the blank at the end" in words(pilot)
        await press(pilot, "shift+tab", "ctrl+u")
        await paste(pilot, f"'{tmp_path}/blobs'\n")
        await press(pilot, "tab")
        assert field(pilot, "storage_path").value == f"{tmp_path}/blobs"
        assert "⚠" not in screen_text(pilot)


REFUSED = [
    ("SECRET-1\nSECRET-2\n", "it has 2 lines, and one fits here"),
    ("SECRET-1\r\nSECRET-2\r\nx", "it has 3 lines"),
    ("SECRET\x1b[31m", "the control character U+001B"),
    ("SECRET\t2", "it has a tab in it"),
    ("SECRET" * 200_000, "it has 1,200,000 characters"),
]


async def test_a_line_takes_nothing_of_what_it_cannot_take_whole_and_says_so(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "storage.toml") as pilot:
        await press(pilot, "n", "6")
        for setting in ("bucket", "aws_secret_access_key", "name"):
            field(pilot, setting).focus_target.focus()
            await settle(pilot)
            await paste(pilot, "old")
            for text, reason in REFUSED:
                pilot.app.clear_notifications()
                started = monotonic()
                await paste(pilot, text)
                assert monotonic() - started < 3
                assert field(pilot, setting).value == "old"
                assert said(pilot).startswith("Nothing was pasted: ")
                assert reason in said(pilot)
                assert "SECRET" not in said(pilot)


async def test_the_json_of_a_service_account_is_taken_whole_wherever_it_is_pasted(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "storage.toml", (120, 40)) as pilot:
        await press(pilot, "n", "3")
        field(pilot, "service_account_info").focus_target.focus()
        await settle(pilot)
        for source in (0, 1, 3):
            # Here, copied from a file, in a file.
            await press(pilot, "f6", *["down"] * source, "enter")
            assert isinstance(pilot.app.focused, Input) == (source > 0)
            await paste(pilot, f"\ufeff{JSON}".replace("\n", "\r\n"))
            assert field(pilot, "service_account_info").value.strip() == JSON.strip()
            assert "SECRET" not in screen_text(pilot)


async def test_a_paste_where_nothing_is_typed_is_told(tmp_path: Path) -> None:
    text = '[storage.a]\ntype = "file"\nbase_path = "memory://a"\nprotected = true\n'
    async with opened(write(tmp_path / "storage.toml", text), (120, 40)) as pilot:
        await press(pilot, "e")
        form = pilot.app.screen
        assert isinstance(form, FormScreen)
        for place in ("#field-key_type", "#field-protected", "#more", "#save"):
            pilot.app.clear_notifications()
            widget = form.query_one(place)
            (widget.focus_target if isinstance(widget, Field) else widget).focus()
            await settle(pilot)
            await paste(pilot, "text")
            assert "Nothing was pasted" in said(pilot)


async def test_a_paste_while_a_list_is_open_goes_into_the_field(tmp_path: Path) -> None:
    async with opened(tmp_path / "storage.toml", (120, 40)) as pilot:
        await press(pilot, "n", "6")
        region = field(pilot, "region_name")
        region.focus_target.focus()
        await settle(pilot)
        await press(pilot, "down")
        await paste(pilot, "eu-west-3")
        assert region.value == "eu-west-3"


@pytest.mark.parametrize("keys", ["r", "D", "slash", "ctrl+p"])
async def test_the_fields_of_dialogs_and_of_the_filter_refuse_as_those_of_forms(
    tmp_path: Path, keys: str
) -> None:
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        await press(pilot, keys)
        before = pilot.app.focused
        assert isinstance(before, Input)
        value = before.value
        await paste(pilot, f"{token_hex(4)}\n{token_hex(4)}")
        assert before.value == value
        assert "it has 2 lines" in said(pilot)


@pytest.mark.parametrize("keys", [[], ["n"], ["x"], ["t"], ["question_mark"], ["b"]])
async def test_a_paste_into_a_list_or_a_dialog_without_a_field_is_told(
    tmp_path: Path, keys: list[str]
) -> None:
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        await press(pilot, "j", *keys)
        before = pilot.app.screen
        await paste(pilot, "6abc")
        assert pilot.app.screen is before
        typed = "nothing is typed here"
        reason = "it is no block of credentials that is known" if keys == ["n"] else typed
        assert said(pilot) == f"Nothing was pasted: {reason}."
