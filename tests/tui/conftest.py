"""Keyrings; and what the app tells the garbage collector is undone, since many run here."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from secrets import token_hex

import keyring
import pytest
from textual.widgets import Input, TextArea

from tests.garbage import leave_alone
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
