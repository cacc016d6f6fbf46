"""The names of buckets, listed below the field once the server was asked for them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from secrets import token_hex
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.servers.accepting import accepting
from tests.servers.front import Asked, front_of
from tests.servers.process import HOST
from tests.servers.s3 import S3Server
from tests.tui.driving import enter, opened, press, said, screen_text, settle, words
from tests.tui.test_blocks import field, paste
from tui.features.form.screen import FormScreen
from tui.kit.menu import Menu


def remote(endpoint: str, key: str, secret: str) -> str:
    """What is pasted: everything but the bucket."""
    return (
        f"[a]\ntype = s3\nprovider = Other\naccess_key_id = {key}\nsecret_access_key = {secret}\n"
        f"endpoint = {endpoint}\n"
    )


async def ask(pilot: Pilot[Any]) -> None:
    """Press the arrow down, and wait for the answer."""
    await press(pilot, "down")
    await answered(pilot)


async def answered(pilot: Pilot[Any]) -> None:
    """Wait until no server is asked any more."""
    while any(worker.group == "offer" for worker in pilot.app.workers):
        await pilot.pause(0.01)
    await settle(pilot)


async def test_servers_buckets_are_listed_at_a_key_narrowed_and_chosen(
    tmp_path: Path, s3_server: S3Server
) -> None:
    bucket = s3_server.new_bucket()
    async with opened(tmp_path / "storage.toml", (80, 24)) as pilot:
        block = remote(s3_server.endpoint_url, s3_server.access_key_id, s3_server.secret_access_key)
        await paste(pilot, block)
        assert "lists yours" in words(pilot).replace("\u00a0", " ")
        await ask(pilot)
        assert isinstance(pilot.app.focused, Menu)
        # Typing goes on in the field.
        await enter(pilot, bucket[:-2])
        assert isinstance(pilot.app.focused, Menu)
        assert bucket in screen_text(pilot)
        await press(pilot, "enter")
        assert field(pilot, "bucket").value == bucket
        # They were of whoever signed in, and nobody else's.
        await press(pilot, "down", "escape")
        assert not pilot.app.screen.query(Menu)
        field(pilot, "aws_access_key_id").put(f"AKIA{token_hex(4).upper()}")
        await settle(pilot)
        field(pilot, "bucket").focus_target.focus()
        await settle(pilot)
        await ask(pilot)
        assert not pilot.app.screen.query(Menu)
        assert "The server lists none" in words(pilot)
        assert s3_server.secret_access_key not in words(pilot) + said(pilot)


async def test_servers_they_are_there_after_a_test_that_could_sign_in(
    tmp_path: Path, s3_server: S3Server
) -> None:
    bucket = s3_server.new_bucket()
    async with opened(tmp_path / "storage.toml", (80, 24)) as pilot:
        block = remote(s3_server.endpoint_url, s3_server.access_key_id, s3_server.secret_access_key)
        await paste(pilot, block)
        await enter(pilot, f"missing-{token_hex(4)}")
        await press(pilot, "f4", "escape")
        await answered(pilot)
        await press(pilot, "ctrl+u", "down")
        assert isinstance(pilot.app.focused, Menu)
        assert bucket in {*pilot.app.focused._values}


@contextmanager
def silent() -> Iterator[Silent]:
    """A server that takes connections and says nothing."""
    server = Silent()
    stopped = threading.Event()

    def serve(client: socket.socket) -> None:
        server.asked.put(client.recv(65536))
        # Nothing comes any more before the client goes.
        while client.recv(65536):
            pass
        server.left.put(True)

    with accepting(serve, stopped) as port:
        server.url = f"http://{HOST}:{port}"
        yield server


class Silent:
    """What a server that says nothing has seen."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: SimpleQueue[bytes] = SimpleQueue()
        """What came over each connection."""

        self.left: SimpleQueue[bool] = SimpleQueue()
        """One for each connection that the client has closed."""


async def comes(pilot: Pilot[Any], queue: SimpleQueue[Any]) -> None:
    """Wait until a server has seen something."""
    while queue.empty():
        await pilot.pause(0.01)
    queue.get_nowait()


async def test_no_server_is_asked_before_the_key_and_nobody_waits_for_one(tmp_path: Path) -> None:
    with silent() as server:
        async with opened(tmp_path / "storage.toml", (80, 24)) as pilot:
            await paste(pilot, remote(server.url, "AKIAEXAMPLE", "secret"))
            await press(pilot, "tab", "shift+tab", "a", "backspace")
            assert server.asked.empty()
            await pilot.press("down")
            await comes(pilot, server.asked)
            assert "Asking the server" in screen_text(pilot)
            await pilot.press(*"acme", "tab")
            assert field(pilot, "bucket").value == "acme"
            assert not pilot.app.screen.query(Menu)
            await pilot.click("#cancel")
            await pilot.press("d")
            await pilot.pause()
            assert not isinstance(pilot.app.screen, FormScreen)
            await comes(pilot, server.left)


@pytest.mark.parametrize("engine", ["direct", "fsspec"])
async def test_escape_ends_the_question_and_not_the_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setenv("STORAGE_ENGINE", engine)
    monkeypatch.setenv("STORAGE_TIMEOUT", "3600")
    with silent() as server:
        async with opened(tmp_path / "storage.toml", (80, 24)) as pilot:
            await paste(pilot, remote(server.url, "AKIAEXAMPLE", "secret"))
            for typed in ("ac", "acme"):
                # The second time the server is asked anew, although it was asked the same.
                await pilot.press("down", *typed[2:] or typed)
                await comes(pilot, server.asked)
                # Who asks twice gets one answer.
                await pilot.press("down")
                assert "Asking the server …  Esc stops." in screen_text(pilot)
                assert "Esc Stop" in screen_text(pilot)
                await pilot.press("escape")
                # The connection is closed, long before the time is up.
                await comes(pilot, server.left)
                await answered(pilot)
                assert isinstance(pilot.app.screen, FormScreen)
                assert field(pilot, "bucket").value == typed
                assert field(pilot, "aws_access_key_id").value == "AKIAEXAMPLE"
                assert "Asking the server" not in screen_text(pilot)
                assert "Esc Back" in screen_text(pilot)
            assert server.asked.empty()
            await press(pilot, "escape")
            assert "Leave without saving?" in screen_text(pilot)


async def test_servers_escape_ends_the_question_that_follows_a_test(
    tmp_path: Path, s3_server: S3Server
) -> None:
    bucket = s3_server.new_bucket()
    goes_on = threading.Event()

    def slow(asked: Asked) -> None:
        if asked.path.partition("?")[0] == "/":
            goes_on.wait()

    with front_of(s3_server.endpoint_url, slow) as front:
        async with opened(tmp_path / "storage.toml", (80, 24)) as pilot:
            await paste(
                pilot,
                remote(front.url, s3_server.access_key_id, s3_server.secret_access_key),
            )
            await enter(pilot, bucket)
            await press(pilot, "f4")
            await pilot.press("escape")
            # After a moment it is told that the server is being asked.
            while "Asking the server …  Esc stops." not in screen_text(pilot):
                await pilot.pause(0.01)
            await pilot.press("escape")
            await answered(pilot)
            assert isinstance(pilot.app.screen, FormScreen)
            assert "Asking the server" not in screen_text(pilot)
            goes_on.set()
            await ask(pilot)
            assert isinstance(pilot.app.focused, Menu)
            assert bucket in {*pilot.app.focused._values}


async def test_what_is_missing_to_sign_in_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path / "storage.toml", (80, 24)) as pilot:
        await press(pilot, "n", "a")
        await ask(pilot)
        assert "Nothing to list before Connection String is right." in words(pilot)
