"""Export in the app: the text that the command writes, and no secret but where one asks for it."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from storage_core import ConfigFile
from storage_core.exporting import export
from tests.tui.driving import (
    TWO,
    opened,
    press,
    said,
    screen_text,
    selected,
    settle,
    the_list,
    words,
    write,
)
from tui.features.exporting.dialog import ExportDialog
from tui.kit.pager import Pager
from tui.session.exports import FORMS, Exports


def secretive(path: Path, *secrets: str) -> Path:
    """Configurations with a secret in every kind of place."""
    first, second, third = secrets
    key = json.dumps(
        {"type": "service_account", "project_id": "acme", "private_key": third, "client_email": "a"}
    )
    connection = f"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={second}"
    return write(
        path,
        f"""\
[storage.aws]
type = "s3"
bucket = "acme"
aws_access_key_id = "AKIAEXAMPLE"
aws_secret_access_key = "{first}"
options = {{ password = "{first}" }}

[storage.azure]
type = "azure"
container = "acme"
connection_string = "{connection}"

[storage.google]
type = "gcs"
bucket = "acme"
service_account_info = '''{key}'''

[storage.server]
type = "file"
base_path = "ftp://me:{first}@files/acme"

[storage.referred]
type = "s3"
bucket = "acme"
aws_access_key_id = "AKIAEXAMPLE"
aws_secret_access_key = "env:A_SECRET"
options = {{ token = {{ ref = "env:A_SECRET" }} }}
""",
    )


def exported(path: Path, name: str, form: str, *, reveal: bool = False) -> str:
    """What the command would write."""
    found = ConfigFile(path).load()
    return export([found[name]], form, default=found.default, reveal=reveal).text


async def rows_of(pilot: Pilot[Any], *names: str) -> None:
    """Open the export of some rows."""
    screen = the_list(pilot)
    found = [row for row in screen.table.rows if row.name in names]
    screen.start(screen.open("export", found))
    while not isinstance(pilot.app.screen, ExportDialog):
        await pilot.pause()
    await settle(pilot)


async def test_a_form_is_chosen_by_its_digit_or_its_letter_and_copied_without_secrets(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "E")
        assert "2 ○ fsspec" in screen_text(pilot)
        assert "type = alias" in screen_text(pilot)
        await press(pilot, "3", "f")
        assert "2 ● fsspec" in screen_text(pilot)
        await press(pilot, "c")
        assert pilot.app.clipboard == exported(path, "prod", "fsspec")
        assert "fsspec" in said(pilot)
        await press(pilot, "left", "left", "enter")
        assert pilot.app.clipboard == exported(path, "prod", FORMS[-1])


def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, tuple[str, ...]]:
    """A file with secrets of every kind, and these."""
    aws, azure, google, variable = (token_hex(16) for _ in range(4))
    azure = base64.b64encode(azure.encode()).decode()
    monkeypatch.setenv("A_SECRET", variable)
    path = secretive(tmp_path / "storage.toml", aws, azure, google)
    return path, (aws, azure, google, variable)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["aws", "azure", "google", "server", "referred"])
def test_what_is_shown_holds_no_secret_and_with_secrets_their_mask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, form: str
) -> None:
    path, secrets = given(tmp_path, monkeypatch)
    exports = Exports([ConfigFile(path).load()[name]], None)
    for asked in (False, True):
        shown = exports.shown(form, secrets=asked)
        text = shown.text + decoded(shown.text) + "".join(shown.notes) + shown.problem
        assert [secret for secret in secrets if secret[:8] in text] == []
        if (form, name) == ("msc", "server"):
            assert "multi-storage-client has nothing for" in shown.problem
        elif asked and (form, name) != ("rclone", "server"):
            # rclone obscures passwords, so the mask is as well.
            assert "****" in text
            taken = exports.text(form, secrets=True)
            assert any(secret in taken + decoded(taken) for secret in secrets)


async def test_no_secret_is_on_screen_in_any_form_with_secrets_or_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, secrets = given(tmp_path, monkeypatch)
    async with opened(path, (160, 100)) as pilot:
        await rows_of(pilot, "aws", "azure", "google", "server", "referred")
        for key in ("1", "4", "5", "6", "7", "s", "6", "5", "4", "1"):
            await press(pilot, key)
            text = screen_text(pilot)
            assert "acme" in text or "STORAGE_CONFIG_TEXT=" in text
            shown = text + decoded(preview(pilot))
            assert [secret for secret in secrets if secret[:8] in shown] == []


def preview(pilot: Pilot[Any]) -> str:
    """The text in the dialog, without what is beside it."""
    left, top, width, height = pilot.app.screen.query_one(Pager).content_region
    lines = screen_text(pilot).splitlines()[top : top + height]
    return "\n".join(line[left : left + width] for line in lines)


def decoded(text: str) -> str:
    """What is in the base64 of a line for an env file."""
    _, found, rest = text.partition("STORAGE_CONFIG_TEXT=base64:")
    if not found:
        return ""
    return base64.b64decode("".join(rest.split())).decode()


async def test_secrets_are_copied_only_after_they_were_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = token_hex()
    monkeypatch.setenv("PROD_S3_SECRET", secret)
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "E", "7", "c")
        assert secret not in pilot.app.clipboard
        await press(pilot, "s", "c")
        assert "With secrets" in screen_text(pilot)
        assert pilot.app.clipboard == exported(path, "prod", "toml", reveal=True)
        assert secret in pilot.app.clipboard
        assert secret[:8] not in screen_text(pilot)
        await press(pilot, "s", "c")
        assert secret not in pilot.app.clipboard


async def test_it_is_written_to_a_file_for_its_owner_only_and_asks_before_it_replaces_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path / "storage.toml")
    target = write(tmp_path / "rclone.conf", "[mine]\n")
    target.chmod(0o644)
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "E", "w", "enter")
        assert "is there already" in words(pilot)
        await press(pilot, "enter")
        assert target.read_text() == "[mine]\n"
        await press(pilot, "enter", "r")
        assert "only you can read it" in said(pilot)
        assert pilot.app.screen is the_list(pilot)
    assert target.read_text() == exported(path, "prod", "rclone")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


async def test_no_file_with_configurations_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path / "storage.toml", f'include = ["team.toml"]\n{TWO}')
    write(tmp_path / "team.toml", '[storage.shared]\ntype = "temporary"\n')
    (tmp_path / "link.toml").symlink_to(path)
    before = path.read_text(), (tmp_path / "team.toml").read_text()
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "E", "w")
        for over in ("link.toml", "team.toml"):
            field = pilot.app.screen.query_one(Input)
            field.value = over
            await press(pilot, "enter")
            assert "is the configuration file itself (or a layer beneath it)" in words(pilot)
        await press(pilot, "escape", "escape")
    assert (path.read_text(), (tmp_path / "team.toml").read_text()) == before


async def test_what_the_command_refuses_is_said_in_the_same_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PROD_S3_SECRET")
    kv = '\n[storage.server]\ntype = "kv"\napi_address = "http://127.0.0.1:9"\n'
    async with opened(write(tmp_path / "storage.toml", TWO + kv), (120, 40)) as pilot:
        await press(pilot, "j", "j")
        assert selected(pilot).name == "server"
        await press(pilot, "E")
        assert "✗ server: rclone has nothing for KV Server Storage" in words(pilot)
        await press(pilot, "c")
        assert pilot.app.clipboard == ""
        assert "rclone has nothing" in said(pilot)
        await press(pilot, "escape", "g", "E", "s")
        assert "PROD_S3_SECRET is not set" in words(pilot)


async def test_several_are_exported_as_one_text(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    found = ConfigFile(path).load()
    async with opened(path, (120, 40)) as pilot:
        await rows_of(pilot, "prod", "laptop")
        assert "Export 2 configurations" in screen_text(pilot)
        await press(pilot, "7", "c")
        wanted = export([found["prod"], found["laptop"]], "toml", default="prod").text
        assert pilot.app.clipboard == wanted
