"""Keyrings, what other tools keep, and the garbage collector as it is without the app."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import keyring
import pytest
from textual.widgets import Input, TextArea

from tests.garbage import leave_alone
from tests.tui.driving import write
from tests.tui.importing import SECRET
from tests.tui.safekeeping import HangingKeyring, MemoryKeyring


@pytest.fixture(autouse=True)
def _garbage_as_usual() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)


@pytest.fixture(autouse=True, scope="module")
def _nothing_kept_of_the_apps() -> Iterator[None]:
    yield
    # They keep the collector from what they hold themselves; thawing everything after each of them
    # would have each search for garbage begin with all that the tests have loaded.
    leave_alone()


@pytest.fixture(autouse=True)
def _steady_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that blinks is in one picture and not in the next."""
    monkeypatch.setattr(Input, "_toggle_cursor", lambda field: None)
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda area: None)


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


@pytest.fixture(autouse=True)
def _no_clipboard_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "WAYLAND_DISPLAY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "a 1 b 2")


@pytest.fixture(autouse=True)
def _referenced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret that `driving.TWO` refers to is there, so that nothing is doubted."""
    monkeypatch.setenv("PROD_S3_SECRET", token_hex())


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a profile of AWS's and remotes of rclone's; one leads to a folder."""
    home = Path.home()
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    (home / ".aws").mkdir(parents=True)
    write(home / ".aws" / "config", "[profile corp]\nregion = eu-west-1\n")
    write(
        home / ".aws" / "credentials",
        f"[corp]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = {SECRET}\n",
    )
    folder = home / ".config" / "rclone"
    folder.mkdir(parents=True)
    write(
        folder / "rclone.conf",
        f"[minio]\ntype = s3\nprovider = Minio\naccess_key_id = AKIAEXAMPLE\n"
        f"secret_access_key = {SECRET}\nendpoint = http://127.0.0.1:9\n"
        "[team]\ntype = alias\nremote = minio:acme/team\n"
        f"[disk]\ntype = alias\nremote = {home}/data\n"
        "[safe]\ntype = crypt\nremote = minio:acme\n",
    )
    return home
