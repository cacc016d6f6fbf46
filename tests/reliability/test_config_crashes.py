"""Figures 1 to 4: the configuration file under many writers, `kill -9`, failing calls, a full disk.

The small versions run in the default suite; the full ones hand in their numbers.
"""

from __future__ import annotations

import errno
import os
import random
import re
import resource
import time
import tomllib
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from storage_core.config.saving import replace
from storage_core.config.saving.lock import locked
from storage_core.config.saving.replace import fingerprint, write
from storage_core.config.toml.edit import add_table, set_root
from storage_core.errors import ConfigurationError
from tests.children import Killable, in_child
from tests.config.rewriting import rewrite
from tests.figures import Figure

SECRET = token_hex(16)
OLD = f'default = "a"\nsecret = "{SECRET}"\n'


def set_default(text: str) -> str:
    return set_root(text, "default", "b")


def hundreds_of_configurations(path: Path, number: int) -> str:
    """Write a file of `number` tables and return its text."""
    text = ""
    for index in range(number):
        settings = {"id": token_hex(16), "type": "s3", "bucket": f"acme-{index}"}
        text += add_table("", ("storage", f"prod-{index}"), settings).removeprefix("version = 1\n")
    path.write_text(f'version = 1\ndefault = "prod-0"\n{text}')
    return path.read_text()


# --- 1: many writers, many readers --------------------------------------------------------------


def edits_and_reads(path: Path, writers: int, edits: int, readers: int) -> tuple[int, int]:
    """How many edits of all are in the file at the end, and how many reads meanwhile were good."""
    path.write_text("version = 1\n")
    reading, writing = os.pipe()
    children = []
    for writer in range(writers):
        if (pid := os.fork()) == 0:
            try:
                for edit in range(edits):
                    change = partial(set_root, key=f"edit-{writer}-{edit}", value=1)
                    rewrite(str(path), change, timeout=110)
                os._exit(0)
            finally:
                os._exit(1)
        children.append(pid)
    stop, stopped = os.pipe()
    watchers = []
    for _ in range(readers):
        if (pid := os.fork()) == 0:
            os.close(stopped)
            os.set_blocking(stop, False)
            os.write(writing, f"{_read_until(path, stop)}\n".encode())
            os._exit(0)
        watchers.append(pid)
    ended = [os.waitpid(pid, 0)[1] for pid in children]
    os.close(stopped)
    os.close(writing)
    for pid in watchers:
        os.waitpid(pid, 0)
    with os.fdopen(reading) as pipe:
        reads = [int(line) for line in pipe]
    os.close(stop)
    assert ended == [0] * writers
    assert len(reads) == readers, "a reader met a bad file"
    kept = sum(key.startswith("edit-") for key in tomllib.loads(path.read_text()))
    return kept, sum(reads)


def _read_until(path: Path, stop: int) -> int:
    """Read until `stop` is closed at the other end; every read whole, none older than the last."""
    keys: set[str] = set()
    for number in count(1):
        found = set(tomllib.loads(path.read_text()))
        assert found >= keys >= set()
        keys = found
        try:
            if os.read(stop, 1) == b"":
                return number
        except BlockingIOError:
            pass
    raise AssertionError


def test_edits_of_several_processes_are_all_kept_and_reads_are_whole(tmp_path: Path) -> None:
    kept, reads = edits_and_reads(tmp_path / "storage.toml", writers=4, edits=10, readers=1)
    assert kept == 40
    assert reads > 10


@pytest.mark.reliability
def test_figure_1_eight_processes_of_fifty_edits(tmp_path: Path, figure: Figure) -> None:
    kept, reads = edits_and_reads(tmp_path / "storage.toml", writers=8, edits=50, readers=2)
    figure(1, "8 processes x 50 edits", f"{kept} of 400 kept, 0 bad of {reads} reads meanwhile")
    assert kept == 400
    assert reads >= 1000


# --- 2: kill -9 during a save -------------------------------------------------------------------


def survived_kills(path: Path, kills: int) -> tuple[int, int]:
    """How often the file was whole after a kill, and how often the kill hit the writing of it."""
    versions = [hundreds_of_configurations(path, 200)]
    versions.append(set_root(versions[0], "default", "prod-199"))
    moments = random.Random(20261122)
    whole = hits = 0

    def save_for_ever(ready: Callable[[], None]) -> None:
        ready()
        for number in count():
            with locked(str(path)) as target:
                write(str(path), versions[number % 2], fingerprint(target))

    for _ in range(kills):
        child = Killable(save_for_ever)
        # A moment of the clock is what is tested here, so there is nothing else to wait for.
        time.sleep(moments.uniform(0, 0.02))
        child.kill()
        whole += path.read_text() in versions
        hits += bool(strays(path))
        with locked(str(path)):
            assert not strays(path)
    return whole, hits


def strays(path: Path) -> list[Path]:
    return list(path.parent.glob(f".{path.name}.*.tmp"))


def test_a_killed_save_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    whole, _ = survived_kills(tmp_path / "storage.toml", kills=20)
    assert whole == 20


@pytest.mark.reliability
def test_figure_2_kill_9_at_two_hundred_moments(tmp_path: Path, figure: Figure) -> None:
    whole, hits = survived_kills(tmp_path / "storage.toml", kills=200)
    figure(
        2,
        "kill -9 during a save",
        f"{whole} of 200 intact, 0 missing; {hits} stray temporary files, all swept",
    )
    assert whole == 200
    assert hits > 20


# --- 3: the Nth system call fails ---------------------------------------------------------------

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EBUSY)
CALLS = (
    "open .storage.toml.lock",
    "open folder",
    "open temporary",
    "write temporary",
    "chmod temporary",
    "fsync temporary",
    "swap storage.toml",
    "fsync folder",
)
"""A save of a file that exists, call by call."""


class Calls:
    """Records the calls that `os` makes for a save, and lets the Nth fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.made: list[str] = []
        self.failing: int | None = None
        self.error = 0
        self._folder = str(folder)
        self._files: dict[int, str] = {}
        for name in ("open", "write", "fchmod", "fsync", "replace"):
            monkeypatch.setattr(os, name, self._watched(name, getattr(os, name)))
        monkeypatch.setattr(replace, "swap", self._watched("swap", replace.swap))

    def _watched(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            subject = self._subject(args[-1] if name in ("replace", "swap") else args[0])
            if subject is None or (name == "fchmod" and "lock" in subject):
                return real(*args, **options)
            self.made.append(f"{name.removeprefix('f') if name == 'fchmod' else name} {subject}")
            if len(self.made) - 1 == self.failing:
                raise OSError(self.error, os.strerror(self.error), str(args[0]))
            result = real(*args, **options)
            if name == "open":
                self._files[result] = subject
            return result

        return call

    def _subject(self, of: object) -> str | None:
        if isinstance(of, int):
            return self._files.get(of)
        path = str(of)
        if not path.startswith(self._folder):
            return None
        name = path.removeprefix(self._folder).strip("/")
        return re.sub(r"^\.storage\.toml\.\w{16}\.tmp$", "temporary", name) or "folder"


def test_a_save_makes_its_calls_in_this_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "storage.toml"
    path.write_text(OLD)
    calls = Calls(monkeypatch, tmp_path)
    rewrite(str(path), set_default)
    assert tuple(calls.made) == CALLS


def survives(path: Path, monkeypatch: pytest.MonkeyPatch, failing: int, error: int) -> None:
    """Let one call of a save fail, and check the file, the message, the leftovers, the lock."""
    path.write_text(OLD)
    with monkeypatch.context() as patched:
        calls = Calls(patched, path.parent)
        calls.failing, calls.error = failing, error
        with pytest.raises(ConfigurationError) as caught:
            rewrite(str(path), set_default)
    assert tuple(calls.made) == CALLS[: failing + 1]
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    assert isinstance(caught.value.__cause__, OSError)
    assert SECRET not in message + repr(caught.value.__cause__)
    if CALLS[failing] == "fsync folder":
        # Nothing is lost, and nothing can be taken back: the new file is there, and the message
        # says what is not sure.
        assert "is saved, but the disk did not confirm it" in message
        assert path.read_text() == set_default(OLD)
    else:
        assert message.startswith("cannot save ")
        assert path.read_text() == OLD
    assert not strays(path)
    rewrite(str(path), lambda text: set_root(text, "free", 1), timeout=0)


@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("failing", range(len(CALLS)), ids=CALLS.__getitem__)
def test_a_call_that_fails_leaves_the_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int, error: int
) -> None:
    survives(tmp_path / "storage.toml", monkeypatch, failing, error)


@pytest.mark.reliability
def test_figure_3_every_call_fails_in_every_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figure: Figure
) -> None:
    for failing in range(len(CALLS)):
        for error in ERRORS:
            folder = tmp_path / f"{failing}-{error}"
            folder.mkdir()
            survives(folder / "storage.toml", monkeypatch, failing, error)
    number = len(CALLS) * len(ERRORS)
    figure(3, "each system call of a save fails in each way", f"{number} of {number} intact")


def test_bytes_that_the_disk_swallows_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "storage.toml"
    path.write_text(OLD)
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, data: real(file, data[:10]) and len(data))
    with pytest.raises(ConfigurationError, match="fewer bytes"):
        rewrite(str(path), set_default)
    assert path.read_text() == OLD


def test_a_disk_that_takes_nothing_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "storage.toml"
    path.write_text(OLD)
    monkeypatch.setattr(os, "write", lambda file, data: 0)
    with pytest.raises(ConfigurationError, match="fewer bytes"):
        rewrite(str(path), set_default)
    assert path.read_text() == OLD


def test_writes_in_small_pieces_are_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "storage.toml"
    path.write_text(OLD)
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, data: real(file, data[:3]))
    rewrite(str(path), set_default)
    assert path.read_text() == set_default(OLD)


# --- 4: a full disk -----------------------------------------------------------------------------


def refusal_on_full_disk(path: Path, room: int) -> str:
    """What saving says when the disk has `room` bytes for a file, and the file is whole."""
    old = hundreds_of_configurations(path, 20)

    def save() -> str:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        with pytest.raises(ConfigurationError) as caught:
            rewrite(str(path), set_default)
        return str(caught.value)

    message = in_child(save)
    assert path.read_text() == old
    assert not strays(path)
    return message


@pytest.mark.parametrize("room", [0, 1, 1000])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, room: int) -> None:
    message = refusal_on_full_disk(tmp_path / "storage.toml", room)
    assert "there is no room for it on the disk" in message
    assert "\n" not in message


@pytest.mark.reliability
def test_figure_4_a_full_disk(tmp_path: Path, figure: Figure) -> None:
    for room in range(100):
        refusal_on_full_disk(tmp_path / "storage.toml", room * 7)
    figure(4, "a full disk during a save", "100 of 100 old files intact")
