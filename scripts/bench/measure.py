"""Samples, of which every figure is made: what a whole process took, or a call in one that stays.

Subjects that are compared run in turn (A B A B …), so that a machine that slows down slows both.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeAlias

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PROGRAMS = HERE / "programs"
ENVIRONMENT = ROOT / ".venv-bench" / "bin"
"""The environment in which ours and the alternatives run: one interpreter, one set of packages."""

PYTHON = ENVIRONMENT / "python"
STORAGE = ENVIRONMENT / "storage"
RCLONE = ENVIRONMENT / "rclone"


class Sample(NamedTuple):
    """One measurement."""

    wall: float
    """Seconds that passed."""

    cpu: float
    """Seconds of processor time, that of the kernel included."""

    peak: int = 0
    """The most bytes of memory; 0 if that was not measured."""


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
    return process([PYTHON, *arguments])


def process(command: Sequence[str | Path], crashes: bool = False, **variables: str) -> Subject:
    """Measures a whole process; its output is discarded. With `crashes` it is run again if it did.

    Raises:
        SystemExit: it failed; the message has what it printed on standard error.
    """
    words = [os.fspath(word) for word in command]

    def measure() -> Sample:
        with TemporaryDirectory() as folder:
            errors = Path(folder) / "errors"
            asked = {
                "command": words,
                "environment": {**os.environ, **variables},
                "errors": str(errors),
            }
            found = _launcher().asked(json.dumps(asked))
            status = found.pop("status")
            if crashes and status < 0:
                return measure()
            if status:
                text = errors.read_text(errors="replace")
                raise SystemExit(f"error: {' '.join(words)} ended with {status}:\n{text}")
        return Sample(**found)

    return measure


class Worker:
    """A process that does what each line tells it, and answers with what that took."""

    def __init__(self, command: Sequence[str | Path], **variables: str) -> None:
        self._command = list(map(os.fspath, command))
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **variables},
            text=True,
        )
        self.pid = self._process.pid

    def asked(self, line: str) -> dict[str, Any]:
        """The answer to a line.

        Raises:
            SystemExit: the process ended; its error is on the terminal.
        """
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        if not (answer := self._process.stdout.readline()):
            raise SystemExit(f"error: {' '.join(self._command)} failed at {line!r}")
        found: dict[str, Any] = json.loads(answer)
        return found

    def doing(self, line: str) -> Subject:
        """Measures what the process does for a line."""
        return lambda: Sample(**self.asked(line))

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def working(program: str, *arguments: str | Path, **variables: str) -> Iterator[Worker]:
    """Run a program of `programs/` that stays, and yield its `Worker`."""
    worker = Worker([PYTHON, PROGRAMS / program, *arguments], **variables)
    try:
        yield worker
    finally:
        worker.close()


def _launcher() -> Worker:
    if not _started:
        # Without `site`, to keep it small.
        _started.append(Worker([sys.executable, "-I", "-S", HERE / "launcher.py"]))
    return _started[0]


_started: list[Worker] = []


def spawned(command: Sequence[str | Path], files: Sequence[tuple[int | str, ...]]) -> int:
    """Start a process with these file descriptors, and return its ID."""
    words = [os.fspath(word) for word in command]
    return os.posix_spawn(words[0], words, os.environ, file_actions=files)


def ended(pid: int, start: float) -> tuple[Sample, int]:
    """Wait for a process that was started at `start`; return what it took, and its status."""
    try:
        _, status, used = os.wait4(pid, 0)
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        raise
    return Sample(time.perf_counter() - start, used.ru_utime + used.ru_stime), status
