"""The one retry policy: what is tried again, how often, how long, and what is said afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, TypeVar

import pytest

from storage_core.backends.base import SLOWEST_RATE
from storage_core.backends.remote import on_loop
from storage_core.backends.remote.faults import unconnected
from storage_core.backends.remote.hindrance import hindrance
from storage_core.backends.remote.network import Network
from storage_core.backends.remote.on_loop import OnLoop
from storage_core.backends.remote.retry import MAX_ATTEMPTS, GaveUp
from tests.patience import within

T = TypeVar("T")

TIMEOUT = 0.5
PATIENCE = 1.1 * TIMEOUT + 0.2


def is_reset(error: Exception) -> bool:
    return isinstance(error, ConnectionResetError)


async def hang() -> None:
    await asyncio.Event().wait()


async def attempt(call: Callable[[], Awaitable[T]], **limits: Any) -> T:
    return await OnLoop().attempt(lambda _limit: call(), **limits)


async def given_up(call: Callable[[], Awaitable[object]], timeout: float = TIMEOUT) -> GaveUp:  # noqa: ASYNC109
    with within(1.1 * timeout + 0.2), pytest.raises(GaveUp) as caught:
        await attempt(call, timeout=timeout, is_transient=is_reset)
    return caught.value


async def test_what_passes_is_tried_again() -> None:
    tries = count(1)

    async def third_time_lucky() -> int:
        number = next(tries)
        if number < 3:
            raise ConnectionResetError
        return number

    assert await attempt(third_time_lucky, timeout=TIMEOUT, is_transient=is_reset) == 3


async def test_what_does_not_pass_is_raised_as_it_is_at_once() -> None:
    tries = count(1)

    async def denied() -> None:
        next(tries)
        raise PermissionError

    with pytest.raises(PermissionError):
        await attempt(denied, timeout=TIMEOUT, is_transient=is_reset)
    assert next(tries) == 2


@pytest.mark.parametrize("timeout", [0.1, 0.5, 2.0])
async def test_attempts_are_spread_over_the_timeout_and_counted(timeout: float) -> None:  # noqa: ASYNC109
    times: list[float] = []

    async def reset() -> None:
        times.append(time.monotonic())
        raise ConnectionResetError("by peer")

    # A machine that stands still meanwhile has time for fewer.
    for _ in range(10):
        times.clear()
        error = await given_up(reset, timeout)
        assert len(times) == error.attempts <= MAX_ATTEMPTS
        if error.attempts >= 5 and times[-1] - times[0] > 0.3 * timeout:
            break
    else:
        pytest.fail(f"{error.attempts} attempts in {times[-1] - times[0]:.2f} s")
    assert f"tried {len(times)} times within" in str(error)
    assert isinstance(error.__cause__, ConnectionResetError)


async def test_an_attempt_that_there_is_no_time_for_any_more_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A machine that stands still wakes up late."""
    monkeypatch.setattr(on_loop, "pauses", lambda timeout: iter([0.1 * timeout] * 5))
    begun: list[float] = []

    async def reset() -> None:
        begun.append(time.monotonic())
        asyncio.get_running_loop().call_soon(time.sleep, 1.5 * TIMEOUT)
        raise ConnectionResetError("by peer")

    with pytest.raises(GaveUp) as caught:
        await attempt(reset, timeout=TIMEOUT, is_transient=is_reset)
    assert caught.value.attempts == len(begun) == 1
    assert isinstance(caught.value.__cause__, ConnectionResetError)


async def test_a_call_that_hangs_is_cancelled_at_the_deadline() -> None:
    cancelled = asyncio.Event()

    async def hanging() -> None:
        try:
            await hang()
        finally:
            cancelled.set()

    error = await given_up(hanging)
    assert error.attempts == 1
    assert error.__cause__ is None
    assert cancelled.is_set()


async def test_a_call_that_ignores_its_cancellation_is_left_to_itself() -> None:
    finish, finished = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        try:
            await hang()
        except asyncio.CancelledError:
            await finish.wait()
            finished.set()
            raise ConnectionResetError from None

    await given_up(stubborn)
    finish.set()
    await asyncio.wait_for(finished.wait(), 5)


async def test_cancelling_the_caller_cancels_the_call() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def hanging() -> None:
        begun.set()
        try:
            await hang()
        finally:
            cancelled.set()

    waiting = asyncio.ensure_future(attempt(hanging, timeout=60, is_transient=is_reset))
    await begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert cancelled.is_set()


async def test_a_known_size_extends_the_deadline() -> None:
    async def slow() -> str:
        await asyncio.sleep(2 * TIMEOUT)
        return "done"

    with pytest.raises(GaveUp):
        await attempt(slow, timeout=TIMEOUT, is_transient=is_reset)
    half_a_second = 64 * 1024
    done = await attempt(slow, timeout=TIMEOUT, is_transient=is_reset, size=half_a_second)
    assert done == "done"


async def test_the_size_is_asked_for_only_when_a_read_takes_long() -> None:
    asked = count()

    async def size() -> int:
        next(asked)
        return 64 * 1024

    async def fast() -> str:
        return "fast"

    async def slow() -> str:
        await asyncio.sleep(2 * TIMEOUT)
        return "slow"

    assert await attempt(fast, timeout=TIMEOUT, is_transient=is_reset, size_of=size) == "fast"
    assert next(asked) == 0
    assert await attempt(slow, timeout=TIMEOUT, is_transient=is_reset, size_of=size) == "slow"
    assert next(asked) == 2


@pytest.mark.parametrize("answer", [hang, OSError], ids=["hangs", "fails"])
async def test_a_size_that_nobody_tells_extends_nothing(answer: object) -> None:
    async def size() -> int:
        if answer is hang:
            await hang()
        raise OSError

    with within(PATIENCE), pytest.raises(GaveUp):
        await attempt(hang, timeout=TIMEOUT, is_transient=is_reset, size_of=size)


async def test_bytes_that_come_fast_enough_extend_the_deadline_and_no_others_do() -> None:
    moved = 0

    async def fast() -> str:
        nonlocal moved
        for _ in range(8):
            await asyncio.sleep(TIMEOUT / 4)
            moved += 60 * SLOWEST_RATE
        return "done"

    done = await attempt(fast, timeout=TIMEOUT, is_transient=is_reset, moved=lambda: moved)
    assert done == "done"
    with within(PATIENCE), pytest.raises(GaveUp):
        await attempt(hang, timeout=TIMEOUT, is_transient=is_reset, moved=lambda: 100)


def test_exceptions_that_lead_round_in_a_circle_are_looked_at_once() -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__context__, other.__context__ = other, one
    assert unconnected(one) is None
    assert hindrance(Network(), one) is None
