"""The table, section by section, as `make bench` prints it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from .measure import Sample


class Row(NamedTuple):
    """Ours beside another."""

    other_name: str
    ours: Sequence[Sample]
    other: Sequence[Sample]
    asked: float | None = None
    """The ratio that the design or an issue asks for; None where none does."""


class Section(NamedTuple):
    """One question and its answers."""

    question: str
    lines: Sequence[str]


def compared(question: str, rows: Sequence[Row], note: str = "") -> Section:
    """A section of ratios."""
    head = (
        f"{'ours ÷':44}{'ours':>10}{'other':>10}{'wall':>8}{'min – max':>15}{'CPU':>7}{'asked':>9}"
    )
    return Section(question, [head, *map(_line, rows), *filter(None, [note])])


def printed(section: Section, seconds: float) -> Iterator[str]:
    """The lines of a section, which took `seconds` to measure."""
    yield f"{section.question}  [{seconds:.0f} s]"
    yield from (f"  {line}" for line in section.lines)
    yield ""


def duration(seconds: float) -> str:
    """In the unit in which it reads best."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def _line(row: Row) -> str:
    walls = _ratios(row, lambda sample: sample.wall)
    asked = "" if row.asked is None else f"≤ {row.asked:.2f}"
    return (
        f"{row.other_name:44}"
        f"{duration(median(sample.wall for sample in row.ours)):>10}"
        f"{duration(median(sample.wall for sample in row.other)):>10}"
        f"{median(walls):>8.2f}{min(walls):>8.2f} – {max(walls):.2f}"
        f"{median(_ratios(row, lambda sample: sample.cpu)):>7.2f}{asked:>9}"
    ).rstrip()


def _ratios(row: Row, of: Callable[[Sample], float]) -> list[float]:
    # Processor time of very short calls may be nought on a coarse clock.
    return [
        of(ours) / max(of(other), 1e-9) for ours, other in zip(row.ours, row.other, strict=True)
    ]
