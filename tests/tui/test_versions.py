"""Earlier versions of the file: what they say of themselves, and bringing one back."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import pytest
from textual.widgets import OptionList, Static

from storage_core import ConfigFile
from storage_core.config import history
from storage_core.config.model.problems import VERSION
from tests.tui.driving import (
    TWO,
    names,
    opened,
    press,
    said,
    screen_text,
    the_list,
    words,
    write,
)
from tests.tui.safekeeping import SECRET, plain
from tui.session.differences import Difference, differences


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_a_broken_file_is_brought_back_after_a_question_with_the_focus_on_cancel(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = write(tmp_path / "storage.toml")
    ConfigFile(path).set_default("laptop")
    good = path.read_text()
    path.write_text("[storage\n")
    async with opened(path, size) as pilot:
        assert " v   brings back one of 2 earlier versions of the file" in screen_text(pilot)
        await press(pilot, "v")
        assert "prod, ★ laptop" in screen_text(pilot)
        await press(pilot, "enter", "enter")
        assert path.read_text() == "[storage\n"
        assert "Earlier versions" in screen_text(pilot)
        await press(pilot, "enter", "right", "enter")
        assert path.read_text() == good
        assert names(pilot) == ["prod", "laptop"]
        # What was broken is kept, and told apart from what can come back.
        await press(pilot, "v")
        assert "not readable as TOML" in screen_text(pilot)


async def test_a_restore_is_taken_back_by_undo_and_by_the_versions(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path) as pilot:
        await press(pilot, "j", "d")
        later = path.read_text()
        await press(pilot, "v", "enter", "right", "enter")
        assert path.read_text() == TWO
        await press(pilot, "u")
        assert path.read_text() == later
        await press(pilot, "ctrl+r")
        assert path.read_text() == TWO
        await press(pilot, "v", "enter", "right", "enter")
        assert path.read_text() == later


async def test_without_earlier_versions_it_says_so(tmp_path: Path) -> None:
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        await press(pilot, "v")
        assert "No earlier version" in said(pilot)
        assert pilot.app.screen is the_list(pilot)


@pytest.mark.parametrize("text", [TWO, f"version = {VERSION}\n"], ids=["full", "empty"])
async def test_a_file_of_a_newer_version_says_that_it_is_never_rewritten(
    tmp_path: Path, text: str
) -> None:
    path = write(tmp_path / "storage.toml")
    ConfigFile(path).set_default("laptop")
    newer = text.replace(f"version = {VERSION}", f"version = {VERSION + 1}")
    path.write_text(newer)
    async with opened(path) as pilot:
        await press(pilot, "v")
        assert "never rewritten" in said(pilot)
        assert pilot.app.screen is the_list(pilot)
    assert path.read_text() == newer


async def test_versions_are_told_apart_by_when_and_what_was_changed_and_never_by_a_value(
    tmp_path: Path,
) -> None:
    path = plain(tmp_path / "storage.toml")
    file = ConfigFile(path)
    file.update("prod", bucket="other", region_name=None)
    file.set_default("laptop")
    file.delete("prod")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "v")
        lines = screen_text(pilot).splitlines()
        listed = pilot.app.screen.query_one(OptionList)
        found = [str(each.prompt).splitlines()[0] for each in listed.options]
        assert all(line in screen_text(pilot) for line in found)
        assert [line.split("  ")[-1] for line in found] == [
            "deleted prod",
            "made laptop the default",
            "prod: bucket, region_name",
        ]
        assert sum("before: ★ prod, laptop" in line for line in lines) == 2
        assert sum("before: prod, ★ laptop" in line for line in lines) == 1
        assert not any("acme-results" in str(each.prompt) for each in listed.options)
        assert SECRET not in "".join(lines)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_what_was_changed_stands_below_the_versions_with_secrets_masked(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = plain(tmp_path / "storage.toml")
    file = ConfigFile(path)
    file.update("prod", bucket="other", region_name=None)
    file.update("prod", aws_secret_access_key=token_hex())
    file.rename("laptop", "desk")
    file.set_default("desk")
    file.delete("prod")
    async with opened(path, size) as pilot:
        await press(pilot, "v")

        def told() -> list[str]:
            text = str(pilot.app.screen.query_one("#differences", Static).render())
            return [line.rstrip() for line in text.splitlines()]

        assert told()[:2] == ["- [storage.prod]", "-   id = 61354abf-7cc8-4c2c-b890-78b1f985a9fb"]
        assert "-   aws_secret_access_key = ********" in told()
        await press(pilot, "j")
        assert told() == ["- default = prod", "+ default = desk"]
        await press(pilot, "j")
        assert told() == ["- [storage.laptop]", "+ [storage.desk]"]
        await press(pilot, "j")
        assert told() == [
            "  [storage.prod]",
            "-   aws_secret_access_key = ********",
            "+   aws_secret_access_key = ********",
        ]
        await press(pilot, "j")
        assert told() == [
            "  [storage.prod]",
            "-   bucket = acme-results",
            "+   bucket = other",
            "-   region_name = eu-west-1",
        ]
        assert "- bucket = acme-results" in words(pilot)
        assert SECRET not in screen_text(pilot)


def test_a_difference_tells_no_value_that_may_be_a_secret() -> None:
    secret = token_hex()
    before = f"""\
default = 7
note = "{secret}"
[storage.a]
type = "{secret}"
token = "{secret}"
[storage.b]
type = "s3"
bucket = "acme"
bucke = "{secret}"
options = {{ client_kwargs = {{ aws_secret = "{secret}" }} }}
[storage.c]
id = "{secret}"
type = "kv"
api_address = "http://user:{secret}@127.0.0.1"
"""
    for found in (differences(before, ""), differences("", before), differences(before, before)):
        assert found
        assert secret not in str(found)
    assert differences(before, f"{before}# {secret}") == [
        Difference("", "Comments, order or spacing only.")
    ]
    assert differences(before, "[") == [Difference("", "One of the two is not readable as TOML.")]


async def test_undo_and_a_change_by_hand_stand_among_the_versions_under_what_they_changed(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "j", "d", "u")
        write(path, TWO.replace("eu-west-1", "us-east-1"))
        await press(pilot, "f5", "v")
        text = screen_text(pilot)
        # Newest first: the change by hand replaced what undo had brought back.
        assert text.index("prod: region_name") > 0
        assert text.count("before: ★ prod, laptop") == 2
        assert text.count("before: prod, ★ laptop") == 1


async def test_the_question_says_what_becomes_of_what_the_file_says_now(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    ConfigFile(path).set_default("laptop")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "v", "enter")
        assert "u takes this back" in words(pilot)
        about = str(pilot.app.screen.query_one(".about", Static).content)
        assert about.endswith("storage.toml · ★ prod, laptop")
        await press(pilot, "escape", "escape")
        good = path.read_text()
        write(path, "[storage\n")
        await press(pilot, "f5", "v", "enter")
        text = str(pilot.app.screen.query_one(".text", Static).content)
        assert "takes this back" not in text
        assert "Its text is kept in" in text
        await press(pilot, "right", "enter")
        assert path.read_text() == good
        assert history.text_of(history.versions(str(path))[0]) == "[storage\n"
