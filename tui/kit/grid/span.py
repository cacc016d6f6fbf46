"""`Span`: the visible columns of a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from tui.kit.grid.cells import Cells

WIDEST: Final = 36
"""Cells that a column takes at most if not all fit."""

_MARGIN: Final = 2
"""Cells around the text of a column."""

_LEAST: Final = 8
"""Cells that a column needs at least if it is not shown whole."""


class Span(NamedTuple):
    """The visible columns."""

    places: tuple[int, ...] = ()
    """Their indexes: first those that do not scroll, then the others."""

    widths: tuple[int, ...] = ()
    """Cells for the text of each."""

    whole: int = 0
    """The last column that is visible as a whole."""

    held: int = 0
    """How many of them do not scroll."""


class Columns:
    """Works out which columns are visible, starting from any of them.

    Args:
        cells: what is shown.
        room: cells for all columns, their margins included.
    """

    def __init__(self, cells: Cells, room: int) -> None:
        self._cells, self._room = cells, room
        total = len(cells.columns)
        self.start = min(cells.fixed, total)
        """The first column with values."""

        self.held = 1 if not cells.fixed and total > 1 else 0
        """How many columns with values stay at the left."""

        self.first = self.start + self.held
        """The first column that scrolls."""

        self.total = total
        every = range(self.start, total)
        inner = room - _MARGIN
        fitted = cells.widths(every, inner)
        self.all_fit = len(fitted) == len(every) and sum(fitted) + _MARGIN * (
            len(fitted) - 1
        ) <= max(inner, 0)
        """Whether all columns fit at once."""

        self._widths = [min(each, WIDEST) for each in cells.natural]
        if self.all_fit:
            self._widths[self.start :] = fitted
        elif self.held:
            self._widths[self.start] = max(1, min(self._widths[self.start], inner // 3))

    @property
    def _left(self) -> int:
        """Cells beside the columns that do not scroll."""
        return self._room - sum(
            self._widths[place] + _MARGIN for place in range(self.start, self.first)
        )

    def last_first(self, column: int) -> int:
        """The lowest first column with which the whole of `column` is visible."""
        left = self._left
        place = column
        while place >= self.first:
            left -= self._widths[place] + _MARGIN
            if left < 0:
                return min(place + 1, column)
            place -= 1
        return self.first

    def span(self, first: int) -> Span:
        """The visible columns if scrolling begins at `first`."""
        places = [*range(self.start, self.first)]
        widths = [self._widths[place] for place in places]
        left, whole = self._left, self.start
        for place in range(first, self.total):
            room = left - _MARGIN
            width = min(self._widths[place], max(1, room))
            if width < self._widths[place] and place > first:
                # A number that is cut off would be misleading.
                if width < _LEAST or self._cells.columns[place].number:
                    break
            else:
                whole = place
            places.append(place)
            widths.append(width)
            left -= width + _MARGIN
            if whole < place:
                break
        return Span(tuple(places), tuple(widths), whole, self.held)
