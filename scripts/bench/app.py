"""The app beside a minimal app made with Textual."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from uuid import NAMESPACE_URL, uuid5

from .callbacks import Phases
from .figures import Figure, compared
from .measure import PROGRAMS, PYTHON, STORAGE, Sample, Subject, ended, in_turn
from .programs.hello_textual import TEXT
from .stage import FIRST_NAME, configurations
from .terminal import in_terminal, to_the_end, until

_RUNS = 3
_BLOBS = 10_000


def first_paint(folder: Path) -> list[Figure]:
    """The time from the start of the process until the terminal shows what a person waits for."""
    samples = in_turn(
        {
            "20": _painting([STORAGE, "--config", _file(folder, 20)], FIRST_NAME),
            "1,000": _painting([STORAGE, "--config", _file(folder, 1000)], FIRST_NAME),
            "hello": _painting([PYTHON, PROGRAMS / "hello_textual.py"], TEXT),
        },
        rounds=11,
    )
    return [
        compared(
            *("13", f"first paint with {number} configurations", "Textual hello-world"),
            *(samples[number], samples["hello"], asked),
        )
        for number, asked in (("20", 1.25), ("1,000", 1.5))
    ]


def callbacks(folder: Path) -> list[Figure]:
    """The longest time that one callback, ours or a library's, keeps the event loop."""
    path = _file(folder, 1000)
    text = path.read_text(encoding="utf-8")
    _write_blobs(folder / "blobs")
    ours: list[Phases] = []
    hello: list[Phases] = []
    for _ in range(_RUNS):
        path.write_text(text, encoding="utf-8")
        ours.append(_timed(folder, "storage", path))
        hello.append(_timed(folder, "hello"))
    longest, where = _longest(ours)
    other, there = _longest(hello)
    return [
        Figure(
            *("15", f"longest callback of the app's event loop ({where})"),
            *(f"Textual hello-world ({there})", "wall", longest, other, longest / other),
        )
    ]


def _longest(runs: Sequence[Phases]) -> tuple[float, str]:
    """The longest callback, in seconds, and its phase, by the median of the runs.

    The time in which other programs had the processor is left out.
    """
    return max(
        (median(max(alone for _, alone in run[phase]) for run in runs), phase) for phase in runs[0]
    )


def _timed(folder: Path, *arguments: str | Path) -> Phases:
    """The times that `callbacks.py` measured.

    Raises:
        SystemExit: it failed; the message has what it printed.
    """
    found = folder / "callbacks.json"
    command = [sys.executable, "-m", "scripts.bench.callbacks", found, *arguments]
    pid, terminal = in_terminal(command)
    printed = to_the_end(terminal)
    _, status = ended(pid, 0)
    os.close(terminal)
    if status:
        raise SystemExit(f"error: {' '.join(map(str, command))} failed:\n{printed}")
    phases: Phases = json.loads(found.read_text(encoding="utf-8"))
    return phases


def _file(folder: Path, count: int) -> Path:
    path = folder / f"storage-{count}.toml"
    path.write_text(configurations(count, folder), encoding="utf-8")
    return path


def _write_blobs(folder: Path) -> None:
    """Write blobs of both kinds to where Local Storage keeps them."""
    for kind in ("flows", "results"):
        (folder / kind).mkdir(parents=True)
        for index in range(_BLOBS // 2):
            name = uuid5(NAMESPACE_URL, f"{kind}/{index}").hex
            (folder / kind / name).write_bytes(bytes(index % 100))


def _painting(command: Sequence[str | Path], awaited: str) -> Subject:
    """Measures a process in a terminal until it has printed `awaited`, and kills it."""

    def measure() -> Sample:
        start = time.perf_counter()
        pid, terminal = in_terminal(command)
        try:
            painted = until(terminal, awaited, start)
        finally:
            os.kill(pid, signal.SIGKILL)
            used, _ = ended(pid, start)
            os.close(terminal)
        return Sample(painted, used.cpu)

    return measure
