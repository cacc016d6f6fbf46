"""Calls side by side: what is begun, and when; what stops them."""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Semaphore

import pytest

import storage_core
from storage_core import BlobNotFound, BulkError, LocalStorage
from storage_core.blobs import many


class Gate:
    """A call that ends when it is let through; counts those that have begun."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.arrived = Semaphore(0)
        self.opened = Event()

    def __call__(self, key: str) -> bytes:
        self.begun.append(key)
        self.arrived.release()
        assert self.opened.wait(30)
        return key.encode()


def counted(taken: list[str], count: int = 20) -> Iterator[str]:
    for number in range(count):
        taken.append(str(number))
        yield str(number)


def test_no_more_than_jobs_are_read_ahead_of_the_caller() -> None:
    begun: list[str] = []

    def read(key: str) -> bytes:
        begun.append(key)
        return key.encode()

    keys = [str(number) for number in range(20)]
    reading = many.read(read, keys, 3)
    assert begun == []
    for number, data in enumerate(reading):
        assert data == keys[number].encode()
        assert len(begun) <= number + 3 + 1


def test_no_more_than_jobs_are_taken_while_they_are_written() -> None:
    gate, taken = Gate(), list[str]()
    got: list[str] = []
    writer = threading.Thread(
        target=lambda: got.extend(many.written(lambda key: gate(key).decode(), counted(taken), 3))
    )
    writer.start()
    for _ in range(3):
        assert gate.arrived.acquire(timeout=30)
    # One more waits in the hand of the caller.
    assert len(taken) <= 4
    assert sorted(gate.begun) == ["0", "1", "2"]
    gate.opened.set()
    writer.join(30)
    assert got == taken == [str(number) for number in range(20)]


def test_one_that_is_slow_keeps_no_other_from_being_written() -> None:
    slow, last = Event(), Event()

    def write(key: str) -> str:
        if key == "0":
            assert last.wait(30)
            slow.set()
        elif key == "19":
            last.set()
        return key

    assert many.written(write, counted([]), 2) == [str(number) for number in range(20)]
    assert slow.is_set()


def test_closing_begins_no_more() -> None:
    gate = Gate()
    gate.opened.set()
    reading = many.read(gate, [str(number) for number in range(1000)], 4)
    assert next(reading) == b"0"
    reading.close()
    count = len(gate.begun)
    assert count <= 5
    assert len(gate.begun) == count


def test_what_the_iterable_raises_comes_out_and_begins_no_more() -> None:
    gate = Gate()
    gate.opened.set()

    def broken() -> Iterator[str]:
        yield from ("0", "1")
        raise RuntimeError("no more of these")

    with pytest.raises(RuntimeError, match="no more of these"):
        many.written(lambda key: gate(key).decode(), broken(), 4)
    assert sorted(gate.begun) in ([], ["0"], ["0", "1"], ["1"])


def test_a_buffer_that_is_used_again_is_stored_as_it_was(tmp_path: Path) -> None:
    store = storage_core.open_store(LocalStorage(storage_path=tmp_path))
    buffer = bytearray(4)

    def pieces() -> Iterator[memoryview]:
        for number in range(50):
            buffer[:] = b"%4d" % number
            yield memoryview(buffer)

    async def come() -> AsyncIterator[bytearray]:
        for piece in pieces():
            yield bytearray(piece)

    expected = [b"%4d" % number for number in range(50)]
    assert list(store.read_many(store.write_many(pieces()))) == expected
    assert list(store.read_many(asyncio.run(store.awrite_many(pieces())))) == expected
    assert list(store.read_many(asyncio.run(store.awrite_many(come())))) == expected


def test_what_cannot_be_many_is_refused(tmp_path: Path) -> None:
    store = storage_core.open_store(LocalStorage(storage_path=tmp_path / "none"))
    for call in (store.write_many, store.read_many, store.aread_many):
        with pytest.raises(TypeError, match="not one bytes"):
            call(b"one")
        with pytest.raises(TypeError, match="not one str"):
            call("results/one")
        for jobs, wrong in ((0, ValueError), (-1, ValueError), (True, TypeError), ("4", TypeError)):
            with pytest.raises(wrong, match="jobs must be"):
                call([], jobs=jobs)
    with pytest.raises(storage_core.InvalidKey):
        store.write_many([b"x"], "other")  # type: ignore[arg-type]
    assert not (tmp_path / "none").exists()


def test_an_error_of_many_is_whole_after_a_pickle_and_holds_no_blob() -> None:
    def write(_key: str) -> str:
        raise BlobNotFound("it was not there; look elsewhere")

    with pytest.raises(BulkError) as caught:
        many.written(write, ["0", "1"], 2)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value)
    assert "the first: it was not there; look elsewhere" in str(copy)
    assert [str(error) for error in copy.results] == ["it was not there; look elsewhere"] * 2
    for error in caught.value.results:
        assert isinstance(error, BlobNotFound)
        assert error.__traceback__ is None


async def test_cancelling_stops_what_is_awaited() -> None:
    cancelled: list[str] = []
    all_begun = asyncio.Event()

    async def write(key: str) -> str:
        if key == "3":
            all_begun.set()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.append(key)
            raise
        return key

    writing = asyncio.create_task(many.awritten(write, counted([]), 4))
    await all_begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert sorted(cancelled) == ["0", "1", "2", "3"]


async def test_closing_stops_what_is_awaited() -> None:
    begun: list[str] = []

    async def read(key: str) -> bytes:
        begun.append(key)
        if key != "0":
            await asyncio.sleep(30)
        return key.encode()

    reading = many.aread(read, [str(number) for number in range(20)], 4)
    assert await anext(reading) == b"0"
    await reading.aclose()
    assert len(begun) <= 5
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_what_was_begun_before_a_fork_says_so_in_the_child() -> None:
    keys = [str(number) for number in range(20)]
    with closing(many.read(str.encode, keys, 4)) as reading:
        assert next(reading) == b"0"
        child = os.fork()
        if child == 0:
            code = 1
            try:
                with pytest.raises(storage_core.StorageError, match="by another process"):
                    list(reading)
                code = 0
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert [b"0", *reading] == [key.encode() for key in keys]


INTERRUPTED = """
import os, signal, sys, threading
import storage_core
# It is ignored where the tests run in the background of a script.
signal.signal(signal.SIGINT, signal.default_int_handler)
store = storage_core.open_store(storage_core.LocalStorage(storage_path=sys.argv[1]))
def blobs():
    for number in range(100_000):
        if number == 50:
            threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
        yield b"%d" % number
try:
    store.write_many(blobs(), jobs=4)
except KeyboardInterrupt:
    before = sum(1 for _ in store.list())
    print(before < 100_000, before == sum(1 for _ in store.list()), "asyncio" in sys.modules)
"""


def test_an_interrupt_stops_the_rest(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("True True False\n", "")
