"""Keys that come faster than screens open: each goes to where the one before it has led."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Input

from tests.quoting import in_toml
from tests.tui.driving import (
    TWO,
    burst,
    names,
    opened,
    press,
    read,
    screen_text,
    settle,
    the_list,
    until,
    write,
)
from tui.app import StorageApp
from tui.features.blobs.preview import PreviewScreen
from tui.features.blobs.screen import BrowseScreen
from tui.features.form.picker import TypePicker
from tui.features.form.screen import FormScreen
from tui.kit.ask import Ask, AskName
from tui.session.store import OpenedStore


def here(folder: Path) -> Path:
    """A file whose second configuration keeps its blobs in `folder`."""
    return write(folder / "storage.toml", TWO.replace('"/data/storage"', in_toml(folder / "data")))


def with_blobs(folder: Path) -> Path:
    """The same, with three blobs in it."""
    blobs = folder / "data" / "results"
    blobs.mkdir(parents=True)
    for name in ("a", "b", "c"):
        (blobs / name).write_bytes(b"")
    return here(folder)


@pytest.mark.parametrize("typed", ["en3", "en", "Een3"])
async def test_what_is_typed_behind_edit_goes_into_the_form(tmp_path: Path, typed: str) -> None:
    path = write(tmp_path / "storage.toml", TWO + '[app.keys]\nedit = "E"\n' * ("E" in typed))
    async with opened(path) as pilot:
        await burst(pilot, *typed)
        assert isinstance(pilot.app.screen, FormScreen)
        assert len(pilot.app.screen_stack) == 2
        field = pilot.app.focused
        assert isinstance(field, Input)
        assert field.value.endswith(typed[1:])
    assert "acme-results3" not in path.read_text()


async def test_a_number_behind_new_chooses_the_type(tmp_path: Path) -> None:
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        await burst(pilot, *"n6bucket")
        assert "New S3 Storage" in screen_text(pilot)
        assert isinstance(pilot.app.focused, Input)
        assert pilot.app.focused.value == "bucket"


async def test_a_key_behind_delete_answers_the_question_or_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path) as pilot:
        await burst(pilot, *"xn")
        assert isinstance(pilot.app.screen, Ask)
        assert len(pilot.app.screen_stack) == 2
        await burst(pilot, "escape")
        await burst(pilot, "x", "right", "enter", "x", "right", "enter")
        assert names(pilot) == []


async def test_a_key_behind_escape_works_on_the_list_again(tmp_path: Path) -> None:
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        await burst(pilot, "n", "escape", "n")
        assert isinstance(pilot.app.screen, TypePicker)
        assert len(pilot.app.screen_stack) == 2
        await burst(pilot, "escape", "j", "e", "escape", "b", "q", "c")
        assert pilot.app.clipboard.startswith("a0286a5b")
        assert pilot.app.screen is the_list(pilot)


@pytest.mark.parametrize("opens", ["t", "?", "n", "b"])
async def test_q_behind_a_key_that_opens_something_closes_that_and_not_the_app(
    tmp_path: Path, opens: str
) -> None:
    async with opened(here(tmp_path)) as pilot:
        await burst(pilot, "j", "question_mark" if opens == "?" else opens, "q")
        assert pilot.app.screen is the_list(pilot)
        assert pilot.app.is_running
        assert pilot.app.return_code is None


async def test_changes_in_a_burst_are_made_one_after_the_other(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path) as pilot:
        await burst(pilot, "j", "d", "d")
        assert "default" not in read(path)
        await burst(pilot, "u", "u")
        assert path.read_text() == TWO
        await burst(pilot, "ctrl+r", "ctrl+r", "u")
        assert read(path)["default"] == "laptop"


async def test_a_name_and_enter_behind_duplicate_make_the_copy(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path) as pilot:
        await burst(pilot, "j", "D", *"mine", "enter", "r", *"yours", "enter", "d")
        assert names(pilot) == ["prod", "laptop", "yours"]
    assert read(path)["default"] == "yours"


async def test_what_follows_a_filter_works_on_what_was_found(tmp_path: Path) -> None:
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        await burst(pilot, "slash", *"lap", "enter", "r", *"other", "enter", "escape", "g", "e")
        assert "Edit prod" in screen_text(pilot)
        await burst(pilot, "escape", "escape")
        assert names(pilot) == ["prod", "other"]


async def test_what_is_typed_behind_the_palette_goes_into_it(tmp_path: Path) -> None:
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        await burst(pilot, "ctrl+p", *"dup")
        assert isinstance(pilot.app.screen, CommandPalette)
        assert isinstance(pilot.app.focused, Input)
        assert pilot.app.focused.value == "dup"


async def test_a_whole_configuration_is_typed_in_one_go(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path) as pilot:
        await burst(pilot, *"n5", *"/kept", "tab", *"third", "ctrl+s", "D", "enter")
        assert names(pilot) == ["prod", "laptop", "third", "third-copy"]
        assert not isinstance(pilot.app.screen, AskName)
    assert read(path)["storage"]["third-copy"]["storage_path"] == "/kept"


async def test_moving_goes_on_while_a_blob_is_being_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    delete = OpenedStore.delete

    def hanging(store: OpenedStore, key: str) -> None:
        release.wait()
        delete(store, key)

    monkeypatch.setattr(OpenedStore, "delete", hanging)
    async with opened(with_blobs(tmp_path)) as pilot:
        await burst(pilot, "j", "b")
        screen = pilot.app.screen
        assert isinstance(screen, BrowseScreen)
        await pilot.press("x", "right", "enter")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        await pilot.press("j", "j")
        assert screen.table.cursor == 2
        release.set()
        await settle(pilot)
        assert len(screen.table.rows) == 2


async def test_moves_behind_the_space_that_previews_a_blob_scroll_in_its_preview(
    tmp_path: Path,
) -> None:
    async with opened(with_blobs(tmp_path)) as pilot:
        await burst(pilot, "j", "b")
        below = pilot.app.screen
        assert isinstance(below, BrowseScreen)
        first = below.blob
        await burst(pilot, "space", "down", "down")
        screen = pilot.app.screen
        assert isinstance(screen, PreviewScreen)
        assert screen.blob == first == below.blob


async def test_a_second_click_opens_nothing_more(tmp_path: Path) -> None:
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        line = screen_text(pilot).splitlines()[-1]
        await pilot.click(offset=(line.index("New"), 23), times=2)
        await settle(pilot)
        assert isinstance(pilot.app.screen, TypePicker)
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)


@pytest.mark.parametrize("test", ["t", "T"])
async def test_the_app_is_left_at_once_while_a_server_that_does_not_answer_is_tested(
    tmp_path: Path, test: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        text = f'[storage.a]\ntype = "kv"\napi_address = "{address}"\n'
        async with StorageApp(write(tmp_path / "storage.toml", text)).run_test() as pilot:
            await settle(pilot)
            await pilot.press(test)
            await pilot.press("q" if test == "T" else "ctrl+q")
            assert pilot.app._exit
            assert not the_list(pilot).app.session.workspace.results
