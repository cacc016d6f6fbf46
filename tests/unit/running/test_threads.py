"""Threads for what blocks: kept for the next call, in no forked child, and in nobody's way."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import count

import pytest

from storage_core.backends.remote import threads
from storage_core.backends.remote.limit import Cancellation, Cancelled
from storage_core.backends.remote.lock import Lock
from tests.children import in_child
from tests.patience import within

HANGS = """
import sys, threading, time
from storage_core.backends.remote import threads

done = []
if sys.argv[1] == "within":
    try:
        threads.within(0.05, threading.Event().wait)
    except TimeoutError:
        pass
else:
    threads.beside(threading.Event().wait)
    threads.beside(lambda: (time.sleep(0.2), print("done")))
"""


def test_a_function_returns_or_raises_what_it_does_in_a_thread_of_ours() -> None:
    assert threads.within(5, lambda *args: args, 1, 2) == (1, 2)
    assert threads.within(5, lambda: threading.current_thread().name) == threads.NAME
    with pytest.raises(LookupError, match="none"):
        threads.within(5, dict[str, int]().__getitem__, "none")


def test_one_that_takes_longer_is_left_to_itself() -> None:
    released = threading.Event()
    with within(1), pytest.raises(TimeoutError):
        threads.within(0.05, released.wait)
    released.set()


def test_who_is_told_that_nobody_needs_the_answer_waits_no_longer_for_one() -> None:
    begun, released = threading.Event(), threading.Event()
    cancellation = Cancellation()

    def hang() -> None:
        begun.set()
        released.wait()

    waiting = threads.start_under(cancellation, lambda: threads.within(3600, hang))
    begun.wait()
    cancellation.set()
    with pytest.raises(Cancelled):
        waiting.result(60)
    released.set()


def test_a_thread_is_kept_for_the_next_call_and_there_are_as_many_as_are_needed() -> None:
    first = threads.within(5, threading.get_ident)
    # It has delivered a moment before it is free.
    while not threads._idle:
        time.sleep(0.001)
    assert threads.within(5, threading.get_ident) in {first, *_idents()}
    barrier = threading.Barrier(20)
    jobs = [threads.start(barrier.wait) for _ in range(20)]
    assert sorted(job.result(5) for job in jobs) == [*range(20)]


def _idents() -> set[int | None]:
    return {each.ident for each in threading.enumerate() if each.name == threads.NAME}


def test_a_forked_child_has_threads_and_open_locks_of_its_own() -> None:
    lock = Lock()
    threads.within(5, int)
    with lock:
        # The parent's threads are not there; what they were to do would wait for ever.
        assert in_child(lambda: threads.within(5, os.getpid)) != str(os.getpid())

        def locked() -> str:
            with lock:
                return "open"

        assert in_child(lambda: threads.within(5, locked)) == "open"


def test_results_come_in_order_and_no_more_is_begun_than_may_be() -> None:
    begun = count()
    running: set[int] = set()
    most = 0

    def function(number: int) -> Callable[[], int]:
        def call() -> int:
            nonlocal most
            running.add(number)
            most = max(most, len(running))
            time.sleep(0.01 * (3 - number % 3))
            running.discard(number)
            return number

        next(begun)
        return call

    results = threads.gathered((function(number) for number in range(30)), 4)
    assert next(results) == 0
    assert next(begun) <= 5
    assert [*results] == [*range(1, 30)]
    assert 1 < most <= 4


def test_after_one_that_fails_nothing_is_begun_and_nothing_still_runs() -> None:
    begun, running = count(), set()

    def function(number: int) -> Callable[[], None]:
        def call() -> None:
            next(begun)
            running.add(number)
            time.sleep(0.02)
            running.discard(number)
            if number == 1:
                raise LookupError(number)

        return call

    with pytest.raises(LookupError):
        list(threads.gathered(map(function, range(100)), 3))
    assert next(begun) <= 5
    assert not running


@pytest.mark.parametrize("what", ["within", "beside"])
def test_a_process_ends_although_a_thread_hangs(what: str) -> None:
    with within(10):
        done = subprocess.run(
            [sys.executable, "-c", HANGS, what], capture_output=True, check=True, text=True
        )
    # What is done beside is waited for, a second at most.
    assert done.stdout == ("done\n" if what == "beside" else "")
    assert done.stderr == ""
