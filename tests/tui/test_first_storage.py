"""From the empty app to a tested default storage on AWS, counting the keys besides the values."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import pytest
from textual import events
from textual.pilot import Pilot

from tests.servers.accepting import accepting
from tests.servers.authority import Authority, Pair
from tests.servers.process import HOST
from tests.servers.s3 import REGION, S3Server
from tests.servers.tls import joined
from tests.tui.driving import enter, opened, press, read, said, screen_text, selected, settle
from tui.features.form.screen import FormScreen

MOST = 8
"""Keys besides the values that it may take."""


@contextmanager
def aws(behind: str, pair: Pair) -> Iterator[str]:
    """A proxy behind which every host is the S3 server at `behind`, with TLS as AWS speaks it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    parts = urlsplit(behind)

    def serve(client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(65536)
        assert head.startswith(b"CONNECT ")
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with (
            context.wrap_socket(client, server_side=True) as clear,
            socket.create_connection((parts.hostname or HOST, parts.port or 80)) as server,
        ):
            joined(clear, server)

    with accepting(serve, threading.Event()) as port:
        yield f"http://{HOST}:{port}"


@pytest.fixture
def bucket(s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket, reached as one of AWS."""
    name = s3_server.new_bucket()
    authority = Authority(tmp_path)
    with aws(s3_server.endpoint_url, authority.signed(f"{name}.s3.amazonaws.com")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.bundle))
        yield name


class Counting:
    """A person who types values and presses keys, of which the keys are counted."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self._pilot = pilot
        self.keys = 0

    async def press(self, *keys: str) -> None:
        """Press keys that are no part of a value."""
        self.keys += len(keys)
        await press(self._pilot, *keys)

    async def value(self, text: str) -> None:
        """Type a value."""
        await enter(self._pilot, text)

    async def paste(self, text: str) -> None:
        """Paste a value, or several at once."""
        self._pilot.app.post_message(events.Paste(text))
        await settle(self._pilot)


async def test_servers_a_tested_default_storage_on_aws_takes_eight_keys_at_most(
    tmp_path: Path, s3_server: S3Server, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = f"SECRET_{token_hex(3).upper()}"
    monkeypatch.setenv(variable, s3_server.secret_access_key)
    path = tmp_path / "storage.toml"
    async with opened(path) as pilot:
        person = Counting(pilot)
        await person.press("n", "s")
        # Enter passes over what is of no use beside keys that last.
        await person.value(bucket)
        await person.press("enter")
        await person.paste(s3_server.access_key_id)
        await person.press("enter")
        await person.paste(f"env:{variable}")
        await person.press("enter")
        await person.value(REGION)
        await person.press("f4")
        assert f"Test {bucket}" in screen_text(pilot)
        assert "It works" in screen_text(pilot)
        await person.press("enter")
        assert said(pilot) == f"Saved {bucket}; it is the default now."
        assert (selected(pilot).name, selected(pilot).default) == (bucket, True)
        result = pilot.app.session.result(selected(pilot))
        assert result is not None
        assert result.ok
        assert person.keys == 7 <= MOST
        # One undo takes all of it back.
        await press(pilot, "u")
    saved = read(path)
    assert not saved.get("default")
    assert not saved.get("storage")


async def test_servers_a_pasted_block_takes_even_fewer(
    tmp_path: Path, s3_server: S3Server, bucket: str
) -> None:
    path = tmp_path / "storage.toml"
    async with opened(path) as pilot:
        person = Counting(pilot)
        await person.paste(
            f"export AWS_ACCESS_KEY_ID={s3_server.access_key_id}\n"
            f"export AWS_SECRET_ACCESS_KEY={s3_server.secret_access_key}\n"
            f"export AWS_DEFAULT_REGION={REGION}\n"
        )
        await person.value(bucket)
        await person.press("f4", "enter")
        assert person.keys == 2
        assert s3_server.secret_access_key not in said(pilot)
    saved = read(path)
    assert saved["default"] == bucket
    assert saved["storage"][bucket]["region_name"] == REGION
    assert saved["storage"][bucket]["aws_access_key_id"] == s3_server.access_key_id


async def test_whoever_saves_a_tested_one_without_making_it_the_default_is_not_asked_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "storage.toml"
    async with opened(path) as pilot:
        await press(pilot, "n", "l")
        await enter(pilot, str(tmp_path / "blobs"))
        await press(pilot, "f4", "tab", "enter")
        assert said(pilot) == "Saved blobs."
        assert selected(pilot).name == "blobs"
        assert "default" not in read(path)
        await press(pilot, "n", "t", "ctrl+s", "ctrl+s")
        assert selected(pilot).name == "temporary"
    assert "default" not in read(path)


@pytest.mark.parametrize(
    ("key", "passed"),
    [
        ("AKIAEXAMPLE", {"aws_session_token", "profile_name"}),
        ("ASIAEXAMPLE", {"profile_name"}),
        ("", set()),
    ],
    ids=["lasting", "temporary", "none"],
)
async def test_enter_passes_over_what_is_of_no_use_and_tab_over_nothing(
    tmp_path: Path, key: str, passed: set[str]
) -> None:
    async with opened(tmp_path / "storage.toml") as pilot:
        await press(pilot, "n", "s")
        form = pilot.app.screen
        assert isinstance(form, FormScreen)
        names = [field.setting.name for field in form.fields()]
        for way, left_out in (("enter", passed), ("tab", set())):
            met = []
            form.fields()[0].focus_target.focus()
            await settle(pilot)
            while "name" not in met:
                met += [field.setting.name for field in form.fields() if field.has_focus_within]
                if met[-1] == "aws_access_key_id" and way == "enter":
                    await enter(pilot, key)
                await press(pilot, way)
            assert met == [name for name in names if name not in left_out]
