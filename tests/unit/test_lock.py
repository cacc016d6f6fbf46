"""The lock that a forked child finds open."""

from __future__ import annotations

import os
import threading
from _thread import allocate_lock
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

import pytest

from storage_core.backends.remote import lock as module
from storage_core.backends.remote.lock import Lock


def test_two_threads_of_a_child_that_come_at_once_do_not_both_get_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lock, meet, inside, most = Lock(), threading.Barrier(2), 0, 0

    def made() -> Any:
        meet.wait(10)
        return allocate_lock()

    def enter() -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
            sleep(0.02)
            inside -= 1

    lock.__enter__()  # By the parent, which never opens it here.
    child = os.getpid() + 1
    monkeypatch.setattr(module, "allocate_lock", made)
    monkeypatch.setattr(os, "getpid", lambda: child)
    with ThreadPoolExecutor(2) as threads:
        for each in [threads.submit(enter) for _ in range(2)]:
            each.result(10)
    assert most == 1
