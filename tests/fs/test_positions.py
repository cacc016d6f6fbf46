"""Threads that share a file: Python's own hand it on, those of other languages keep apart."""

from __future__ import annotations

import _thread
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from storage_core import LocalStorage, open_store


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """A file of 100 bytes, each of which is its own offset."""
    fs = open_store(LocalStorage(storage_path=str(tmp_path))).fs
    fs.pipe("numbers", bytes(range(100)))
    with fs.open("numbers") as opened:
        yield opened


class Foreign:
    """A thread that the module `threading` has not started, as DuckDB's are."""

    def __init__(self) -> None:
        self.calls: SimpleQueue[Callable[[], Any]] = SimpleQueue()
        self.results: SimpleQueue[Any] = SimpleQueue()
        _thread.start_new_thread(self._run, ())

    def _run(self) -> None:
        while True:
            self.results.put(self.calls.get()())

    def __call__(self, call: Callable[[], Any]) -> Any:
        self.calls.put(call)
        return self.results.get(timeout=60)


def test_foreign_threads_read_where_they_have_sought(file: Any) -> None:
    one, other = Foreign(), Foreign()
    file.seek(10)
    one(lambda: file.seek(50))
    other(lambda: file.seek(-10, 2))
    assert (file.tell(), one(file.tell), other(file.tell)) == (10, 50, 90)
    assert one(lambda: file.read(2)) == bytes([50, 51])
    assert file.read(2) == bytes([10, 11])
    assert other(lambda: file.read()) == bytes(range(90, 100))


def test_a_foreign_thread_reads_on_what_another_has_begun(file: Any) -> None:
    one, other = Foreign(), Foreign()
    one(lambda: file.seek(20))
    assert other(lambda: file.read(2)) == bytes([20, 21])
    assert one(lambda: file.read(2)) == bytes([22, 23])
    assert file.read(2) == bytes([24, 25])


def test_threads_of_python_hand_a_file_on(file: Any) -> None:
    # As pools do, each of whose threads may do the next thing: find the size, go back, read on.
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        assert one.submit(file.seek, 0, 2).result() == 100
        assert other.submit(file.seek, 0).result() == 0
        assert other.submit(file.read, 3).result() == bytes([0, 1, 2])
        assert one.submit(file.read, 3).result() == bytes([3, 4, 5])
        assert one.submit(file.seek, 2, 1).result() == 8
        assert other.submit(file.tell).result() == 8
        assert other.submit(file.read, 1).result() == bytes([8])
