"""Calls in the thread of their caller: the same retries and deadlines, without an event loop."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, TypeVar

import pytest

from storage_core.backends.base import SLOWEST_RATE
from storage_core.backends.remote.blocking import Blocking
from storage_core.backends.remote.limit import Limit
from storage_core.backends.remote.retry import MAX_ATTEMPTS, GaveUp, observer
from tests.patience import within

T = TypeVar("T")

TIMEOUT = 0.4
PATIENCE = 1.1 * TIMEOUT + 0.2
RUNNER = Blocking()


def is_reset(error: Exception) -> bool:
    return isinstance(error, ConnectionResetError)


def attempt(call: Callable[[Limit], Awaitable[T]], **more: Any) -> T:
    def limited(limit: Limit | None) -> Awaitable[T]:
        assert limit is not None
        return call(limit)

    return RUNNER.run(
        RUNNER.attempt(limited, **{"timeout": TIMEOUT, "is_transient": is_reset, **more})
    )


def test_what_passes_is_tried_again_and_told() -> None:
    tries = count(1)
    told: list[int] = []

    async def third_time_lucky(_limit: Limit) -> int:
        number = next(tries)
        if number < 3:
            raise ConnectionResetError
        return number

    token = observer.set(lambda failures, _left: told.append(failures))
    try:
        assert attempt(third_time_lucky) == 3
    finally:
        observer.reset(token)
    assert told == [1, 2]


def test_what_does_not_pass_is_raised_as_it_is_at_once() -> None:
    tries = count(1)

    async def denied(_limit: Limit) -> None:
        next(tries)
        raise PermissionError

    with pytest.raises(PermissionError):
        attempt(denied)
    assert next(tries) == 2


def test_attempts_are_spread_over_the_timeout_and_counted() -> None:
    async def failing(_limit: Limit) -> None:
        raise ConnectionResetError("the last")

    # A machine that stands still meanwhile has time for fewer.
    for _ in range(10):
        with within(PATIENCE), pytest.raises(GaveUp) as caught:
            attempt(failing)
        if caught.value.attempts == MAX_ATTEMPTS:
            break
    assert caught.value.attempts == MAX_ATTEMPTS
    assert str(caught.value.__cause__) == "the last"


def test_an_attempt_that_there_is_no_time_for_any_more_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A machine that stands still wakes up late."""
    monkeypatch.setattr(Limit, "pause", lambda _limit, _seconds: time.sleep(1.5 * TIMEOUT))
    begun = count()

    async def failing(_limit: Limit) -> None:
        next(begun)
        raise ConnectionResetError("the last")

    with pytest.raises(GaveUp) as caught:
        attempt(failing)
    assert caught.value.attempts == next(begun) == 1
    assert str(caught.value.__cause__) == "the last"


@pytest.mark.parametrize("size", [0, SLOWEST_RATE // 2])
def test_an_attempt_that_hangs_ends_with_the_time_for_the_bytes(size: int) -> None:
    async def hanging(limit: Limit) -> None:
        while True:
            limit.pause(min(limit.left(), 0.01))

    started = time.monotonic()
    with within(PATIENCE + size / SLOWEST_RATE), pytest.raises(GaveUp) as caught:
        attempt(hanging, size=size)
    assert time.monotonic() - started >= TIMEOUT + size / SLOWEST_RATE
    assert caught.value.__cause__ is None


def test_a_coroutine_that_suspends_is_a_mistake_and_is_closed() -> None:
    closed: list[bool] = []

    async def suspending() -> None:
        try:
            await asyncio.sleep(1)
        finally:
            closed.append(True)

    with pytest.raises(RuntimeError):
        RUNNER.run(suspending())
    assert closed == [True]


async def test_who_awaits_does_not_block_the_event_loop() -> None:
    released = threading.Event()

    async def work() -> str:
        assert released.wait(5)
        return threading.current_thread().name

    waiting = asyncio.ensure_future(RUNNER.arun(work()))
    await asyncio.sleep(0.02)
    released.set()
    assert (await waiting).startswith("storage-")


async def test_who_awaits_gets_the_error() -> None:
    async def work() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await RUNNER.arun(work())


async def test_cancelling_ends_the_attempts() -> None:
    tries = count()
    begun, ended = threading.Event(), threading.Event()

    async def failing(_limit: Limit | None) -> None:
        next(tries)
        begun.set()
        raise ConnectionResetError

    async def work() -> None:
        try:
            await RUNNER.attempt(failing, timeout=60, is_transient=is_reset)
        finally:
            ended.set()

    waiting = asyncio.ensure_future(RUNNER.arun(work()))
    assert await asyncio.to_thread(begun.wait, 5)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await asyncio.to_thread(ended.wait, 5)
    assert next(tries) <= 2


def test_asyncio_is_not_loaded_for_callers_that_block() -> None:
    program = """
import sys
from storage_core.backends.remote.blocking import Blocking

async def work(_limit=None):
    return 1

assert Blocking().run(Blocking().attempt(work, timeout=1, is_transient=bool)) == 1
print(*sorted({"asyncio", "threading", "ssl", "logging"} & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert done.stdout == "\n"
