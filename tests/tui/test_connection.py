"""Connection tests: the checklist, its end, and its mark in the list."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Button, Input, Static

from storage_core.backends.drivers.kv import open_kv
from storage_core.errors import StorageUnavailable
from tests.quoting import in_toml
from tests.servers.raw_http import RawServer, raw_server, response
from tests.tui.driving import enter, press, read, said, screen_text, settle, the_list, until, write
from tui.app import StorageApp
from tui.features.check import dialog as probe_screen


def local(path: Path, folder: Path) -> Path:
    """Two storages: one that works, one that cannot."""
    blocked = folder / "a file"
    blocked.write_text("")
    return write(
        path,
        f'[storage.good]\ntype = "local"\nstorage_path = {in_toml(folder / "blobs")}\n'
        f'[storage.bad]\ntype = "local"\nstorage_path = {in_toml(blocked / "below")}\n',
    )


async def test_the_checklist_fills_in_and_the_list_is_marked(tmp_path: Path) -> None:
    path = local(tmp_path / "storage.toml", tmp_path)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t")
        text = screen_text(pilot)
        for step in ("read the settings", "find the folder", "write a blob", "delete it"):
            assert f"✓  {step}" in text
        assert "It works" in text
        await press(pilot, "enter")
        assert "✓" in screen_text(pilot)
        await press(pilot, "j", "t")
        assert "✗" in screen_text(pilot)
        assert "It does not work yet." in screen_text(pilot)
        await press(pilot, "escape")
        assert "could not" in screen_text(pilot)
    assert not list((tmp_path / "blobs").rglob("storage-test-*"))


async def test_how_the_last_test_ended_is_in_sight_however_many_settings_there_are(
    tmp_path: Path,
) -> None:
    path = write(
        tmp_path / "storage.toml",
        'default = "many"\n[storage.many]\ntype = "s3"\nbucket = "acme"\nprefix = "a"\n'
        'region_name = "eu-west-1"\nendpoint_url = "http://127.0.0.1:1"\ntimeout = 1\n'
        'aws_access_key_id = "env:NOWHERE_ID"\naws_secret_access_key = "env:NOWHERE_SECRET"\n'
        'aws_session_token = "env:NOWHERE_TOKEN"\n',
    )
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "not tested yet; t does it" in screen_text(pilot)
        await press(pilot, "t", "escape")
        text = screen_text(pilot)
        assert "★ default" in text
        assert "could not read the settings" in text
        assert "NOWHERE_ID is not set" in text


async def test_all_are_tested_at_once(tmp_path: Path) -> None:
    path = local(tmp_path / "storage.toml", tmp_path)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "T")
        assert "Tested: 1 of 2 failed." in said(pilot)
        results = [pilot.app.session.result(row) for row in the_list(pilot).table.rows]
        assert [result and result.ok for result in results] == [True, False, None]


@pytest.mark.parametrize("key", ["escape", "T"])
async def test_testing_all_is_stopped_and_what_has_begun_is_shown_until_it_ends(
    tmp_path: Path, key: str
) -> None:
    release = threading.Event()

    def late(server: RawServer, connection: socket.socket) -> None:
        release.wait(60)
        connection.sendall(response("403 Forbidden"))

    with raw_server(late) as silent:
        text = "".join(
            f'[storage.s{number}]\ntype = "kv"\ntimeout = 60\napi_address = "{silent.url}"\n'
            for number in range(9)
        )
        path = write(tmp_path / "storage.toml", text)
        async with StorageApp(path).run_test(size=(120, 40)) as pilot:
            await settle(pilot)
            await pilot.press("T")
            await until(pilot, lambda: len(the_list(pilot).testing) == 4)
            await until(pilot, lambda: "0 of 9  Esc stops" in screen_text(pilot))
            await pilot.press(key)
            await until(pilot, lambda: "stopping, 4 still running" in screen_text(pilot))
            assert len(re.findall("… +KV ", screen_text(pilot))) == 4
            await pilot.press("T")
            await until(pilot, lambda: "It is stopping" in said(pilot))
            release.set()
            await settle(pilot)
            assert "Stopped: 4 of 9 tested, 4 failed." in said(pilot)
            assert len(re.findall("✗ +KV ", screen_text(pilot))) == 4
            assert "running" not in screen_text(pilot)
            assert not the_list(pilot).testing


async def test_only_what_the_filter_shows_is_tested(tmp_path: Path) -> None:
    path = local(tmp_path / "storage.toml", tmp_path)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "slash", *"good", "enter", "T")
        assert "Tested: all 1 work." in said(pilot)
        # There is nothing to stop: Escape shows all again.
        await press(pilot, "escape")
        signs = [pilot.app.session.result(row) for row in the_list(pilot).table.rows]
        assert [result and result.ok for result in signs] == [True, None, None]
        await press(pilot, "slash", *"temporary", "enter", "T")
        assert "The filter shows nothing that can be tested; Esc clears it." in said(pilot)


async def test_a_test_that_hangs_is_cancelled_with_escape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, release, closed = threading.Event(), threading.Event(), threading.Event()

    def hanging(configuration: Any, **how: Any) -> Iterator[Any]:
        begun.set()
        try:
            release.wait()
            yield from real(configuration, **how)
        finally:
            closed.set()

    real = probe_screen.probe
    monkeypatch.setattr(probe_screen, "probe", hanging)
    path = local(tmp_path / "storage.toml", tmp_path)
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await pilot.press("t")
        await until(pilot, begun.is_set)
        assert pilot.app.screen is not the_list(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is the_list(pilot))
        assert not closed.is_set()
    release.set()
    assert closed.wait(10)
    assert not (tmp_path / "blobs" / "results").exists()


@pytest.mark.parametrize("changed", [False, True])
async def test_a_test_in_the_form_is_remembered_with_the_settings_that_were_tested(
    tmp_path: Path, changed: bool
) -> None:
    path = local(tmp_path / "storage.toml", tmp_path)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "end", "2", "f4")
        assert "It works" in screen_text(pilot)
        await press(pilot, "escape", *(["end", "3"] if changed else []), "ctrl+s")
        assert pilot.app.screen is the_list(pilot)
        row = screen_text(pilot).splitlines()[3]
        assert "good" in row
        assert ("✓" in row) != changed
        assert ("not tested yet" in screen_text(pilot)) == changed


async def test_a_test_before_the_first_save_is_remembered(tmp_path: Path) -> None:
    async with StorageApp(tmp_path / "storage.toml").run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "5")
        await enter(pilot, f"{tmp_path}/blobs")
        await press(pilot, "f4", "escape", "tab", *"laptop", "ctrl+s", "escape")
        assert pilot.app.screen is the_list(pilot)
        assert "✓" in screen_text(pilot)
        assert "not tested yet" not in screen_text(pilot)


async def test_a_path_is_relative_to_the_file_until_it_is_typed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, kept = tmp_path / "here", tmp_path / "kept"
    here.mkdir()
    kept.mkdir()
    monkeypatch.chdir(here)
    path = write(kept / "storage.toml", '[storage.a]\ntype = "local"\nstorage_path = "sub"\n')
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "f4")
        assert "It works" in screen_text(pilot)
        assert place(pilot) == str(kept / "sub")
        await press(pilot, "escape", "end", "2", "f4")
        assert place(pilot) == str(here / "sub2")


async def test_a_test_that_works_in_the_form_offers_to_save_which_enter_does(
    tmp_path: Path,
) -> None:
    async with StorageApp(tmp_path / "storage.toml").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "5")
        await enter(pilot, f"{tmp_path}/blobs")
        await press(pilot, "tab", *"laptop", "f4")
        first = next(b for b in pilot.app.screen.query(Button) if b.display)
        # The first one is the default, unless the button beside it is chosen.
        assert (first.label, pilot.app.focused) == (Content("Save as default"), first)
        await press(pilot, "enter")
        assert read(tmp_path / "storage.toml")["default"] == "laptop"
        assert read(tmp_path / "storage.toml")["storage"]["laptop"]["type"] == "local"
        # It is there only for what works and is not saved.
        await press(pilot, "t")
        assert not pilot.app.screen.query(".save")
        await press(pilot, "escape", "e", "f4")
        assert not pilot.app.screen.query(".save")
        (tmp_path / "file").touch()
        await press(pilot, "escape", "ctrl+u")
        await enter(pilot, f"{tmp_path}/file/")
        await press(pilot, "f4")
        assert "It does not work yet." in screen_text(pilot)
        saving = pilot.app.screen.query(".save")
        assert [str(button.label) for button in saving.results(Button)] == ["Save"]
        assert not any(button.display for button in saving)


async def test_the_checklist_has_a_bar_for_each_time_and_how_the_tests_before_ended(
    tmp_path: Path,
) -> None:
    path = local(tmp_path / "storage.toml", tmp_path)
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "t")
        assert "Before" not in screen_text(pilot)
        assert re.search(r"━+╸? +[\d.]+ m?s", screen_text(pilot))
        await press(pilot, "enter", "t")
        assert re.search(r"Before +✓ \d\d:\d\d, [\d.]+ m?s", screen_text(pilot))


@pytest.mark.parametrize("size", [(100, 30), (80, 24), (72, 24), (60, 20)])
async def test_no_button_of_the_test_is_cut(tmp_path: Path, size: tuple[int, int]) -> None:
    async with StorageApp(tmp_path / "storage.toml").run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "n", "7", "f4")
        line = next(line for line in screen_text(pilot).splitlines() if "Test again" in line)
        assert line.strip(" │").split("  ")[0] == "Save as default"
        around = pilot.app.screen.query_one(".buttons").region
        buttons = [each for each in pilot.app.screen.query(Button) if each.display]
        assert len(buttons) == 4
        assert all(around.contains_region(each.region) for each in buttons)


async def test_after_a_test_that_fails_the_focus_is_on_edit(tmp_path: Path) -> None:
    path = local(tmp_path / "storage.toml", tmp_path)
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "j", "t")
        main = pilot.app.screen.query_one("Button.-main", Button)
        assert (main, str(main.label)) == (pilot.app.focused, "Edit")
        assert main is pilot.app.screen.query(Button).first()
        await press(pilot, "enter")
        assert "Edit bad" in screen_text(pilot)


async def test_from_a_test_that_fails_one_key_leads_to_the_settings(tmp_path: Path) -> None:
    path = local(tmp_path / "storage.toml", tmp_path)
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "j", "t", "e")
        assert "Edit bad" in screen_text(pilot)
        await press(pilot, "f4")
        assert not pilot.app.screen.query("#edit_settings")
        await press(pilot, "e")
        assert "It does not work yet." in screen_text(pilot)
        await press(pilot, "escape", "escape")
        result = pilot.app.session.result(the_list(pilot).table.rows[1])
        assert result is not None
        assert not result.ok


@pytest.mark.parametrize("answer", ["enter", "escape"])
async def test_what_works_and_has_no_name_asks_for_one_and_is_saved_under_it(
    tmp_path: Path, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "storage.toml"
    # Where a variable leads is no name to propose.
    monkeypatch.setenv("ACME_DIR", f"{tmp_path}/blobs")
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "5")
        await enter(pilot, "env:ACME_DIR")
        await press(pilot, "f4", "enter")
        assert "Save it under which name?" in screen_text(pilot)
        await press(pilot, *"mine", answer)
        if answer == "enter":
            assert list(read(path)["storage"]) == ["mine"]
            await press(pilot, "escape")
            assert "✓" in screen_text(pilot)
        else:
            assert not path.exists()
            assert pilot.app.screen.query_one(Input).value == "env:ACME_DIR"


def place(pilot: Pilot[Any]) -> str:
    """What the checklist says it tests."""
    return str(pilot.app.screen.query_one(".about", Static).render())


def checklist(pilot: Pilot[Any]) -> str:
    """What it says, in one line."""
    return " ".join(str(pilot.app.screen.query_one("#steps", Static).render()).split())


async def test_a_folder_that_is_missing_is_told_twice_and_is_missing_again_after_the_test(
    tmp_path: Path,
) -> None:
    path = write(
        tmp_path / "storage.toml", '[storage.a]\ntype = "local"\nstorage_path = "~/typo/deep"\n'
    )
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t")
        text = checklist(pilot)
        assert "~/typo/deep does not exist yet; the first write will create it" in text
        assert "It works" in text
        assert "The folder ~/typo/deep was made for the test and removed again" in text
        home = tmp_path / "user"
        assert not (home / "typo").exists()
        (home / "typo" / "deep").mkdir(parents=True)
        await press(pilot, "t")
        assert "It works" in (text := checklist(pilot))
        assert "does not exist" not in text
        assert "removed again" not in text


async def test_a_test_that_waits_says_what_for_and_for_how_long(
    tmp_path: Path, server_down_url: str
) -> None:
    path = write(
        tmp_path / "storage.toml",
        f'[storage.down]\ntype = "kv"\ntimeout = 3\napi_address = "{server_down_url}"\n',
    )
    # The first call of a process loads the driver, for which a busy machine takes that long.
    with pytest.raises(StorageUnavailable):
        open_kv(server_down_url, token=None, timeout=0.1).check()
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await pilot.press("t")
        while "trying again, " not in (text := screen_text(pilot)):
            assert "It does not work yet" not in text
            await pilot.pause()
        assert re.search(r"…  reach the server +trying again, [123] s left", text)
        await settle(pilot)
        assert "It does not work yet" in screen_text(pilot)
        assert "s left" not in screen_text(pilot)


async def test_what_a_server_does_not_do_is_a_hint_and_the_test_goes_on(
    tmp_path: Path, plain_kv_url: str
) -> None:
    path = write(
        tmp_path / "storage.toml", f'[storage.kv]\ntype = "kv"\napi_address = "{plain_kv_url}"\n'
    )
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t")
        text = screen_text(pilot)
        for step in ("refuse to replace it", "list what is there", "delete it"):
            assert f"–  {step}" in text
        assert "✓  read it back" in text
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        await press(pilot, "pageup", "pageup")
        assert "read the settings" in screen_text(pilot)
        await press(pilot, "pagedown", "pagedown")
        assert "read the settings" not in screen_text(pilot)
        assert "It works" in screen_text(pilot)
        await press(pilot, "enter")


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_how_it_ended_and_the_buttons_are_in_sight_below_a_long_message_at_any_size(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    text = f'[storage.a]\ntype = "s3"\nbucket = "env:{"NOT_THERE_" * 30}"\n'
    app = StorageApp(write(tmp_path / "s.toml", text))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t")
        await pilot.resize_terminal(*size)
        await settle(pilot)
        lines = [line.strip(" │") for line in screen_text(pilot).splitlines()]
        end = next(n for n, line in enumerate(lines) if "It does not work yet." in line)
        assert "Test again" in lines[end + 2]
        assert "╰──" in lines[end + 3]
