"""What the connection test says of a call while it waits for it, and what it leaves behind."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from math import inf
from pathlib import Path

import pytest

from storage_core import (
    AccessDenied,
    FileStorage,
    KVServerStorage,
    LocalStorage,
    StorageConfiguration,
    open_store,
)
from storage_core.backends.local import disk
from storage_core.check import Step, Waiting, afterword, probe, steps


def waited_for(address: str, timeout: float) -> list[Waiting]:
    told: list[Waiting] = []
    *_, last = probe(KVServerStorage(api_address=address), timeout=timeout, on_waiting=told.append)
    assert not last.ok
    return told


def test_each_new_attempt_at_a_call_is_told_with_the_time_that_is_left(
    server_down_url: str,
) -> None:
    told = waited_for(server_down_url, 0.5)
    assert [waiting.failures for waiting in told] == list(range(len(told)))
    assert len(told) >= 3
    assert {waiting.step.name for waiting in told} == {"reach"}
    # All attempts together have one deadline; before the first, the driver had to be loaded.
    ends = [waiting.until for waiting in told[1:]]
    assert max(ends) - min(ends) < 0.2


def test_the_time_that_is_left_is_counted_down_to_nothing() -> None:
    step, now = Step("reach", "reach the server"), time.monotonic()
    assert 60 <= Waiting(step, 0, now + 61).seconds_left <= 61
    assert Waiting(step, 0, now - 5).seconds_left == 0


def test_tests_at_the_same_time_are_told_of_their_own_calls_only(server_down_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        long, short = pool.map(waited_for, [server_down_url] * 2, [1.0, 0.2])
    assert [waiting.failures for waiting in long] == list(range(len(long)))
    assert [waiting.failures for waiting in short] == list(range(len(short)))


def test_a_storage_on_this_machine_is_waited_for_in_silence(tmp_path: Path) -> None:
    told: list[Waiting] = []
    configuration = LocalStorage(storage_path=str(tmp_path / "data"))
    assert all(step.ok for step in probe(configuration, on_waiting=told.append))
    assert told == []


@pytest.mark.parametrize("there", [(), ("deep",), ("deep", "deep/results")])
@pytest.mark.parametrize("scheme", [None, "", "file://"])
def test_folders_that_the_test_has_made_are_gone_after_it_and_no_others(
    tmp_path: Path, scheme: str | None, there: tuple[str, ...]
) -> None:
    above = tmp_path / "above"
    above.mkdir()
    for folder in there:
        (above / folder).mkdir()
    place = str(above / "deep")
    configuration: StorageConfiguration = LocalStorage(storage_path=place)
    if scheme is not None:
        configuration = FileStorage(base_path=f"{scheme}{place}")
    results = list(probe(configuration))
    assert all(result.ok for result in results)
    assert sorted(str(path.relative_to(above)) for path in above.rglob("*")) == [*there]
    said = [result.message for result in results if result.message]
    if there:
        assert (said, afterword(results)) == ([], "")
    else:
        location = configuration.location
        assert said == [f"{location} does not exist yet; the first write will create it"]
        assert f"The folder {location} was made for the test" in afterword(results)


def test_a_test_that_is_cancelled_removes_its_folders_too(tmp_path: Path) -> None:
    typo = tmp_path / "typo"
    running = probe(LocalStorage(storage_path=str(typo / "deep")))
    while next(running).step.name != "write":
        pass
    assert [path.name for path in typo.rglob("storage-test-*")]
    running.close()
    assert not typo.exists()


def test_a_folder_that_somebody_uses_by_now_stays(tmp_path: Path) -> None:
    store = open_store(LocalStorage(storage_path=str(tmp_path / "deep")))
    running = probe(store.configuration)
    results = [next(running)]
    while results[-1].step.name != "write":
        results.append(next(running))
    key = store.write(b"kept")
    results += running
    assert all(result.ok for result in results)
    assert afterword(results) == ""
    assert store.read(key) == b"kept"


def test_a_writer_makes_the_folders_again_that_a_test_has_just_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(LocalStorage(storage_path=str(tmp_path / "deep")))
    before = disk.new_temporary

    def just_removed(mode: int, folder: int) -> tuple[str, int]:
        monkeypatch.setattr(disk, "new_temporary", before)
        (tmp_path / "deep" / "results").rmdir()
        (tmp_path / "deep").rmdir()
        return before(mode, folder)

    monkeypatch.setattr(disk, "new_temporary", just_removed)
    assert store.read(store.write(b"kept")) == b"kept"
    assert disk.new_temporary is before


@pytest.mark.parametrize("place", ["{folder}", "file://{folder}", "local://{folder}", "memory://x"])
def test_a_folder_on_this_machine_has_no_server_to_reach(tmp_path: Path, place: str) -> None:
    configuration = FileStorage(base_path=place.format(folder=tmp_path / "data"))
    found = list(probe(configuration))
    assert all(each.ok for each in found)
    names = [each.step.name for each in found]
    assert names == ["open", "find", "write", "keep", "read", "list", "delete"]
    assert found[1].step.label == "find the folder"


def test_a_place_on_a_server_has_one_to_reach() -> None:
    for address in ("s3://acme/results", "sftp://host/data", "simplecache::s3://acme"):
        labels = [step.label for step in steps(FileStorage(base_path=address))]
        assert labels[1:3] == ["reach the server", "sign in"]


def test_tests_of_one_place_at_the_same_time_do_not_disturb_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where the clock of the tests is moved, the kernel's times are old: what is being written by
    # another would be swept as if it had been left behind.
    monkeypatch.setattr("storage_core.backends.local.backend.STALE_AFTER", inf)
    configuration = LocalStorage(storage_path=str(tmp_path / "data"))

    def found(_: int) -> list[str]:
        return [result.message for result in probe(configuration) if result.lacks or not result.ok]

    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(found, range(80))] == [[]] * 80
    assert list(tmp_path.rglob("storage-test-*")) == []


def test_a_folder_that_could_not_be_made_is_no_trouble_where_it_is_only_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The superuser may write everywhere but where a disk is mounted for reading.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    configuration = LocalStorage(storage_path=str(tmp_path / "data"), read_only=True)
    *_, found, listed, read = probe(configuration)
    assert found.message == f"{tmp_path / 'data'} does not exist yet"
    assert (listed.ok, listed.message, listed.lacks) == (True, "", False)
    assert read.message == "it is read-only by its configuration"
    writing = open_store(LocalStorage(storage_path=str(tmp_path / "data")))
    with pytest.raises(AccessDenied, match="is not writable"):
        writing.check()
