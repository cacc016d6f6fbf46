"""Other executors: processes, and ones that lose what they were given."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from storage_core import (
    ConfigurationError,
    FileStorage,
    S3Storage,
    StorageUnavailable,
    Store,
    TransferEvent,
    open_store,
    transfer,
)
from storage_core.transfers import task as tasks
from storage_core.transfers.running import TRIES
from storage_core.transfers.task import Task
from tests.servers.s3 import S3Server
from tests.transfers.stores import contents, done, filled, local


@pytest.fixture
def source(tmp_path: Path) -> Store:
    return local(tmp_path / "source")


@pytest.fixture
def target(tmp_path: Path) -> Store:
    return local(tmp_path / "target")


class AtOnce(Executor):
    """Runs a task in the caller's thread, or does with it what `submitted` says."""

    def __init__(self, submitted: Callable[[int, Future[Any]], bool] | None = None) -> None:
        self.tasks: list[Task] = []
        self._submitted = submitted

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        (task,) = args
        assert not kwargs
        self.tasks.append(task)
        future: Future[Any] = Future()
        if self._submitted is None or not self._submitted(len(self.tasks), future):
            future.set_result(fn(task))
        return future


def test_processes_copy_with_their_own_secrets(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSFER_TEST_SECRET", s3_server.secret_access_key)
    target = open_store(
        S3Storage(
            bucket=s3_server.new_bucket(),
            endpoint_url=s3_server.endpoint_url,
            aws_access_key_id=s3_server.access_key_id,
            aws_secret_access_key="env:TRANSFER_TEST_SECRET",
        )
    )
    source = local(tmp_path / "source")
    blobs = filled(source, 70)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        events, totals = done(source, target, executor=executor)
        assert (totals.copied, totals.failed) == (70, 0)
        source.delete(min(blobs))
        target.delete(max(blobs))
        assert done(source, target, executor=executor)[1].copied == 1
    assert contents(target) == blobs
    assert {event.path: event.size for event in events} == {k: len(d) for k, d in blobs.items()}


def test_tasks_are_small_have_one_argument_and_show_nothing(source: Store, target: Store) -> None:
    filled(source, 150, 1)
    source.write(bytes(2_000_000))
    executor = AtOnce()
    assert done(source, target, executor=executor)[1].copied == 151
    assert [len(task.items) for task in executor.tasks] == [64, 64, 23]
    assert len({task.number for task in executor.tasks}) == 3
    for task in executor.tasks:
        assert "storage_path" not in repr(task)
        assert "results" not in repr(task)


def test_no_more_than_256_tasks_are_open(source: Store, target: Store) -> None:
    most = open_now = 0
    waiting: list[Callable[[], None]] = []

    class Later(AtOnce):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            nonlocal most, open_now
            future: Future[Any] = Future()
            open_now += 1
            most = max(most, open_now)

            def finish() -> None:
                nonlocal open_now
                open_now -= 1
                future.set_result(fn(*args))

            waiting.append(finish)
            if open_now == 256:
                waiting.pop()()
            return future

    from storage_core.backends.base import Entry
    from tests.transfers.stores import Listing

    Listing(source, lambda _: (Entry(f"results/{n}", 1) for n in range(64 * 300)))
    events = transfer(source, target, kind="results", executor=Later())
    for event in events:
        if isinstance(event, TransferEvent) and event.outcome == "failed":
            break
    assert most == 256
    events.close()


def test_what_a_worker_loses_goes_out_again(source: Store, target: Store) -> None:
    blobs = filled(source, 100)

    def lost(count: int, future: Future[Any]) -> bool:
        if count % 2:
            future.set_exception(RuntimeError("the worker died"))
        return bool(count % 2)

    executor = AtOnce(lost)
    assert done(source, target, executor=executor)[1].copied == 100
    assert contents(target) == blobs
    assert len({task.number for task in executor.tasks}) == len(executor.tasks) == 4


def test_a_task_that_loses_every_worker_fails_and_the_rest_goes_on(
    source: Store, target: Store
) -> None:
    filled(source, 100)
    killers: set[str] = set()

    def lost(count: int, future: Future[Any]) -> bool:
        first = executor.tasks[-1].items[0].path
        if count == 2:
            killers.add(first)
        if first in killers:
            future.set_exception(MemoryError())
        return first in killers

    executor = AtOnce(lost)
    events, totals = done(source, target, executor=executor)
    assert (totals.copied, totals.failed) == (64, 36)
    assert len(executor.tasks) == 1 + TRIES
    why = {str(event.error) for event in events if event.error}
    assert why == {f"its worker was lost {TRIES} times (MemoryError); run it again"}


def test_an_executor_that_runs_nothing_ends_it(source: Store, target: Store) -> None:
    filled(source, 1000, 1)

    def missing(_: int, future: Future[Any]) -> bool:
        future.set_exception(ModuleNotFoundError("No module named 'storage_core'"))
        return True

    executor = AtOnce(missing)
    with pytest.raises(StorageUnavailable, match=r"ran nothing .*No module named 'storage_core'"):
        done(source, target, executor=executor)
    assert len(executor.tasks) < 50


def test_a_pool_whose_process_is_killed_says_how_to_go_on(source: Store, target: Store) -> None:
    blobs = filled(source, 300)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        os.kill(executor.submit(os.getpid).result(), signal.SIGKILL)
        with pytest.raises(StorageUnavailable, match=r"(run it again with one|ran nothing)"):
            done(source, target, executor=executor)
    assert done(source, target)[1].failed == 0
    assert contents(target) == blobs


def test_workers_that_write_to_another_place_of_the_same_name_are_an_error(
    source: Store,
) -> None:
    filled(source, 3)
    target = open_store(FileStorage(base_path="memory://only-here", key_type="uuid"))
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor,
        pytest.raises(ConfigurationError, match="leads to another place on each"),
    ):
        done(source, target, executor=executor)


@pytest.mark.parametrize(
    ("made_by", "words"),
    [
        (("0.0.1", tasks.versions()[1]), "has storage-config .*, and this is 0.0.1; install"),
        ((tasks.versions()[0], "3.9"), r"runs Python .*, and this is Python 3\.9; use the same"),
    ],
)
def test_workers_that_have_something_else_installed_are_an_error(
    source: Store, target: Store, made_by: tuple[str, str], words: str
) -> None:
    filled(source, 1)

    class Elsewhere(AtOnce):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            return super().submit(fn, replace(args[0], made_by=made_by))

    with pytest.raises(ConfigurationError, match=words):
        done(source, target, executor=Elsewhere())


def test_workers_that_lack_a_storage_type_are_an_error(source: Store, target: Store) -> None:
    filled(source, 1)

    class Elsewhere(AtOnce):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            return super().submit(fn, replace(args[0], stores=b"cno_such_package\nThing\n."))

    with pytest.raises(ConfigurationError, match=r"ModuleNotFoundError: no_such_package\); inst"):
        done(source, target, executor=Elsewhere())


def test_a_worker_without_a_secret_says_so_of_each_blob(
    source: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(source, 2)
    monkeypatch.setenv("TRANSFER_TEST_FOLDER", str(tmp_path / "target"))
    target = local(tmp_path / "target")
    target = open_store(replace(target.configuration, storage_path="env:TRANSFER_TEST_FOLDER"))

    def without(_: int, __: Future[Any]) -> bool:
        monkeypatch.delenv("TRANSFER_TEST_FOLDER")
        return False

    events, totals = done(source, target, executor=AtOnce(without))
    assert totals.failed == 2
    assert all("TRANSFER_TEST_FOLDER" in str(event.error) for event in events)
