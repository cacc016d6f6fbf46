"""Samples: what a whole process took, or a call in one that runs. Every figure is made of these.

What is compared runs in turn (A B A B …), so that a machine that slows down slows both.
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
"""Where all that is measured runs, ours and theirs: one interpreter, one set of packages."""

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
    """Bytes of memory at the most; nought where nobody looked."""


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
    """A whole process; its output goes nowhere. One that `crashes` is started again when it did.

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
    """A process that waits for what to do, a line each, and answers with what it took."""

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
        """What it answers to a line.

        Raises:
            SystemExit: it ended; what it had to say is on the terminal.
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
        """Measure what it does upon a line."""
        return lambda: Sample(**self.asked(line))

    def close(self) -> None:
        """Let it end."""
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
    """A program of `programs/` that waits for what to do."""
    worker = Worker([PYTHON, PROGRAMS / program, *arguments], **variables)
    try:
        yield worker
    finally:
        worker.close()


def _launcher() -> Worker:
    if not _started:
        # Without `site`: it is to be small.
        _started.append(Worker([sys.executable, "-I", "-S", HERE / "launcher.py"]))
    return _started[0]


_started: list[Worker] = []


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
