"""The results: a figure for each line of the table, kept as JSON from one run to the next."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from .measure import ROOT, Sample

KEPT = ROOT / "docs" / "bench.json"

WALL, CPU, PEAK = "wall", "cpu", "peak"
"""What a ratio can be of: seconds that passed, seconds of processor time, bytes of memory."""


@dataclass(frozen=True)
class Figure:
    """One line of the table: ours beside one alternative."""

    row: str
    """Its number, by which the lines are ordered; several lines may have the same."""

    work: str
    against: str
    unit: str
    """`wall` or `cpu`, in seconds; `peak`, in bytes; `rate`, in blobs a second; `share`."""

    ours: float
    theirs: float
    ratio: float
    asked: float | None = None
    at_least: bool = False
    low: float | None = None
    """The lower quartile of the ratios of samples taken in the same round; `high` is the upper."""

    high: float | None = None
    other: float | None = None
    """The ratio of processor time if `ratio` is of wall time, and the other way round."""

    @property
    def met(self) -> bool | None:
        """Whether the ratio meets its goal; None if it has none."""
        if self.asked is None:
            return None
        # Rounded as it is printed, since readers do not see the third digit.
        shown = float(f"{self.ratio:.2g}") if self.ratio < 0.1 else round(self.ratio, 2)
        return shown >= self.asked if self.at_least else shown <= self.asked


def compared(
    row: str,
    work: str,
    against: str,
    ours: Sequence[Sample],
    theirs: Sequence[Sample],
    asked: float | None = None,
    unit: str = WALL,
    scale: float = 1,
) -> Figure:
    """A ratio of medians; `theirs` is multiplied by `scale`, if it did that much less work."""
    mine, other = _values(ours, unit), _values(theirs, unit)
    pairs = [a / (b * scale) for a, b in zip(mine, other, strict=True)]
    low, _, high = quantiles(pairs, n=4) if len(pairs) > 1 else (pairs[0],) * 3
    beside = {WALL: CPU, CPU: WALL}.get(unit)
    return Figure(
        row,
        work,
        against,
        unit,
        median(mine),
        median(other) * scale,
        median(mine) / (median(other) * scale),
        asked,
        low=low,
        high=high,
        other=beside and median(_values(ours, beside)) / (median(_values(theirs, beside)) * scale),
    )


def _values(samples: Sequence[Sample], of: str) -> list[float]:
    # The processor time of very short calls may be 0 on a coarse clock.
    return [max(getattr(sample, of), 1e-9) for sample in samples]


def run() -> dict[str, Any]:
    """Where and when this was measured."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit,
        "python": platform.python_version(),
        "system": platform.system(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def keep(path: Path, figures: Sequence[Figure], about: dict[str, Any]) -> None:
    """Save figures in a file, in place of those of the same rows."""
    kept = loaded(path)
    new = {figure.row for figure in figures}
    rows = [row for row in kept if row["row"] not in new]
    rows += [{**asdict(figure), "met": figure.met, "run": about} for figure in figures]
    rows.sort(key=lambda row: _order(row["row"]))
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def loaded(path: Path = KEPT) -> list[dict[str, Any]]:
    """The lines of a file, in the order of their rows."""
    if not path.exists():
        return []
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def _order(row: str) -> tuple[int, str]:
    digits = row.rstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits or 0), row
