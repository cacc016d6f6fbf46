"""Whatever takes long says so on the screen on top, and leaves everything where it was."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage_core import ConfigFile
from tests.tui.driving import opened, press, screen_text, settle, write
from tests.tui.safekeeping import HangingKeyring, plain
from tui.session import editor
from tui.session.workspace import Workspace


@contextmanager
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """The configuration file, while another program changes it."""
    begun, done = threading.Event(), threading.Event()

    def hold() -> None:
        with ConfigFile(path).transaction():
            begun.set()
            done.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert begun.wait(30)
        yield
    finally:
        done.set()
        thread.join()


async def until_said(pilot: Pilot[Any], words: str) -> None:
    """Wait until the screen says this."""
    async with asyncio.timeout(30):
        while words not in screen_text(pilot):
            await pilot.pause(0.02)


def places(pilot: Pilot[Any]) -> dict[Any, Any]:
    """Where everything on the screen on top is."""
    return {widget: widget.region for widget in pilot.app.screen.query("*") if widget.id}


@pytest.mark.parametrize("keys", ["d", "D enter", "x d", "v enter r"])
async def test_saving_says_so_while_the_file_is_in_use(tmp_path: Path, keys: str) -> None:
    path = write(tmp_path / "storage.toml")
    ConfigFile(path).set_default("laptop")
    async with opened(path) as pilot:
        *first, last = keys.split()
        await press(pilot, *first)
        with locked(path):
            await pilot.press(last)
            await until_said(pilot, "● saving")
            before = places(pilot)
        await settle(pilot)
        assert "● saving" not in screen_text(pilot)
        after = places(pilot)
        assert {widget: after[widget] for widget in before} == before


async def test_a_form_says_that_it_is_being_saved(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path) as pilot:
        await press(pilot, "e", "end", "2")
        with locked(path):
            await pilot.press("ctrl+s")
            await until_said(pilot, "● saving")
        await settle(pilot)
        assert "Saved prod." in "".join(each.message for each in pilot.app._notifications)


async def test_a_dialog_says_in_its_frame_that_a_keyring_is_waited_for(
    tmp_path: Path, hanging_keyring: HangingKeyring
) -> None:
    async with opened(plain(tmp_path / "storage.toml")) as pilot:
        await press(pilot, "m")
        before = places(pilot)
        await pilot.press("enter")
        await until_said(pilot, "● saving")
        assert places(pilot) == before
        hanging_keyring.unlocked.set()
        await settle(pilot)
        assert "● saving" not in screen_text(pilot)


@pytest.mark.parametrize(
    ("keys", "words"), [("t", "Testing…"), ("b", "Listing…"), ("e f4", "Testing…")]
)
async def test_a_server_that_does_not_answer_is_waited_for_in_so_many_words(
    tmp_path: Path, keys: str, words: str
) -> None:
    with silent() as address:
        text = f'[storage.slow]\ntype = "kv"\napi_address = "{address}"\ntimeout = 30\n'
        async with opened(write(tmp_path / "storage.toml", text)) as pilot:
            *first, last = keys.split()
            await press(pilot, *first)
            await pilot.press(last)
            await until_said(pilot, words)


@pytest.mark.parametrize(
    ("key", "owner", "name", "words"),
    [("v", Workspace, "versions", "● reading"), ("o", editor, "line_to_see", "● opening")],
    ids=["versions", "open file"],
)
async def test_reading_that_takes_long_says_so(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    owner: Any,
    name: str,
    words: str,
) -> None:
    release, real = threading.Event(), getattr(owner, name)

    def slow(*args: Any) -> Any:
        release.wait(30)
        return real(*args)

    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.setattr(owner, name, slow)
    path = write(tmp_path / "storage.toml")
    ConfigFile(path).set_default("laptop")
    async with opened(path) as pilot:
        await pilot.press(key)
        await until_said(pilot, words)
        release.set()
        await settle(pilot)
        assert words not in screen_text(pilot)
