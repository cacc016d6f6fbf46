"""Figures 4 and 9 for blobs on the local disk: writes that are killed, and disks that are full."""

from __future__ import annotations

import os
import random
import resource
import time
from collections.abc import Callable
from hashlib import sha256
from itertools import count
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any

import pytest

from storage_core import Store
from storage_core.backends.local import disk
from storage_core.backends.local.backend import STALE_AFTER
from storage_core.errors import StorageError
from tests.children import Killable, in_child
from tests.figures import Figure
from tests.reliability.local_stores import LOCAL, MIB, files, opened, temporaries

# --- 9: kill -9 during a write ------------------------------------------------------------------


class Killed:
    """Blobs that were written by processes which were killed meanwhile."""

    def __init__(self, store: Store, data: Path, size: int, folder: Path) -> None:
        self._store = store
        self._data = data
        blobs = [os.urandom(size) for _ in range(2)]
        self._hashes = {sha256(blob).hexdigest() for blob in blobs}
        source = folder / "source"
        source.write_bytes(blobs[0])
        self._writes: tuple[Callable[[], str], ...] = (
            lambda: store.write(blobs[0]),
            lambda: store.write(blobs[1], key=f"results/chosen-{token_hex(4)}"),
            lambda: store.write_file(source, "flows"),
        )
        # Measured without the hashing, in which nothing can be torn.
        started = time.monotonic()
        for _ in range(3):
            opened("local", data).write(blobs[0])
        self._duration = (time.monotonic() - started) / 3
        self.torn = self.hits = self.whole = 0

    def kill(self, number: int, moment: float) -> None:
        """Kill a process at `moment`, counted from its first byte in the time of one write."""

        def write_for_ever(ready: Callable[[], None]) -> None:
            real = os.write

            def write(descriptor: int, piece: Any) -> int:
                os.write = real
                ready()
                return real(descriptor, piece)

            os.write = write
            for each in count(number):
                self._writes[each % len(self._writes)]()

        for path in files(self._data):
            path.unlink()
        child = Killable(write_for_ever)
        # A moment of the clock is what is tested here, so there is nothing else to wait for.
        time.sleep(moment * self._duration)
        child.kill()
        self.hits += bool(temporaries(self._data))
        for blob in self._store.list():
            digest = sha256()
            with self._store.open(blob.key) as file:
                while piece := file.read(MIB):
                    digest.update(piece)
            good = digest.hexdigest() in self._hashes
            self.whole += good
            self.torn += not good


def killed(name: str, data: Path, size: int, kills: int, folder: Path) -> Killed:
    moments = random.Random(20261122)
    outcome = Killed(opened(name, data), data, size, folder)
    for number in range(kills):
        outcome.kill(number, moments.random())
    return outcome


@pytest.mark.parametrize("name", LOCAL)
def test_a_killed_write_leaves_a_whole_blob_or_none(
    name: str, data: Path, tmp_path: Path, unnamed: bool
) -> None:
    outcome = killed(name, data, 8 * MIB, 8, tmp_path)
    assert outcome.torn == 0
    assert (outcome.hits == 0) is unnamed


@pytest.mark.reliability
@pytest.mark.timeout(900)
def test_figure_9_a_blob_of_200_mb_killed_thirty_times(
    data: Path, tmp_path: Path, figure: Figure, unnamed: bool
) -> None:
    outcomes = {}
    for name in LOCAL:
        outcomes[name] = killed(name, data, 200_000_000, 30, tmp_path)
    hits = ", ".join(f"{outcome.hits} on {name}" for name, outcome in outcomes.items())
    torn = sum(outcome.torn for outcome in outcomes.values())
    whole = sum(outcome.whole for outcome in outcomes.values())
    figure(
        9,
        f"kill -9 while writing 200 MB, 30 times per type (files left in mid-write: {hits})",
        f"{torn} torn, {whole} of {whole + torn} readable blobs whole",
    )
    assert torn == 0
    # Where what is written has no name yet, nothing is left to show that it was hit.
    assert all(outcome.hits == 0 if unnamed else outcome.hits > 10 for outcome in outcomes.values())


def test_what_a_killed_write_has_left_is_swept_an_hour_later(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "_TMPFILE", 0)
    store = opened("local", data)
    kept = store.write(b"kept")

    def write_for_ever(ready: Callable[[], None]) -> None:
        real = os.write

        def write(descriptor: int, piece: Any) -> int:
            done = real(descriptor, bytes(piece)[:10])
            ready()
            time.sleep(60)
            return done

        os.write = write
        store.write(token_bytes(1000))

    Killable(write_for_ever).kill()
    (left,) = temporaries(data)
    assert [blob.key for blob in store.list()] == [kept]
    assert left.exists()
    old = time.time() - STALE_AFTER - 1
    os.utime(left, (old, old))
    assert [blob.key for blob in store.list()] == [kept]
    assert not temporaries(data)


# --- 4: a full disk -----------------------------------------------------------------------------


def refusal_on_full_disk(store: Store, room: int, write: Callable[[], str]) -> str:
    """What `write` says when the disk has `room` bytes for a file."""

    def fill() -> str:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        with pytest.raises(StorageError) as caught:
            write()
        return str(caught.value)

    return in_child(fill)


def full_disks(store: Store, data: Path, folder: Path, size: int, rooms: list[int]) -> int:
    """How many writes of more than `rooms` bytes left the old blob, whole, and nothing else."""
    source = folder / "source"
    source.write_bytes(token_bytes(size))
    old = token_bytes(size)
    key = store.write(old)
    kept = 0
    for room in rooms:
        for write in (
            lambda: store.write(old),
            lambda: store.write(token_bytes(size), key="results/new"),
            lambda: store.write_file(source),
        ):
            message = refusal_on_full_disk(store, room, write)
            # The limit stands for a full disk; test_local_failures has what a full one is told.
            assert "no file may be so large there" in message
            assert "\n" not in message
            kept += store.read(key) == old and files(data) == [data / key]
    store.delete(key)
    return kept


def test_a_full_disk_leaves_the_old_blob_and_nothing_of_the_new_one(
    local_store: Store, data: Path, tmp_path: Path, unnamed: bool
) -> None:
    assert full_disks(local_store, data, tmp_path, 100_000, [0, 1, 50_000, 99_999]) == 12


@pytest.mark.reliability
def test_figure_4_a_full_disk_for_blobs(data: Path, tmp_path: Path, figure: Figure) -> None:
    good = 0
    rooms = list(range(0, 3_000_000, 100_000))
    for name in LOCAL:
        good += full_disks(opened(name, data), data, tmp_path, 3_000_000, rooms)
    figure(4, "a full disk while writing a blob", f"{good} of 270 old blobs whole, nothing left")
    assert good == 270
