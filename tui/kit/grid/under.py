"""The lines below a grid: which cell the cursor is on, and its whole value."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from rich.cells import cell_len

from tui.kit.text import cut, fit, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.kit.grid.cells import Cells, Heading

MOST: Final = 3
"""The most lines of a value."""

_ROOMY: Final = 16
"""Lines of the lowest grid that has this many."""

_LEAST: Final = 18
"""Cells that the name of a column gets before the position of the cursor is shown."""

Line: TypeAlias = "Sequence[tuple[str, str]]"
"""Texts, each with its look."""


def lines_for(cells: Cells, width: int, height: int) -> int:
    """How many lines the longest value takes; the same for all cells, so that nothing jumps."""
    longest = max(cells.natural, default=0)
    if longest <= width:
        return 1
    return min(MOST if height >= _ROOMY else 2, 1 + -(-longest // max(1, width)))


def place_line(column: Heading, where: str, width: int) -> Line:
    """The name and the type of a column, and at the right where the cursor is."""
    room = width - 2
    end = where if cell_len(where) + _LEAST <= room else ""
    left = room - cell_len(end) - 1
    title = cut(column.title, left)
    kind = fit(f"  {column.type}", max(0, left - cell_len(title)))
    return ((" ", ""), (title, "strong"), (kind, "muted"), (f" {end} ", "muted"))


def value_lines(text: str | None, width: int, count: int) -> list[Line]:
    """A value in `count` lines, the last of them cut if that is not enough."""
    if not text:
        return [((" no value" if text is None else " empty text", "muted"),)]
    room = max(2, width - 2)
    # Wrap only as much as can be shown, and a little more.
    found = [*islice(wrap(text[: (count + 1) * room + 64], room), count + 1)]
    if len(found) > count:
        found[count - 1 :] = [fit(f"{found[count - 1]} {found[count]}", room)]
    return [((f" {each}", ""),) for each in found]
