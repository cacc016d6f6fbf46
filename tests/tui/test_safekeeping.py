"""Secrets that others could read, secrets that stand in the file, and versions brought back."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordSetError
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from storage_core import ConfigFile
from storage_core.config import history
from storage_core.config.read import VERSION
from tests.tui.driving import (
    TWO,
    enter,
    names,
    press,
    read,
    said,
    screen_text,
    settle,
    the_list,
    write,
)
from tui.app import StorageApp
from tui.background import in_thread
from tui.screens.move import MoveScreen

SECRET = token_hex(20)
PLAIN = TWO.replace("env:PROD_S3_SECRET", SECRET)


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets at the end of the test."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password


class HangingKeyring(MemoryKeyring):
    """One that waits for a person to unlock it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.unlocked = threading.Event(), threading.Event()

    def set_password(self, service: str, username: str, password: str) -> None:
        self.asked.set()
        self.unlocked.wait()
        super().set_password(service, username, password)


@pytest.fixture
def hanging_keyring() -> Iterator[HangingKeyring]:
    previous, hanging = keyring.get_keyring(), HangingKeyring()
    keyring.set_keyring(hanging)
    yield hanging
    hanging.unlocked.set()
    keyring.set_keyring(previous)


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    previous, memory = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(previous)


def plain(path: Path, text: str = PLAIN, mode: int = 0o600) -> Path:
    """A file that holds a secret."""
    write(path, text)
    path.chmod(mode)
    return path


def words(pilot: Pilot[None]) -> str:
    """What is on screen, however it is wrapped."""
    return " ".join(screen_text(pilot).replace("▌", "").split())


def history_of(path: Path) -> str:
    """All kept versions, one after the other."""
    return "".join(history.text_of(version) for version in history.versions(str(path)))


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_a_file_with_secrets_that_others_can_read_is_told_in_one_line_and_mended_by_a_key(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = plain(tmp_path / "storage.toml", mode=0o644)
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        line = screen_text(pilot).splitlines()[1]
        assert "⚠ Mode 0644: others can see secrets. F makes it private." in line
        await press(pilot, "F")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "Mode 0644" not in screen_text(pilot)
        assert "Only you can read" in said(pilot)
    assert path.read_text() == PLAIN


async def test_a_file_that_holds_references_only_may_be_read_by_others(tmp_path: Path) -> None:
    path = plain(tmp_path / "storage.toml", TWO, mode=0o644)
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        assert "F makes it private" not in screen_text(pilot)
        await press(pilot, "F")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


async def test_the_details_say_which_secret_is_stored_in_the_file(tmp_path: Path) -> None:
    path = plain(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        assert "******** stored in the file; m moves it" in screen_text(pilot)
    plain(path, TWO)
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        assert "stored in the file" not in screen_text(pilot)
        await press(pilot, "m")
        assert pilot.app.screen is the_list(pilot)


async def test_a_secret_moves_to_the_keyring_and_out_of_undo_and_history(
    tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    path = plain(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", "d", "k")
        assert SECRET in history_of(path)
        await press(pilot, "m")
        assert "keyring:storage/prod" in screen_text(pilot)
        await press(pilot, "enter")
        assert "cannot be undone" in said(pilot)
        assert "stored in the file" not in screen_text(pilot)
        await press(pilot, "u", "u")
        app = pilot.app
        assert isinstance(app, StorageApp)
        assert not app.workspace.history.done
        assert app.workspace.file.recorded is None
    assert memory_keyring.held == {("storage", "prod"): SECRET}
    assert read(path)["storage"]["prod"]["aws_secret_access_key"] == "keyring:storage/prod"
    assert SECRET not in history_of(path) + said(pilot)


async def test_a_move_that_is_under_way_cannot_be_cancelled_and_is_awaited_before_leaving(
    tmp_path: Path, hanging_keyring: HangingKeyring
) -> None:
    path = plain(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "m")
        await pilot.press("enter")
        await in_thread(hanging_keyring.asked.wait)
        # Neither does another kind of place begin a second move.
        await pilot.press("escape", "down", "enter")
        assert isinstance(pilot.app.screen, MoveScreen)
        assert "is being moved" in said(pilot)
        assert "Saving first" not in said(pilot)
        await pilot.press("ctrl+q")
        await pilot.press("escape")
        assert "Saving first; Ctrl+Q again leaves at once." in said(pilot)
        assert not pilot.app._exit
        hanging_keyring.unlocked.set()
        await settle(pilot)
        assert pilot.app._exit
    assert hanging_keyring.held == {("storage", "prod"): SECRET}
    assert SECRET not in path.read_text() + history_of(path)


async def test_ctrl_q_pressed_again_leaves_at_once_whatever_is_being_saved(
    tmp_path: Path, hanging_keyring: HangingKeyring
) -> None:
    path = plain(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "m")
        await pilot.press("enter")
        await in_thread(hanging_keyring.asked.wait)
        await pilot.press("ctrl+q")
        assert not pilot.app._exit
        await pilot.press("ctrl+q")
        assert pilot.app._exit
    assert path.read_text() == PLAIN


async def test_what_could_not_be_saved_is_told_and_the_app_is_not_left(
    tmp_path: Path, hanging_keyring: HangingKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = plain(tmp_path / "storage.toml")

    def refused(service: str, username: str, password: str) -> None:
        hanging_keyring.asked.set()
        hanging_keyring.unlocked.wait()
        raise PasswordSetError("the prompt was dismissed")

    monkeypatch.setattr(hanging_keyring, "set_password", refused)
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "m")
        await pilot.press("enter")
        await in_thread(hanging_keyring.asked.wait)
        await pilot.press("ctrl+q")
        hanging_keyring.unlocked.set()
        await settle(pilot)
        assert not pilot.app._exit
        assert isinstance(pilot.app.screen, MoveScreen)
        assert "✗" in screen_text(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)
        await pilot.press("ctrl+q")
        assert pilot.app._exit
    assert path.read_text() == PLAIN


async def test_a_job_counts_until_its_thread_has_ended_though_nobody_waits_for_it(
    tmp_path: Path,
) -> None:
    release = threading.Event()
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        app = pilot.app
        assert isinstance(app, StorageApp)
        worker = app.run_worker(app.in_background("saving", release.wait))
        await pilot.pause()
        worker.cancel()
        with pytest.raises(WorkerCancelled):
            await worker.wait()
        assert app.busy == "saving"
        assert not app.idle.is_set()
        await pilot.press("ctrl+q")
        assert not app._exit
        release.set()
        await settle(pilot)
        assert app._exit


async def test_leaving_waits_for_nothing_but_what_is_being_saved(tmp_path: Path) -> None:
    saved, read_all = threading.Event(), threading.Event()
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        app = pilot.app
        assert isinstance(app, StorageApp)
        app.run_worker(app.in_background("reading", read_all.wait))
        saving = app.run_worker(app.in_background("saving", saved.wait))
        await pilot.pause()
        await pilot.press("ctrl+q")
        assert not app._exit
        saved.set()
        await saving.wait()
        await pilot.pause()
        assert app._exit
        read_all.set()


async def test_a_secret_moves_to_a_file_that_is_chosen_with_the_arrow_keys(
    tmp_path: Path, home: Path
) -> None:
    path = plain(tmp_path / "storage.toml")
    target = tmp_path / "kept"
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "m", "down")
        assert "prod.secret" in screen_text(pilot)
        await press(pilot, "end", "ctrl+u")
        await enter(pilot, f"file:{target}")
        await press(pilot, "enter")
    assert target.read_text() == SECRET
    assert read(path)["storage"]["prod"]["aws_secret_access_key"] == f"file:{target}"


async def test_what_does_not_work_is_told_in_the_dialog_and_moves_nothing(tmp_path: Path) -> None:
    path = plain(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "m", "down", "down", "enter")
        text = " ".join(screen_text(pilot).replace("▌", "").split())
        assert "PROD_AWS_SECRET_ACCESS_KEY is not set" in text
        assert "env:PROD_AWS_SECRET_ACCESS_KEY" in text
        await press(pilot, "ctrl+u")
        await enter(pilot, "elsewhere")
        await press(pilot, "enter")
        assert "write keyring:service/user" in screen_text(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)
    assert path.read_text() == PLAIN


async def test_a_form_that_gives_a_secret_up_for_a_reference_moves_it_out_of_undo_too(
    tmp_path: Path,
) -> None:
    path = plain(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "j", "d", "k", "e")
        pilot.app.screen.query_one("#field-aws_secret_access_key Input").focus()
        await press(pilot, "f6", "down", "enter")
        await enter(pilot, "PROD_S3_SECRET")
        await press(pilot, "ctrl+s")
        assert "cannot be undone" in said(pilot)
        moved = path.read_text()
        await press(pilot, "u", "u")
        app = pilot.app
        assert isinstance(app, StorageApp)
        assert not app.workspace.history.done
        assert not app.workspace.history.undone
        assert app.workspace.file.recorded is None
        assert path.read_text() == moved
        # What comes after it is undone as ever.
        await press(pilot, "d", "u")
        assert path.read_text() == moved
    assert read(path)["storage"]["prod"]["aws_secret_access_key"] == "env:PROD_S3_SECRET"
    assert SECRET not in history_of(path)


async def test_a_secret_that_is_given_up_for_nothing_comes_back_by_undo(tmp_path: Path) -> None:
    path = plain(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "x", "right", "enter")
        assert SECRET not in path.read_text()
        await press(pilot, "u")
    assert path.read_text() == PLAIN


async def test_two_secrets_of_one_configuration_get_two_places(
    tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    token = token_hex(20)
    text = PLAIN.replace("[storage.laptop]", f'aws_session_token = "{token}"\n[storage.laptop]')
    path = plain(tmp_path / "storage.toml", text)
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "m")
        assert "(1 of 2)" in screen_text(pilot)
        await press(pilot, "enter")
        assert "(2 of 2)" in screen_text(pilot)
        await press(pilot, "enter")
    assert sorted(memory_keyring.held.values()) == sorted([SECRET, token])


async def test_a_place_in_the_keyring_that_is_taken_is_not_overwritten(
    tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    memory_keyring.held["storage", "prod"] = token_hex()
    before = dict(memory_keyring.held)
    path = plain(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "m", "enter")
        assert "holds something else" in screen_text(pilot)
    assert memory_keyring.held == before
    assert path.read_text() == PLAIN


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_a_broken_file_is_brought_back_after_a_question_with_the_focus_on_cancel(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = write(tmp_path / "storage.toml")
    ConfigFile(path).set_default("laptop")
    good = path.read_text()
    path.write_text("[storage\n")
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        assert "v  brings back one of 2 earlier versions of the file" in screen_text(pilot)
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
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
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
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
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
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "v")
        assert "never rewritten" in said(pilot)
        assert pilot.app.screen is the_list(pilot)
    assert path.read_text() == newer


async def test_no_storage_type_is_cut_in_120_columns(tmp_path: Path) -> None:
    text = (
        '[storage.a]\ntype = "azure"\ncontainer = "a-container-with-a-long-name"\n'
        'connection_string = "env:A"\n'
        '[storage.a-google-bucket-of-ours]\ntype = "gcs"\nbucket = "a-bucket-with-a-long-name"\n'
        '[storage.c]\ntype = "temporary"\n'
    )
    path = write(tmp_path / "storage.toml", text)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        rows = screen_text(pilot).splitlines()
        assert "Azure Blob Storage" in rows[3]
        assert "Google Cloud Storage" in rows[4]
        assert "Temporary Local Storage" in rows[5]
        assert "Temporary Local Storage" in rows[6]
        row = the_list(pilot).row
        assert row is not None
        assert row.id in screen_text(pilot)


async def test_versions_are_told_apart_by_when_and_what_was_changed_and_never_by_a_value(
    tmp_path: Path,
) -> None:
    path = plain(tmp_path / "storage.toml")
    file = ConfigFile(path)
    file.update("prod", bucket="other", region_name=None)
    file.set_default("laptop")
    file.delete("prod")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "v")
        lines = screen_text(pilot).splitlines()
        found = [line for line in lines if ":" in line and "20" in line and "before" not in line]
        assert [line.split("  ")[-1] for line in map(str.rstrip, found[-3:])] == [
            "deleted prod",
            "made laptop the default",
            "prod: bucket, region_name",
        ]
        assert sum("before: ★ prod, laptop" in line for line in lines) == 2
        assert sum("before: prod, ★ laptop" in line for line in lines) == 1
        assert "acme-results" not in "".join(lines[10:])


async def test_undo_and_a_change_by_hand_stand_among_the_versions_under_what_they_changed(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
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
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "v", "enter")
        assert "u takes this back" in words(pilot)
        await press(pilot, "escape", "escape")
        good = path.read_text()
        write(path, "[storage\n")
        await press(pilot, "f5", "v", "enter")
        assert "takes this back" not in words(pilot)
        assert "Its text is kept in" in words(pilot)
        await press(pilot, "right", "enter")
        assert path.read_text() == good
        assert history.text_of(history.versions(str(path))[0]) == "[storage\n"
