"""What the connection test says of a call while it waits for it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from storage_core import KVServerStorage, LocalStorage
from storage_core.probe import Step, Waiting, probe


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
