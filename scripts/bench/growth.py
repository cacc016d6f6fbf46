"""Cost as work grows: time, memory and open connections, as one page of Markdown."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import log
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

from .measure import ROOT, Worker, working
from .servers import Bucket, configure_ours, full, sink
from .table import amount

PAGE = ROOT / "docs" / "growth.md"

_COUNTS = tuple(10**power for power in range(6))
_SIZES = (1 << 10, 32 << 10, 1 << 20, 32 << 20, 1 << 30, 10 << 30)
_SECONDS_BETWEEN_LOOKS = 0.005


class Cost(NamedTuple):
    """The cost of one piece of work; times in seconds."""

    wall: float
    cpu: float
    memory: int
    """The most bytes at a time, above what the process had at first."""

    connections: int
    """The most that were open at a time."""


def page(folder: Path, about: str) -> str:
    """The page in Markdown; measuring for it takes a quarter of an hour."""
    counts = [*_counted(folder)]
    sizes = [*_sized(folder)]
    return "\n".join(
        [
            "# What it costs as work grows",
            "",
            f"Made by `make bench-full`: {about}. One process, S3 Storage by the `direct` engine.",
            "Memory is the most that comes on top of what the process had at first. The slope is",
            "the exponent of growth over the last two lines of a column: 1 is linear, 0 is flat.",
            "",
            "Blobs of 1 KiB: `write_many` and `read_many` with 32 jobs on a server that keeps no",
            "more than sizes (rclone takes longer for each the more there are), `list` on one that",
            "answers a page in half a millisecond:",
            "",
            *_table(["blobs", "write_many", "read_many", "list"], counts),
            "",
            "One blob, `write_file` and `read_file`, on a server that keeps sizes only:",
            "",
            *_table(["size", "write_file", "read_file"], sizes),
            "",
        ]
    )


def _counted(folder: Path) -> Iterator[tuple[str, int, list[Cost]]]:
    for count in _COUNTS:
        with sink() as bucket, _ours(folder, bucket) as ours:
            costs = [_cost(ours, f"{deed} {count}") for deed in ("write", "read")]
        with full(count) as bucket, _ours(folder, bucket) as ours:
            _cost(ours, f"listed {count}")
            costs.append(_cost(ours, f"listed {count}"))
        yield f"{count:,}", count, costs


def _sized(folder: Path) -> Iterator[tuple[str, int, list[Cost]]]:
    for size in _SIZES:
        with sink() as bucket, _ours(folder, bucket) as ours:
            _cost(ours, "up 1")
            costs = [_cost(ours, f"{deed} {size}") for deed in ("up", "down")]
        yield _size(size), size, costs


@contextmanager
def _ours(folder: Path, bucket: Bucket) -> Iterator[Worker]:
    configure_ours(folder, bucket.table())
    with working("grow.py", folder / "file", folder / "back") as worker:
        yield worker


def _cost(worker: Worker, line: str) -> Cost:
    most, over = 0, Event()

    def look() -> None:
        nonlocal most
        while not over.wait(_SECONDS_BETWEEN_LOOKS):
            most = max(most, _connections(worker.pid))

    watcher = Thread(target=look)
    watcher.start()
    try:
        took = worker.asked(line)
    finally:
        over.set()
        watcher.join()
    # Counted once more: a short call may end before the first count, but connections stay open.
    return Cost(took["wall"], took["cpu"], took["peak"], max(most, _connections(worker.pid)))


def _connections(pid: int) -> int:
    found = 0
    for entry in os.scandir(f"/proc/{pid}/fd"):
        try:
            found += os.readlink(entry.path).startswith("socket:")  # noqa: PTH115
        except OSError:
            continue
    return found


def _table(heads: Sequence[str], rows: Sequence[tuple[str, int, list[Cost]]]) -> Iterator[str]:
    first, *deeds = heads
    names = [f"{deed}: time (CPU) | memory | connections" for deed in deeds]
    yield f"| {' | '.join([first, *names])} |"
    yield "|" + " ---: |" * (1 + 3 * len(deeds))
    for name, _, costs in rows:
        cells = [
            f"{amount(cost.wall, 'wall')} ({amount(cost.cpu, 'wall')}) | "
            f"{amount(cost.memory, 'peak')} | {cost.connections}"
            for cost in costs
        ]
        yield f"| {' | '.join([name, *cells])} |"
    (_, less, before), (_, more, after) = rows[-2:]
    cells = [
        " | ".join(
            f"{log(max(b, 1e-9) / max(a, 1e-9)) / log(more / less):.2f}" if a and b else "0"
            for a, b in (
                (one.wall, other.wall),
                (one.memory, other.memory),
                (one.connections, other.connections),
            )
        )
        for one, other in zip(before, after, strict=True)
    ]
    yield f"| slope | {' | '.join(cells)} |"


def _size(size: int) -> str:
    for name, one in (("GiB", 1 << 30), ("MiB", 1 << 20)):
        if size >= one:
            return f"{size // one} {name}"
    return f"{size >> 10} KiB"
