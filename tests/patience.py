"""Measures time on a machine that is also busy with other work."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pytest


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail if the block takes that long, without the time in which others had the processor.

    Linux tells how long threads were ready but had no processor; elsewhere all time counts. It
    does not tell whether the whole machine stood still: a second process, which only sleeps,
    notices that by waking up late.
    """
    heart = _heart()
    started, kept_waiting, late = time.monotonic(), _kept_waiting(), _late(heart)
    yield
    took = time.monotonic() - started
    waited = max(_kept_waiting() - kept_waiting, 0.0)
    if took - waited >= seconds:
        # The other process wakes up when this one does, and first has to write it down.
        time.sleep(0.2)
        waited = max(waited, _late(heart) - late)
    assert took - waited < seconds, f"took {took:.2f} s, {waited:.2f} s of it without a processor"


def assert_linear(seconds: Callable[[int], float], few: int, many: int) -> None:
    """Fail if `seconds(many)` is far more than `many / few` times `seconds(few)`, in five tries."""
    limit = 2.25 * many / few
    found = []
    for _ in range(5):
        found.append((seconds(few), seconds(many)))
        if found[-1][1] < limit * found[-1][0] + 0.01:
            return
    pytest.fail(
        f"{many / few:.0f} times as much takes more than {limit:.0f} times as long: {found}"
    )


_BEATS = """
import os, struct, sys, time
late = 0.0
while os.getppid() == int(sys.argv[1]):
    os.pwrite(1, struct.pack("d", late), 0)
    begun = time.monotonic()
    time.sleep(0.01)
    took = time.monotonic() - begun
    # Less than that is the machine being busy, which the kernel tells better.
    late += took if took > 0.1 else 0
"""


@cache
def _heart() -> IO[bytes]:
    """The file in which a process that only sleeps, as long as this one lives, counts delays."""
    written = TemporaryFile(buffering=0)  # noqa: SIM115 (for as long as this process lives)
    command = [sys.executable, "-I", "-S", "-c", _BEATS, str(os.getpid())]
    _running.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=written))
    while not os.pread(written.fileno(), 8, 0):
        assert _running[0].poll() is None
        time.sleep(0.001)
    return written


_running: list[subprocess.Popen[bytes]] = []


def _late(heart: IO[bytes]) -> float:
    """How many seconds that process has lost so far by waking up late."""
    (seconds,) = struct.unpack("d", os.pread(heart.fileno(), 8, 0))
    return float(seconds)


def _kept_waiting() -> float:
    """Seconds for which the threads of this process have waited for a processor so far."""
    waited = 0
    with suppress(OSError):
        for thread in Path("/proc/self/task").iterdir():
            # The thread may have just ended.
            with suppress(OSError):
                waited += int((thread / "schedstat").read_text().split()[1])
    return waited / 1e9
