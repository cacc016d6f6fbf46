"""Leaving the app: from everywhere, and while something is saved, a secret that moves above all."""

from __future__ import annotations

import asyncio
import gc
import threading
from pathlib import Path

import pytest
from keyring.errors import PasswordSetError
from textual.app import ScreenStackError
from textual.containers import VerticalScroll
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.widget import MountError
from textual.worker import WorkerCancelled

from storage_core import ConfigFile, StorageUnavailable
from tests.quoting import in_toml
from tests.tui.driving import (
    TWO,
    burst,
    opened,
    press,
    read,
    said,
    screen_text,
    settle,
    the_list,
    until,
    write,
)
from tests.tui.safekeeping import PLAIN, SECRET, HangingKeyring, history_of, plain
from tui.app import StorageApp
from tui.features.configurations.screen import ConfigurationsScreen
from tui.features.secrets.dialog import MoveDialog
from tui.kit.ask import AskName
from tui.kit.screen import BaseScreen
from tui.session.background import Jobs, in_thread


async def test_a_move_that_is_under_way_cannot_be_cancelled_and_is_awaited_before_leaving(
    tmp_path: Path, hanging_keyring: HangingKeyring
) -> None:
    path = plain(tmp_path / "storage.toml")
    async with opened(path) as pilot:
        await press(pilot, "m")
        await pilot.press("enter")
        await in_thread(hanging_keyring.asked.wait)
        # Neither does another kind of place begin a second move.
        await pilot.press("escape", "down", "enter")
        assert isinstance(pilot.app.screen, MoveDialog)
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
    async with opened(path) as pilot:
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
    async with opened(path) as pilot:
        await press(pilot, "m")
        await pilot.press("enter")
        await in_thread(hanging_keyring.asked.wait)
        await pilot.press("ctrl+q")
        hanging_keyring.unlocked.set()
        await settle(pilot)
        assert not pilot.app._exit
        assert isinstance(pilot.app.screen, MoveDialog)
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
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        app = pilot.app
        assert isinstance(app, StorageApp)
        worker = app.run_worker(app.session.jobs.run("saving", release.wait))
        await pilot.pause()
        worker.cancel()
        with pytest.raises(WorkerCancelled):
            await worker.wait()
        assert app.busy == "saving"
        assert not app.session.jobs.idle.is_set()
        await pilot.press("ctrl+q")
        assert not app._exit
        release.set()
        await settle(pilot)
        assert app._exit


async def test_leaving_waits_for_nothing_but_what_is_being_saved(tmp_path: Path) -> None:
    saved, read_all = threading.Event(), threading.Event()
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        app = pilot.app
        assert isinstance(app, StorageApp)
        app.run_worker(app.session.jobs.run("reading", read_all.wait))
        saving = app.run_worker(app.session.jobs.run("saving", saved.wait))
        await pilot.pause()
        await pilot.press("ctrl+q")
        assert not app._exit
        saved.set()
        await saving.wait()
        await until(pilot, lambda: app._exit)
        read_all.set()


@pytest.mark.parametrize("key", ["e", "t", "x", "ctrl+p"])
async def test_leaving_while_a_screen_opens_is_no_crash(tmp_path: Path, key: str) -> None:
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        opening = len(pilot.app.screen_stack) + 1
        pilot.app.simulate_key(key)
        while len(pilot.app.screen_stack) < opening:  # noqa: ASYNC110 (no turn later than it opens)
            await asyncio.sleep(0)
        pilot.app.exit(return_code=143)
    assert pilot.app.return_code == 143


async def test_leaving_before_the_panes_are_there_that_come_after_the_first_frame_is_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount_room = ConfigurationsScreen._mount_room

    async def late(screen: ConfigurationsScreen) -> None:
        screen.app.exit(return_code=129)
        await mount_room(screen)

    monkeypatch.setattr(ConfigurationsScreen, "_mount_room", late)
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        while pilot.app.return_code is None:  # noqa: ASYNC110 (no turn later than it is left)
            await asyncio.sleep(0)
    assert pilot.app.return_code == 129


@pytest.mark.parametrize(
    "opens", ["n", "e", "r", "x", "t", "v", "question_mark", "ctrl+p", "slash"]
)
async def test_ctrl_q_leaves_the_app_from_everywhere(tmp_path: Path, opens: str) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('"/data/storage"', in_toml(tmp_path / "d")))
    ConfigFile(path).set_default("laptop")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", opens)
        assert opens == "slash" or pilot.app.screen is not the_list(pilot)
        await press(pilot, "ctrl+q")
        assert pilot.app._exit
        assert pilot.app.return_code == 0


async def test_what_is_being_saved_is_saved_before_the_app_is_left(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await burst(pilot, "j", "d", "q")
        assert pilot.app._exit
    assert read(path)["default"] == "laptop"


async def test_what_a_dialog_asked_to_be_done_after_drawing_is_not_done_once_it_is_closed(
    tmp_path: Path,
) -> None:
    done: list[str] = []
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        await press(pilot, "question_mark")
        dialog = pilot.app.screen
        dialog.call_after_refresh(done.append, "while it is open")
        await settle(pilot)
        with dialog._context():
            # As its own `on_resize` does, just before it is closed.
            dialog.call_after_refresh(lambda: done.append(str(dialog.query_one(VerticalScroll))))
        dialog.dismiss(None)
        await settle(pilot)
        assert pilot.app.is_running
        assert done == ["while it is open"]


@pytest.mark.parametrize("raised", [MountError, NoMatches, NoScreen, ScreenStackError])
async def test_what_was_to_be_drawn_on_a_screen_that_is_gone_crashes_no_app_that_is_being_left(
    tmp_path: Path, raised: type[Exception]
) -> None:
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        pilot.app.exit(return_code=3)
        # As the workers and the message queues of Textual do; it comes too late to be awaited.
        pilot.app._handle_exception(raised("the screen is gone"))
    assert pilot.app.return_code == 3


async def test_a_question_that_begins_while_its_own_screen_is_closed_holds_nothing_up(
    tmp_path: Path,
) -> None:
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        await press(pilot, "question_mark")
        dialog = pilot.app.screen
        assert isinstance(dialog, BaseScreen)

        async def ask() -> None:
            dialog.dismiss(None)
            await dialog.ask(AskName("Name it", "Go", "", "", str))

        loop = dialog._task
        dialog.start(ask())
        await asyncio.wait([loop], timeout=10)
        assert loop.done()
        assert not loop.cancelled()
        await settle(pilot)
        assert pilot.app.screen is the_list(pilot)
        await press(pilot, "question_mark", "escape")
        assert pilot.app.screen is the_list(pilot)


async def test_what_works_for_the_app_may_outlast_its_screens(tmp_path: Path) -> None:
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        app = pilot.app

        async def draw_again() -> None:
            while app.screen_stack:  # noqa: ASYNC110 (no turn later than they are gone)
                await asyncio.sleep(0)
            app.screen.refresh(layout=True)

        worker = app.run_worker(draw_again())
    assert worker.is_finished
    assert app.return_code is None


async def test_the_same_crashes_an_app_that_is_not_being_left(tmp_path: Path) -> None:
    with pytest.raises(MountError):
        async with opened(write(tmp_path / "storage.toml")) as pilot:
            pilot.app._handle_exception(MountError("nothing is there"))
    assert pilot.app.return_code == 1


async def test_a_job_that_fails_when_nobody_waits_for_it_any_more_prints_no_traceback() -> None:
    release, told = threading.Event(), []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))

    def fail() -> None:
        release.wait()
        raise StorageUnavailable("nobody listens")

    jobs = Jobs(lambda _: None)
    waiting = asyncio.create_task(jobs.run("looking", fail))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    release.set()
    await jobs.idle.wait()
    gc.collect()
    await asyncio.sleep(0)
    assert told == []
