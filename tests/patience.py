"""Measures time on a machine that is busy with something else too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fails when its block takes that long, not counting how long others had the processor.

    The kernel says how long threads were ready to run and were not let; where it does not, all
    time counts.
    """
    started, kept_waiting = time.monotonic(), _kept_waiting()
    yield
    took = time.monotonic() - started
    waited = max(0.0, _kept_waiting() - kept_waiting)
    assert took - waited < seconds, f"took {took:.2f} s, {waited:.2f} s of it without a processor"


def assert_linear(seconds: Callable[[int], float], few: int, many: int) -> None:
    """Fails when `seconds(many)` is far more than so many times `seconds(few)`, however often."""
    limit = 2.25 * many / few
    found = []
    for _ in range(5):
        found.append((seconds(few), seconds(many)))
        if found[-1][1] < limit * found[-1][0] + 0.01:
            return
    pytest.fail(
        f"{many / few:.0f} times as much takes more than {limit:.0f} times as long: {found}"
    )


def _kept_waiting() -> float:
    """Seconds for which the threads of this process have waited for a processor so far."""
    waited = 0
    with suppress(OSError):
        for thread in Path("/proc/self/task").iterdir():
            # A thread that has just ended has nothing to say.
            with suppress(OSError):
                waited += int((thread / "schedstat").read_text().split()[1])
    return waited / 1e9
