"""Works out how wide each column of a table is in the available room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Column(NamedTuple):
    """How a column looks and how wide it is."""

    title: str
    natural: int
    """Cells that its longest value needs."""

    least: int
    """Cells that it never falls below."""

    fills: bool = False
    """Whether it takes the room that is left, so that columns after it are at the right edge."""


def gap(width: int) -> str:
    """The gap after a column of this width."""
    return "  " if width > 2 else " "


def spanned(widths: Sequence[int]) -> int:
    """The cells of neighbouring columns together, including the gaps between them."""
    there = [width for width in widths if width]
    return sum(there) + sum(len(gap(width)) for width in there[:-1])


def widths(columns: Sequence[Column], room: int) -> list[int]:
    """The width of each column, gaps excluded, in `room` cells; the widest shrink first."""
    result = [max(column.natural, column.least) for column in columns]
    # One cell is left at the right edge.
    there = [width for width in result if width]
    room -= sum(len(gap(width)) for width in there[:-1]) + 1
    while (excess := sum(result) - room) > 0:
        shrinkable = [i for i, column in enumerate(columns) if result[i] > column.least]
        if not shrinkable:
            break
        widest = max(result[i] for i in shrinkable)
        at_widest = [i for i in shrinkable if result[i] == widest]
        below = [result[i] for i in shrinkable if result[i] < widest]
        floor = max([*below, *(columns[i].least for i in at_widest)])
        step = max(1, min(widest - floor, -(-excess // len(at_widest))))
        for i in at_widest:
            take = min(step, sum(result) - room)
            result[i] -= max(0, take)
    for i, column in enumerate(columns):
        if column.fills:
            result[i] += max(0, room - sum(result))
    return result
