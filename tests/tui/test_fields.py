"""What the fields of a form help with: lists of suggestions, the source of a value, a file."""

from __future__ import annotations

import asyncio
import json
import secrets
from pathlib import Path

import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from tests.quoting import in_toml
from tests.tui.driving import enter, opened, press, read, said, screen_text, settle, words, write
from tui.features.form.field import BESIDE, Field
from tui.features.form.lines import Beside, More
from tui.features.form.screen import FormScreen
from tui.kit.menu import Menu


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


async def focus(pilot: Pilot[None], name: str) -> Field:
    """Put the focus on a field of the form."""
    found = field(pilot, name)
    found.focus_target.focus()
    await settle(pilot)
    return found


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "is a folder; name a file in it"),
        (b"", "is empty; name another file"),
        (b"\xff\xfe", "is not UTF-8 text; name another file"),
    ],
)
async def test_what_cannot_be_copied_says_so_of_the_file_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, fault: str
) -> None:
    monkeypatch.chdir(tmp_path)
    account = tmp_path / "account"
    if content is None:
        account.mkdir()
    else:
        account.write_bytes(content)
    async with opened(tmp_path / "storage.toml", (110, 50)) as pilot:
        await press(pilot, "n", "3")
        await focus(pilot, "service_account_info")
        await press(pilot, "f6", "down", "enter")
        await enter(pilot, "account")
        await press(pilot, "tab")
        text = words(pilot)
        assert fault in text
        assert "configuration file" not in text + said(pilot)


async def test_a_service_account_is_copied_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "storage.toml"
    account = tmp_path / "account.json"
    text = service_account()
    account.write_text(text)
    async with opened(path, (120, 50)) as pilot:
        await press(pilot, "n", "3")
        await enter(pilot, "acme-models")
        info = await focus(pilot, "service_account_info")
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
        await focus(pilot, "name")
        await enter(pilot, "models")
        await press(pilot, "ctrl+s")
    assert json.loads(read(path)["storage"]["models"]["service_account_info"]) == json.loads(text)


async def test_the_arrow_down_lists_aws_regions_and_typing_narrows_them(tmp_path: Path) -> None:
    async with opened(tmp_path / "storage.toml", (120, 50)) as pilot:
        await press(pilot, "n", "6")
        region = await focus(pilot, "region_name")
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
    async with opened(tmp_path / "storage.toml", (120, 50)) as pilot:
        await press(pilot, "n", "6")
        region = await focus(pilot, "region_name")
        await press(pilot, "down", "escape")
        assert isinstance(pilot.app.screen, FormScreen)
        assert not pilot.app.screen.query(Menu)
        assert region.value == ""


async def test_the_variables_of_the_environment_are_listed_for_a_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_S3_SECRET", secrets.token_hex())
    async with opened(tmp_path / "storage.toml", (120, 50)) as pilot:
        await press(pilot, "n", "6")
        secret = await focus(pilot, "aws_secret_access_key")
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
    async with opened(path, (120, 50)) as pilot:
        await press(pilot, "e", "end")
        await enter(pilot, "2")
        await press(pilot, "ctrl+s")
    table = read(path)["storage"]["a"]
    assert (table["bucket"], table["prefix"]) == ("acme2", "team")


async def test_the_first_setting_under_advanced_is_in_sight_when_they_are_opened(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "storage.toml", (80, 24)) as pilot:
        await press(pilot, "n", "6", "f3")
        await enter(pilot, "team-of-ours")
        assert "team-of-ours" in screen_text(pilot)


async def test_what_is_set_under_advanced_is_counted_while_it_is_folded(tmp_path: Path) -> None:
    async with opened(tmp_path / "storage.toml", (120, 50)) as pilot:
        await press(pilot, "n", "6")
        assert "▸ Advanced  (12 more)" in screen_text(pilot)
        await press(pilot, "f3")
        await enter(pilot, "team")
        assert "▾ Advanced  (12)" in screen_text(pilot)
        await press(pilot, "f3")
        assert "▸ Advanced  (12 more, 1 set)" in screen_text(pilot)
        await press(pilot, "f3", "end", "ctrl+u")
        await focus(pilot, "protected")
        await press(pilot, "space")
        await focus(pilot, "timeout")
        await enter(pilot, "30")
        await press(pilot, "f3")
        assert "▸ Advanced  (12 more, 2 set)" in screen_text(pilot)
        await press(pilot, "f3", "f3")
        assert "▸ Advanced  (12 more, 2 set)" in screen_text(pilot)


@pytest.mark.parametrize("size", [(120, 30), (80, 24), (60, 20)])
async def test_a_field_is_seen_whole_when_it_gets_the_focus_and_when_it_is_wrong(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened(tmp_path / "storage.toml", size) as pilot:
        await press(pilot, "n", "6", "f3")
        screen = pilot.app.screen
        assert isinstance(screen, FormScreen)
        around = screen.query_one("#fields").content_region
        screen.fields()[0].focus_target.focus()
        await settle(pilot)
        for each in screen.fields():
            await wait_for_animation(pilot)
            assert around.contains_region(each.region), each.setting.label
            assert pilot.app.focused is each.focus_target
            await press(pilot, "tab")
            if isinstance(pilot.app.focused, More):
                await press(pilot, "tab")
        await focus(pilot, "timeout")
        await enter(pilot, "x")
        await press(pilot, "ctrl+s")
        for name in ("timeout", "bucket"):
            await focus(pilot, name)
            await wait_for_animation(pilot)
            assert field(pilot, name).has_class("-wrong")
            assert around.contains_region(field(pilot, name).region)


@pytest.mark.parametrize("size", [(80, 24), (120, 24)], ids=["80x24", "120x24"])
async def test_nothing_moves_from_field_to_field_and_the_help_of_each_is_read_whole(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened(tmp_path / "storage.toml", size) as pilot:
        await press(pilot, "n", "g", "f3")
        screen = pilot.app.screen
        assert isinstance(screen, FormScreen)
        places = [each.virtual_region for each in screen.fields()]
        for each in screen.fields():
            each.focus_target.focus()
            await wait_for_animation(pilot)
            assert [each.virtual_region for each in screen.fields()] == places
            # Beside the fields it may be drawn a moment later.
            while each.help.replace("\xa0", " ") not in " ".join(help_rows(pilot, each)):
                await pilot.pause(0.01)


async def test_what_is_wrong_moves_nothing_and_is_read_whole_beside_its_field(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "storage.toml", (120, 40)) as pilot:
        await press(pilot, "n", "s")
        screen = pilot.app.screen
        assert isinstance(screen, FormScreen)
        places = [each.virtual_region for each in screen.fields()]
        await enter(pilot, "Bad_Bucket")
        await press(pilot, "tab")
        assert "⚠ AWS takes only lower-case letters" in screen_text(pilot)
        assert "at both ends" not in words(pilot)
        assert [each.virtual_region for each in screen.fields()] == places
        await press(pilot, "shift+tab")
        await settle(pilot)
        beside = str(screen.query_one(Beside).render())
        assert "with a letter or digit at both ends" in " ".join(beside.split())
        assert "Name of the S3 bucket." in " ".join(beside.split())
        assert [each.virtual_region for each in screen.fields()] == places
        await enter(pilot, "x")
        assert "AWS takes" not in str(screen.query_one(Beside).render())


def help_rows(pilot: Pilot[None], field: Field) -> list[str]:
    """The words of the rows in which the help of a field has to stand."""
    screen, pane = pilot.app.screen, field.region
    rows = screen_text(pilot).splitlines()
    if screen.has_class(BESIDE):
        pane = screen.query_one(Beside).content_region
        lines = [row for row in rows[pane.y : pane.bottom] if row[pane.x : pane.right].strip()]
        # At the height of the field, but for what would be cut there.
        top = max(pane.y, min(field.region.y, pane.bottom - len(lines)))
        pane = Region(pane.x, top, pane.width, len(lines))
    return [" ".join(row[pane.x : pane.right].split()) for row in rows[pane.y : pane.bottom]]


async def wait_for_animation(pilot: Pilot[None]) -> None:
    """Until nothing scrolls any more."""
    await pilot.wait_for_animation()
    await settle(pilot)


async def test_an_empty_profile_name_says_where_profiles_are(tmp_path: Path) -> None:
    async with opened(tmp_path / "storage.toml", (120, 50)) as pilot:
        await press(pilot, "n", "6", *["tab"] * 4)
        text = words(pilot)
        assert "a profile from ~/.aws/config" in text
        assert "Instance profile name for an IAM role." in text


async def test_a_list_is_as_wide_as_its_longest_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "ACME_" + "VERY_" * 6 + "LONG_NAME"
    monkeypatch.setenv(name, secrets.token_hex())
    async with opened(tmp_path / "storage.toml", (80, 24)) as pilot:
        await press(pilot, "n", "6")
        await focus(pilot, "aws_secret_access_key")
        await enter(pilot, "env:ACME_")
        await press(pilot, "down")
        assert name in screen_text(pilot)


async def test_typing_goes_on_where_it_was_after_a_list_was_closed(tmp_path: Path) -> None:
    async with opened(tmp_path / "storage.toml", (120, 50)) as pilot:
        await press(pilot, "n", "6")
        region = await focus(pilot, "region_name")
        await enter(pilot, "eu-")
        await press(pilot, "down", "escape")
        await enter(pilot, "x")
        assert region.value == "eu-x"
        await press(pilot, "ctrl+u")
        await enter(pilot, "eu-west-1")
        await press(pilot, "down", "enter")
        await enter(pilot, "x")
        assert str(region.value).endswith("x")
        assert str(region.value).startswith("eu-")


async def test_a_worker_that_makes_way_for_another_does_not_end_the_waiting(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "storage.toml") as pilot:
        released = asyncio.Event()

        async def work() -> None:
            await released.wait()

        first = pilot.app.run_worker(work(), group="check-x")
        waiting = asyncio.create_task(settle(pilot))
        await pilot.pause()
        first.cancel()
        second = pilot.app.run_worker(work(), group="check-x")
        released.set()
        await waiting
        assert first.is_cancelled
        assert second.is_finished


@pytest.mark.parametrize("name", ["base_path", "options", "connection_string", "timeout"])
async def test_nothing_is_selected_in_a_field_that_gets_the_focus_and_typing_goes_on_at_its_end(
    tmp_path: Path, name: str
) -> None:
    azure = name == "connection_string"
    settings = {
        "base_path": f"base_path = {in_toml(f'file://{tmp_path}/b')}\n",
        "connection_string": f'container = "c"\nconnection_string = "{secrets.token_hex()}"\n',
    }
    type_, required = ("azure", "connection_string") if azure else ("file", "base_path")
    text = f'[storage.a]\ntype = "{type_}"\n{settings[required]}timeout = 5\n'
    path = write(tmp_path / "storage.toml", f"{text}[storage.a.options]\nx = 1\ny = 2\n")
    async with opened(path, (120, 60)) as pilot:
        await press(pilot, "e")
        edited = field(pilot, name)
        before = str(edited.value)
        for _ in range(20):
            if edited.has_focus_within:
                break
            await press(pilot, "tab")
        await press(pilot, "x")
        assert edited.value == f"{before}x"
        # The same when one comes back to it, wherever the cursor stood.
        await press(pilot, "left", "left", "shift+left", "tab", "shift+tab", "backspace")
        assert edited.value == before


async def test_the_form_opens_with_nothing_selected_and_a_click_puts_the_cursor_where_it_is(
    tmp_path: Path,
) -> None:
    async with opened(write(tmp_path / "storage.toml"), (120, 40)) as pilot:
        await press(pilot, "e", "backspace", "x")
        bucket = field(pilot, "bucket")
        assert bucket.value == "acme-resultx"
        await press(pilot, "tab")
        target = bucket.focus_target
        await pilot.click(target, offset=(target.gutter.left + 4, 0))
        await press(pilot, "y")
        assert bucket.value == "acmey-resultx"


async def test_a_variable_for_a_path_stays_as_written_and_its_absence_is_pointed_out(
    tmp_path: Path,
) -> None:
    path = tmp_path / "storage.toml"
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "n", "5")
        await focus(pilot, "storage_path")
        await enter(pilot, "env:ACME_DIR")
        await press(pilot, "tab")
        assert "ACME_DIR is not set here" in screen_text(pilot)
        assert "env:ACME_DIR/results/" in screen_text(pilot)
        await enter(pilot, "laptop")
        await press(pilot, "ctrl+s")
        assert "env:ACME_DIR" in screen_text(pilot)
    assert read(path)["storage"]["laptop"]["storage_path"] == "env:ACME_DIR"


async def test_tags_are_words_in_one_line(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 50)) as pilot:
        await press(pilot, "e", "f3")
        tags = await focus(pilot, "tags")
        await enter(pilot, "prod, eu eu")
        await press(pilot, "tab")
        assert "must not have the same word twice" in screen_text(pilot)
        await focus(pilot, "tags")
        await press(pilot, "backspace", "backspace")
        await press(pilot, "ctrl+s")
        assert read(path)["storage"]["prod"]["tags"] == ["prod", "eu"]
        await press(pilot, "e")
        tags = await focus(pilot, "tags")
        assert (tags.value, tags.changed) == ("prod eu", False)
        await press(pilot, "end", "ctrl+u", "ctrl+s")
    assert "tags" not in read(path)["storage"]["prod"]
