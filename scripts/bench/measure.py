"""Samples: how long a whole process or a call took. Every section of the table is made of these.

What is compared runs in turn (A B A B …), so that a machine that slows down slows both; the table
shows the median of the ratios of neighbours.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple, TypeAlias


class Sample(NamedTuple):
    """One measurement."""

    wall: float
    """Seconds that passed."""

    cpu: float
    """Seconds of processor time, that of the kernel included."""


Subject: TypeAlias = Callable[[], Sample]


def in_turn(subjects: Mapping[str, Subject], rounds: int) -> dict[str, list[Sample]]:
    """Measure each subject once a round. The first round fills caches and does not count."""
    samples: dict[str, list[Sample]] = {name: [] for name in subjects}
    for turn in range(rounds + 1):
        for name, measure in subjects.items():
            sample = measure()
            if turn:
                samples[name].append(sample)
    return samples


def python(*arguments: str | Path) -> Subject:
    """A whole Python process with these arguments."""
    return process([sys.executable, *arguments])


def process(command: Sequence[str | Path]) -> Subject:
    """A whole process; its output goes nowhere.

    Raises:
        SystemExit: it failed; the message has what it printed on standard error.
    """

    def measure() -> Sample:
        with TemporaryFile() as errors:
            files = [
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, errors.fileno(), 2),
            ]
            start = time.perf_counter()
            pid = spawned(command, files)
            sample, status = ended(pid, start)
            if status:
                errors.seek(0)
                text = errors.read().decode(errors="replace")
                raise SystemExit(f"error: {' '.join(map(str, command))} failed:\n{text}")
        return sample

    return measure


def spawned(command: Sequence[str | Path], files: Sequence[tuple[int | str, ...]]) -> int:
    """Start a process with these file descriptors; its ID."""
    words = [os.fspath(word) for word in command]
    return os.posix_spawn(words[0], words, os.environ, file_actions=files)


def ended(pid: int, start: float) -> tuple[Sample, int]:
    """Wait for a process started at `start`; what it took, and its status."""
    try:
        _, status, used = os.wait4(pid, 0)
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        raise
    return Sample(time.perf_counter() - start, used.ru_utime + used.ru_stime), status


def call(function: Callable[[], object], prepare: Callable[[], object] | None = None) -> Subject:
    """A call in this process; `prepare` runs before it and is not measured."""

    def measure() -> Sample:
        if prepare:
            prepare()
        # What earlier calls left behind is theirs.
        gc.collect()
        start, used = time.perf_counter(), time.process_time()
        function()
        return Sample(time.perf_counter() - start, time.process_time() - used)

    return measure
