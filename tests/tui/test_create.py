"""Creating and editing configurations by the keys a person presses."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from textual.widgets import Button, Input

from storage_core.types import all_types
from tests.tui.driving import (
    enter,
    names,
    press,
    read,
    said,
    screen_text,
    selected,
    settle,
    the_list,
    words,
    write,
)
from tui.app import StorageApp
from tui.features.form import screen as form_screen
from tui.features.form.field import Field
from tui.features.form.lines import Beside, Landing
from tui.features.form.screen import FormScreen
from tui.session import draft


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20), (100, 30)])
async def test_the_empty_state_stands_whole_in_the_middle_of_its_pane(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with StorageApp(tmp_path / "storage.toml").run_test(size=size) as pilot:
        await settle(pilot)
        said, around = pilot.app.screen.query_one("#welcome"), pilot.app.screen.query_one("#left")
        list_ = pilot.app.screen.query_one("#list").region
        place, free = said.region, around.content_region
        above, below = place.y - list_.bottom, free.bottom - place.bottom
        left, right = place.x - free.x, free.right - place.right
        assert min(above, below, left, right) >= 0
        assert abs(above - below) <= 1
        assert abs(left - right) <= 1
        text = words(pilot)
        assert "or for the default. n creates the first one i imports" in text
        assert "? shows every key" in text


async def test_a_newcomer_creates_the_first_one_and_makes_it_the_default(tmp_path: Path) -> None:
    path = tmp_path / "storage.toml"
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        assert "No storage is configured yet" in screen_text(pilot)
        await press(pilot, "n", "5")
        await enter(pilot, "/data/storage")
        await press(pilot, "tab")
        await enter(pilot, "laptop")
        await press(pilot, "ctrl+s")
        assert "Make laptop the default?" in screen_text(pilot)
        assert "Local Storage · " in words(pilot).partition("Make laptop the default?")[2]
        await press(pilot, "enter")
        assert (selected(pilot).name, selected(pilot).default) == ("laptop", True)
    assert read(path)["default"] == "laptop"
    assert read(path)["storage"]["laptop"]["storage_path"] == "/data/storage"


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_all_types_are_seen_at_once(tmp_path: Path, size: tuple[int, int]) -> None:
    async with StorageApp(tmp_path / "storage.toml").run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "n")
        text = screen_text(pilot)
        for cls in all_types():
            assert cls.label in text
            assert cls.description in text
        assert "Built in already; this only gives it a name." in text


@pytest.mark.parametrize("cls", all_types(), ids=lambda cls: cls.type)
async def test_the_form_has_every_setting_with_its_label_and_help(
    tmp_path: Path, cls: type
) -> None:
    number = str(all_types().index(cls) + 1)
    async with StorageApp(tmp_path / "storage.toml").run_test(size=(120, 90)) as pilot:
        await settle(pilot)
        await press(pilot, "n", number, "f3")
        form = pilot.app.screen
        assert isinstance(form, FormScreen)
        for field in form.fields():
            field.focus_target.focus()
            beside = ""
            while not beside or not field.setting.help.startswith(beside):
                await pilot.pause(0.01)
                # Only for this field: its first words at its height.
                beside = screen_text(pilot).splitlines()[field.region.y][92:].strip("│ ")
            assert field.setting.label in (text := words(pilot))
            assert text.count(beside) == 1
        plain = [s for s in cls.settings() if not s.advanced]
        plain = [s.name for s in sorted(plain, key=lambda s: not s.required)]
        shown = [field.setting.name for field in pilot.app.screen.query(Field)]
        assert shown[: len(plain) + 1] == [*plain, "name"]


async def test_errors_stand_under_their_fields_and_the_first_gets_the_focus(
    tmp_path: Path,
) -> None:
    path = tmp_path / "storage.toml"
    async with StorageApp(path).run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "6")
        await enter(pilot, "a/b")
        await press(pilot, "tab")
        assert "what follows a slash goes into Prefix" in words(pilot)
        await press(pilot, "ctrl+s")
        screen = pilot.app.screen
        assert isinstance(screen, FormScreen)
        wrong = [field.setting.name for field in screen.fields() if field.has_class("-wrong")]
        assert wrong == ["bucket", "name"]
        assert screen.focused is screen.fields()[0].focus_target
    assert not path.exists()


async def test_an_error_stays_until_its_field_is_edited(tmp_path: Path) -> None:
    async with StorageApp(tmp_path / "storage.toml").run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "6", "ctrl+s", "tab", "tab")
        assert screen_text(pilot).count("✗ is required") == 2
        await press(pilot, "shift+tab", "shift+tab", "a")
        assert screen_text(pilot).count("✗ is required") == 1


async def test_leaving_with_changes_asks_and_keeps_editing_by_default(tmp_path: Path) -> None:
    async with StorageApp(tmp_path / "storage.toml").run_test() as pilot:
        await settle(pilot)
        await press(pilot, "n", "5")
        await enter(pilot, "/x")
        await press(pilot, "escape")
        focused = pilot.app.focused
        assert isinstance(focused, Button)
        assert str(focused.label) == "Keep editing"
        # It has no name yet.
        assert "Local Storage" in screen_text(pilot).splitlines()[0]
        assert "Local Storage" in words(pilot).partition("Leave without saving?")[2]
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, FormScreen)
        await press(pilot, "escape", "right", "enter")
        assert pilot.app.screen is the_list(pilot)


async def test_leaving_without_changes_asks_nothing(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, FormScreen)
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)


async def test_what_is_found_out_for_a_form_that_was_left_disturbs_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "e")
        form = pilot.app.screen
        assert isinstance(form, FormScreen)
        gone = asyncio.Event()

        async def found_late(_: object) -> str:
            await gone.wait()
            return ""

        monkeypatch.setattr(form_screen, "in_thread", found_late)
        landing = form._show_landing()
        left = form.dismiss()
        while form.query(Landing):  # noqa: ASYNC110 (nothing tells that it goes)
            await asyncio.sleep(0)
        assert landing.is_cancelled
        gone.set()
        await left
        await settle(pilot)
        assert pilot.app.screen is the_list(pilot)


async def test_a_form_that_is_being_left_has_no_help_to_say_any_more(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "e")
        form = pilot.app.screen
        assert isinstance(form, FormScreen)
        await form.query(Beside).remove()
        form._sight.tell()
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)


async def test_editing_writes_only_what_was_changed(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    before = path.read_text()
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "e", "end")
        await enter(pilot, "2")
        await press(pilot, "ctrl+s")
        assert pilot.app.screen is the_list(pilot)
    assert path.read_text() == before.replace('"acme-results"', '"acme-results2"')


async def test_a_name_changed_in_the_form_renames(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", "enter", "end")
        await enter(pilot, "2")
        await press(pilot, "tab", "end")
        await enter(pilot, "2")
        await press(pilot, "ctrl+s")
        assert names(pilot) == ["prod", "laptop2"]
        assert read(path)["storage"]["laptop2"]["storage_path"] == "/data/storage2"
        await press(pilot, "u")
        assert names(pilot) == ["prod", "laptop"]
        assert read(path)["storage"]["laptop"]["storage_path"] == "/data/storage"


async def test_the_form_says_where_blobs_will_land(tmp_path: Path) -> None:
    async with StorageApp(tmp_path / "storage.toml").run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "6")
        await enter(pilot, "acme")
        assert "s3://acme/results/…" in screen_text(pilot)


async def test_a_misspelt_setting_is_mended_by_opening_and_saving(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", '[storage.a]\ntype = "s3"\nbucke = "acme"\n')
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        assert "did you mean bucket?" in " ".join(screen_text(pilot).split())
        await press(pilot, "e")
        assert "bucke is taken for Bucket" in screen_text(pilot)
        await press(pilot, "ctrl+s")
        assert pilot.app.screen is the_list(pilot)
    table = read(path)["storage"]["a"]
    assert table["bucket"] == "acme"
    assert "bucke" not in table


async def test_what_cannot_be_opened_is_pointed_out_and_saved_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, threads, doubts = token_hex(12), set(), draft.doubts

    def watched(*args: Any) -> dict[str, str]:
        threads.add(threading.get_ident())
        return doubts(*args)

    monkeypatch.setattr(draft, "doubts", watched)
    path = tmp_path / "storage.toml"
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "1")
        await enter(pilot, "reports")
        await press(pilot, "tab")
        await enter(pilot, secret)
        await press(pilot, "tab")
        assert "⚠ must be an Azure connection string" in screen_text(pilot)
        assert "wrong" not in screen_text(pilot)
        await press(pilot, *"azure", "ctrl+s")
        assert "It cannot be opened yet: Connection String must be" in said(pilot)
        assert secret not in screen_text(pilot) + said(pilot)
        assert threads
        assert threading.get_ident() not in threads
    assert read(path)["storage"]["azure"]["connection_string"] == secret


async def test_what_looks_like_a_mistake_is_pointed_out_below_its_field_and_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cautious, threads = draft.cautions, set()

    def watched(*args: Any) -> dict[str, str]:
        threads.add(threading.get_ident())
        return cautious(*args)

    monkeypatch.setattr(draft, "cautions", watched)
    path = tmp_path / "storage.toml"
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "6")
        await enter(pilot, "Acme_Results")
        await press(pilot, "tab")
        assert "⚠ AWS takes only lower-case letters" in screen_text(pilot)
        assert "wrong" not in screen_text(pilot)
        pilot.app.screen.query_one("#field-name Input", Input).focus()
        await enter(pilot, "results")
        await press(pilot, "ctrl+s")
        assert "Bucket: AWS takes only lower-case letters" in said(pilot)
        assert "cannot be opened" not in said(pilot)
        assert threads
        assert threading.get_ident() not in threads
    assert read(path)["storage"]["results"]["bucket"] == "Acme_Results"


async def test_a_bucket_is_not_in_doubt_any_more_where_there_is_an_endpoint(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", '[storage.a]\ntype = "s3"\nbucket = "acme"\n')
    async with StorageApp(path).run_test(size=(120, 60)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "end", "_", "tab")
        assert "⚠ AWS takes" in screen_text(pilot)
        await press(pilot, "f3")
        pilot.app.screen.query_one("#field-endpoint_url Input", Input).focus()
        await enter(pilot, "http://127.0.0.1:9000")
        await press(pilot, "tab")
        assert "⚠ AWS takes" not in screen_text(pilot)


async def test_the_seven_settings_of_s3_are_seen_at_once_at_80_by_24(tmp_path: Path) -> None:
    async with StorageApp(tmp_path / "storage.toml").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "s")
        form = pilot.app.screen
        assert isinstance(form, FormScreen)
        text = screen_text(pilot)
        assert all(field.setting.label in text for field in form.fields())
        assert "Advanced" in text
        places = [field.region.y for field in form.fields()]
        # Only the field with the focus says what it is for, and nothing moves for it.
        assert "Name of the S3 bucket." in text
        await press(pilot, "tab")
        assert "Name of the S3 bucket." not in (text := screen_text(pilot))
        assert "IAM access key ID for the account." in text
        assert [field.region.y for field in form.fields()] == places
        await press(pilot, "f3")
        # The scroll bar has had its place all the time.
        assert form.fields()[0].region.width == 75
        assert form.query_one("#fields").show_vertical_scrollbar


@pytest.mark.parametrize(
    ("keys", "place", "name"),
    [
        ("s", "acme.results", "acme-results"),
        ("f", "s3://bucket/team/blobs/", "blobs"),
        ("l", "~/data/storage", "storage"),
        ("v", "http://127.0.0.1:4200/", "127-0-0-1-4200"),
    ],
)
async def test_a_name_is_proposed_from_where_blobs_land_and_can_be_typed_over(
    tmp_path: Path, keys: str, place: str, name: str
) -> None:
    path = write(tmp_path / "storage.toml", f'[storage.{name}]\ntype = "temporary"\n')
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", keys)
        form = pilot.app.screen
        assert isinstance(form, FormScreen)
        await enter(pilot, place)
        field = next(field for field in form.fields() if field.setting.name == "name")
        field.focus_target.focus()
        await settle(pilot)
        assert field.value == f"{name}-2"
        await enter(pilot, "other")
        assert field.value == "other"


async def test_a_letter_chooses_a_type(tmp_path: Path) -> None:
    async with StorageApp(tmp_path / "storage.toml").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for cls, letter in zip(all_types(), "afgvlst", strict=True):
            await press(pilot, "n", letter)
            assert f"New {cls.label}" in screen_text(pilot)
            await press(pilot, "escape")
