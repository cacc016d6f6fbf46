"""The app beside the least that an app made with Textual can do."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from .callbacks import SIZE, Phases
from .cold import PROGRAMS, STORAGE
from .measure import Sample, Subject, ended, in_turn, spawned
from .programs.hello_textual import TEXT
from .stage import FIRST_NAME, configurations
from .table import Row, Section, compared

_COLUMNS, _LINES = SIZE
_PATIENCE = 60.0
_RUNS = 5


def first_paint(folder: Path) -> Section:
    """From the start of the process until the terminal has what a person waits for."""
    samples = in_turn(
        {
            "20": _painting([STORAGE, "--config", _file(folder, 20)], FIRST_NAME),
            "1,000": _painting([STORAGE, "--config", _file(folder, 1000)], FIRST_NAME),
            "hello": _painting([sys.executable, PROGRAMS / "hello_textual.py"], TEXT),
        },
        rounds=11,
    )
    return compared(
        "7 · the app in a terminal of 120×40: from start until a configuration's name is painted",
        [
            Row(
                "Textual hello-world; ours: 20 configurations", samples["20"], samples["hello"], 1.5
            ),
            Row("Textual hello-world; ours: 1,000", samples["1,000"], samples["hello"], 2.0),
        ],
    )


def callbacks(folder: Path) -> Section:
    """How long the event loop is kept by one callback, whosever it is."""
    path = _file(folder, 1000)
    text = path.read_text(encoding="utf-8")
    ours: list[Phases] = []
    hello: list[Phases] = []
    for _ in range(_RUNS):
        path.write_text(text, encoding="utf-8")
        ours.append(_timed("storage", path))
        hello.append(_timed("hello"))
    head = f"{'ms':32}{'callbacks':>10}{'p99':>8}{'longest':>9}{'min – max':>16}{'CPU':>7}"
    return Section(
        "8 · callbacks of the event loop, 1,000 configurations, 120×40, medians of "
        f"{_RUNS} runs; CPU: of the one that took most",
        [
            f"{head}{'asked':>9}",
            *_phase_lines("Textual hello-world: ", hello),
            *_phase_lines("", ours, asked="≤ 50.0"),
        ],
    )


def _phase_lines(of: str, runs: Sequence[Phases], asked: str = "") -> Iterator[str]:
    for phase in runs[0]:
        walls = [sorted(wall for wall, _ in run[phase]) for run in runs]
        longest = [1000 * wall[-1] for wall in walls]
        p99 = median(1000 * wall[int(len(wall) * 0.99)] for wall in walls)
        busiest = median(1000 * max(cpu for _, cpu in run[phase]) for run in runs)
        yield (
            f"{of + phase:32}{median(map(len, walls)):>10.0f}{p99:>8.1f}{median(longest):>9.1f}"
            f"{min(longest):>8.1f} – {max(longest):<5.1f}{busiest:>7.1f}{asked:>9}"
        ).rstrip()


def _timed(*arguments: str | Path) -> Phases:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.bench.callbacks", *arguments],
        stdout=subprocess.PIPE,
        check=True,
    )
    phases: Phases = json.loads(done.stdout)
    return phases


def _file(folder: Path, count: int) -> Path:
    path = folder / f"storage-{count}.toml"
    path.write_text(configurations(count, folder), encoding="utf-8")
    return path


def _painting(command: Sequence[str | Path], awaited: str) -> Subject:
    """A process in a terminal of its own, until it has written `awaited` to it; then it is killed.

    Raises:
        SystemExit: it does not within a minute, or it ends before.
    """

    def measure() -> Sample:
        terminal, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, _COLUMNS, 0, 0))
        files = [(os.POSIX_SPAWN_DUP2, inside, number) for number in (0, 1, 2)]
        start = time.perf_counter()
        pid = spawned(command, files)
        os.close(inside)
        try:
            painted = _until(terminal, awaited.encode(), start)
        finally:
            os.kill(pid, signal.SIGKILL)
            used, _ = ended(pid, start)
            os.close(terminal)
        return Sample(painted, used.cpu)

    return measure


def _until(terminal: int, awaited: bytes, start: float) -> float:
    """Seconds from `start` until `awaited` came out of the terminal."""
    seen = b""
    while awaited not in seen:
        ready, _, _ = select.select([terminal], [], [], _PATIENCE)
        try:
            if not ready:
                raise TimeoutError
            seen += os.read(terminal, 65_536)
        except OSError:
            # So it is told, too, that nobody has the terminal open any more.
            text = seen.decode(errors="replace")
            raise SystemExit(f"error: {awaited!r} was not painted, but:\n{text}") from None
    return time.perf_counter() - start
