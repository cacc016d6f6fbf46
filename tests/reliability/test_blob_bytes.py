"""Figures 9 and 10: bytes that have changed on the disk, and many writers of one key."""

from __future__ import annotations

import errno
import fcntl
import os
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest

from storage_core.errors import BlobExists, BlobNotFound, IntegrityError
from tests.children import Killable
from tests.figures import Figure
from tests.reliability.local_stores import LOCAL, MIB, files, opened

# --- 9: a byte that has changed -----------------------------------------------------------------


def detected(data: Path, folder: Path, blobs: int) -> Counter[str]:
    """In how many of `blobs` each way to read found that one byte had been flipped."""
    store = opened("file", data)
    chance = random.Random(20261122)
    found: Counter[str] = Counter()
    for _ in range(blobs):
        size = chance.choice([1, 2, 1000, MIB - 1, MIB, MIB + 1])
        key = store.write(chance.randbytes(size))
        flip(data / key, chance)
        copy = folder / "copy"
        with pytest.raises(IntegrityError, match=key):
            store.read(key)
        found["read"] += 1
        with pytest.raises(IntegrityError, match=key):
            store.read_file(key, copy)
        assert not list(folder.glob("*copy*"))
        found["read_file"] += 1
        with store.open(key) as file, pytest.raises(IntegrityError, match=key):
            deque(iter(lambda: file.read(1000), b""))
        found["open"] += 1
    return found


def flip(path: Path, chance: random.Random) -> None:
    """Flip one bit of one byte, as a broken disk does."""
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def test_a_flipped_byte_is_detected_however_a_blob_is_read(data: Path, tmp_path: Path) -> None:
    assert detected(data, tmp_path, 10) == {"read": 10, "read_file": 10, "open": 10}


async def test_a_flipped_byte_is_detected_by_asynchronous_reads(data: Path) -> None:
    store = opened("file", data)
    for size in (10, 3 * MIB):
        key = await store.awrite(token_bytes(size))
        flip(data / key, random.Random(1))
        with pytest.raises(IntegrityError, match=key):
            await store.aread(key)


def test_a_blob_that_was_cut_off_or_grew_is_detected(data: Path) -> None:
    store = opened("file", data)
    for change in (lambda old: old[:-1], lambda old: old + b"x", lambda old: b""):
        key = store.write(token_bytes(1000))
        (data / key).write_bytes(change((data / key).read_bytes()))
        with pytest.raises(IntegrityError):
            store.read(key)


@pytest.mark.reliability
def test_figure_9_a_flipped_byte_in_a_hundred_blobs(
    data: Path, tmp_path: Path, figure: Figure
) -> None:
    found = detected(data, tmp_path, 100)
    shown = ", ".join(f"{number} by {how}" for how, number in found.items())
    figure(9, "one byte flipped in 100 stored hash blobs", f"detected: {shown}")
    assert found == {"read": 100, "read_file": 100, "open": 100}


# --- 10: many writers of one key ----------------------------------------------------------------


def raced(writers: int, write: Callable[[int], object]) -> Counter[str]:
    """How many of the processes that call `write` at the same moment end in which way."""
    reading, writing = os.pipe()
    start, started = os.pipe()
    children = []
    for number in range(writers):
        if (pid := os.fork()) == 0:
            os.close(started)
            os.read(start, 1)
            try:
                write(number)
                outcome = "written"
            except Exception as error:
                outcome = type(error).__name__
            os.write(writing, f"{outcome}\n".encode())
            os._exit(0)
        children.append(pid)
    os.close(start)
    os.close(writing)
    os.close(started)
    for pid in children:
        os.waitpid(pid, 0)
    with os.fdopen(reading) as pipe:
        return Counter(line.strip() for line in pipe)


def one_hash(data: Path, rounds: int, size: int) -> int:
    """After how many rounds of 16 writers of the same bytes there was one complete blob."""
    store = opened("file", data)
    good = 0
    for _ in range(rounds):
        content = token_bytes(size)
        assert raced(16, lambda number: store.write(content)) == {"written": 16}  # noqa: B023
        (blob,) = store.list()
        good += store.read(blob.key) == content and files(data) == [data / blob.key]
        store.delete(blob.key)
    return good


def one_chosen(name: str, data: Path, rounds: int, size: int) -> int:
    """After how many rounds of 16 writers of one key one had won and its bytes were there."""
    store = opened(name, data)
    good = 0
    for number in range(rounds):
        key = f"results/chosen-{number}"
        contents = [token_bytes(size) for _ in range(16)]
        ended = raced(16, lambda writer: store.write(contents[writer], key=key))  # noqa: B023
        assert ended == {"written": 1, "BlobExists": 15}
        good += store.read(key) in contents and files(data) == [data / key]
        store.delete(key)
    return good


def test_sixteen_writers_of_the_same_bytes_leave_one_complete_blob(data: Path) -> None:
    assert one_hash(data, 2, MIB) == 2


@pytest.mark.parametrize("name", LOCAL)
def test_of_sixteen_writers_of_a_chosen_key_one_wins(name: str, data: Path, unnamed: bool) -> None:
    assert one_chosen(name, data, 2, MIB) == 2


def test_of_sixteen_writers_one_wins_where_there_are_no_links(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_args: Any, **_options: Any) -> None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr(os, "link", link)
    assert one_chosen("local", data, 5, 1000) == 5


def test_where_there_are_no_links_a_writer_waits_for_the_one_before(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second writer comes when the first has found the name free and not yet taken it."""
    store = opened("local", data)
    store.write(b"there is a folder")
    replace, flock = os.replace, fcntl.flock
    is_waiting = threading.Event()
    second: list[Future[str]] = []

    def link(*_args: Any, **_options: Any) -> None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    def watched_flock(folder: int, operation: int) -> None:
        if second:
            is_waiting.set()
        flock(folder, operation)

    def slow_replace(*args: Any, **options: Any) -> None:
        if not second:
            second.append(pool.submit(store.write, b"second", key="results/chosen"))
            second[0].add_done_callback(lambda _: is_waiting.set())
            assert is_waiting.wait(10)
        replace(*args, **options)

    monkeypatch.setattr(os, "link", link)
    monkeypatch.setattr(os, "replace", slow_replace)
    monkeypatch.setattr(fcntl, "flock", watched_flock)
    with ThreadPoolExecutor(1) as pool:
        store.write(b"first", key="results/chosen")
        assert isinstance(second[0].exception(), BlobExists)
    assert store.read("results/chosen") == b"first"


@pytest.mark.reliability
@pytest.mark.timeout(900)
def test_figure_10_sixteen_writers_of_one_key(data: Path, figure: Figure) -> None:
    good = one_hash(data, 20, 4 * MIB)
    figure(10, "16 processes write the same hash key", f"{good} of 20 times one complete blob")
    won = [one_chosen(name, data, 20, MIB // 4) for name in LOCAL]
    figure(
        10,
        "16 processes write one chosen key (Local, Temporary, File)",
        f"{sum(won)} of 60 times one wins and 15 get BlobExists",
    )
    assert good == 20
    assert won == [20, 20, 20]


def test_readers_meet_a_complete_blob_or_none_while_it_is_written_again(data: Path) -> None:
    store = opened("file", data)
    content = token_bytes(3 * MIB)
    key = store.write(content)

    def write_for_ever(ready: Callable[[], None]) -> None:
        ready()
        while True:
            store.write(content)

    child = Killable(write_for_ever)
    for _ in range(50):
        assert store.read(key) == content
    child.kill()


def test_an_unknown_blob_is_not_found_while_it_is_written(data: Path) -> None:
    """Nothing of a blob can be seen under any key before it is complete."""
    store = opened("local", data)

    def write_slowly(ready: Callable[[], None]) -> None:
        real = os.fsync

        def fsync(descriptor: int) -> None:
            real(descriptor)
            ready()
            time.sleep(60)

        os.fsync = fsync
        store.write(b"x" * MIB, key="results/slow")

    store.write(b"there is a folder")
    child = Killable(write_slowly)
    with pytest.raises(BlobNotFound):
        store.read("results/slow")
    assert not store.exists("results/slow")
    assert len(list(store.list())) == 1
    child.kill()
