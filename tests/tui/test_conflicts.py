"""The file changes on disk while a form is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage_core import ConfigFile, S3Storage
from tests.tui.driving import (
    TWO,
    enter,
    opened,
    press,
    read,
    said,
    screen_text,
    settle,
    the_list,
    write,
)
from tui.features.form.conflict import _difference
from tui.session import draft


async def test_a_change_of_another_configuration_is_merged(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path) as pilot:
        await press(pilot, "e", "end", "2")
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
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "e", "end", "2")
        write(path, TWO.replace("eu-west-1", "us-east-1"))
        await press(pilot, "ctrl+s")
        text = screen_text(pilot)
        assert "prod was changed in the file meanwhile" in text
        assert "us-east-1" in text
        assert "theirs  acme-results" in text
        assert "mine    acme-results2" in text
        assert "Take theirs  leaves the file as it is" in text
        assert "Save mine    writes your changes into the file; u takes that back." in text
        await press(pilot, *keys)
        assert (pilot.app.screen is the_list(pilot)) == (keys != ["enter"])
    table = read(path)["storage"]["prod"]
    assert (table["bucket"], table["region_name"]) == (bucket, region)


async def test_a_configuration_deleted_meanwhile_can_be_saved_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "j", "e", "end", "2")
        write(path, TWO[: TWO.index("[storage.laptop]")])
        await press(pilot, "ctrl+s")
        assert "laptop was deleted in the file meanwhile" in screen_text(pilot)
        assert "Drop mine    leaves it deleted" in screen_text(pilot)
        assert "Save anew    writes it into the file" in screen_text(pilot)
        await press(pilot, "right", "right", "enter")
    assert read(path)["storage"]["laptop"]["storage_path"] == "/data/storage2"


@pytest.mark.parametrize("what", ["a setting", "the name"])
def test_a_change_between_the_last_look_and_the_lock_is_a_conflict(
    tmp_path: Path, what: str
) -> None:
    path = write(tmp_path / "storage.toml")
    file = ConfigFile(path)
    before = file.load().entries["prod"]
    theirs = TWO.replace("eu-west-1", "us-east-1")

    changes = {"bucket": "mine"} if what == "a setting" else {}
    name = "prod" if what == "a setting" else "live"
    write(path, theirs)
    with pytest.raises(draft.ChangedMeanwhile) as caught, file.transaction() as edit:
        draft.save_edit(edit, S3Storage, before, changes, name)
    assert caught.value.current is not None
    assert caught.value.current.table["region_name"] == "us-east-1"
    assert path.read_text() == theirs


@pytest.mark.parametrize("changes", [{"bucket": "mine"}, {}], ids=["with settings", "alone"])
def test_a_name_taken_between_the_last_look_and_the_lock_is_told_and_nothing_is_written(
    tmp_path: Path, changes: dict[str, str]
) -> None:
    path = write(tmp_path / "storage.toml")
    file = ConfigFile(path)
    before = file.load().entries["prod"]
    theirs = TWO.replace("[storage.laptop]", "[storage.live]")
    write(path, theirs)
    with pytest.raises(draft.WrongName, match="'live' is taken"), file.transaction() as edit:
        draft.save_edit(edit, S3Storage, before, changes, "live")
    assert path.read_text() == theirs
    with pytest.raises(draft.WrongName, match="'live' is taken"), file.transaction() as edit:
        draft.save_new(edit, S3Storage, {"bucket": "new"}, "live")
    assert path.read_text() == theirs


async def test_a_taken_name_is_told_under_the_name_although_settings_changed_too(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "e", "end", "2")
        pilot.app.screen.query_one("#field-name Input").focus()
        await press(pilot, "end", "ctrl+u")
        await enter(pilot, "live")
        theirs = TWO.replace("[storage.laptop]", "[storage.live]")
        write(path, theirs)
        await press(pilot, "ctrl+s")
        assert "✗ the name 'live' is taken" in screen_text(pilot)
    assert path.read_text() == theirs


async def test_over_an_open_form_a_change_on_disk_does_not_claim_to_be_shown(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "e", "end", "2")
        write(path, TWO.replace("/data/storage", "/elsewhere"))
        pilot.app._poll()
        await settle(pilot)
        assert "The form keeps what you have entered" in said(pilot)
        assert "acme-results2" in screen_text(pilot)


async def test_all_that_differs_can_be_read_by_keyboard_at_80x24(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "e", "end", "2")
        longer = f'"acme-results"\nprefix = "{"x/" * 300}"\nexternal_id = "theirs"\n'
        write(path, TWO.replace('"acme-results"', longer))
        await press(pilot, "ctrl+s")
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        lines = [line.strip(" │") for line in screen_text(pilot).splitlines()]
        answers = next(n for n, line in enumerate(lines) if "Keep editing" in line)
        assert "╰──" in lines[answers + 1] + lines[answers + 2]
        assert "theirs  theirs" not in " ".join(lines[:answers])
        await press(pilot, "pagedown", "pagedown")
        assert "theirs  theirs" in screen_text(pilot)


@pytest.mark.parametrize(
    ("text", "other", "marked"),
    [
        ("acme-stage", "acme-staging-2", "e"),
        ("acme-staging-2", "acme-stage", "ing-2"),
        ("one", "—", "one"),
        ("aa", "aaa", ""),
        ("aaa", "aa", "a"),
        ("same", "same", ""),
        ("eu-west-1", "eu-west-2", "1"),
    ],
)
def test_what_differs_between_two_values_is_found(text: str, other: str, marked: str) -> None:
    start, end = _difference(text, other)
    assert text[start:end] == marked
