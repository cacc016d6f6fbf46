"""The app beside the least that an app made with Textual can do."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from uuid import NAMESPACE_URL, uuid5

from .callbacks import Phases
from .cold import PROGRAMS, STORAGE
from .measure import Sample, Subject, ended, in_turn
from .programs.hello_textual import TEXT
from .stage import FIRST_NAME, configurations
from .table import Row, Section, compared
from .terminal import in_terminal, to_the_end, until

_RUNS = 3
_BLOBS = 10_000


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
    _write_blobs(folder / "blobs")
    ours: list[Phases] = []
    hello: list[Phases] = []
    for _ in range(_RUNS):
        path.write_text(text, encoding="utf-8")
        ours.append(_timed(folder, "storage", path))
        hello.append(_timed(folder, "hello"))
    head = f"{'ms':36}{'callbacks':>10}{'p99':>8}{'longest':>9}{'min – max':>16}{'alone':>7}"
    return Section(
        "8 · callbacks of the event loop, 1,000 configurations, in a terminal of 120×40, medians "
        f"of {_RUNS} runs; alone: the longest without the time that other programs took from it",
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
        alone = median(1000 * max(alone for _, alone in run[phase]) for run in runs)
        yield (
            f"{of + phase:36}{median(map(len, walls)):>10.0f}{p99:>8.1f}{median(longest):>9.1f}"
            f"{min(longest):>8.1f} – {max(longest):<5.1f}{alone:>7.1f}{asked:>9}"
        ).rstrip()


def _timed(folder: Path, *arguments: str | Path) -> Phases:
    """What `callbacks.py` found out.

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
    """Blobs of both kinds where Local Storage keeps them."""
    for kind in ("flows", "results"):
        (folder / kind).mkdir(parents=True)
        for index in range(_BLOBS // 2):
            name = uuid5(NAMESPACE_URL, f"{kind}/{index}").hex
            (folder / kind / name).write_bytes(bytes(index % 100))


def _painting(command: Sequence[str | Path], awaited: str) -> Subject:
    """A process in a terminal, until it has written `awaited` to it; then it is killed."""

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
