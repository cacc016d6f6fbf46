"""The list of configurations: how each row is drawn, and where its columns are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from sys import maxsize
from typing import Final

from rich.cells import cell_len

from storage_core.printable import printable
from tui.kit.columns import Column, spanned
from tui.kit.table import TINTS, Cell, Layout
from tui.kit.text import cut_middle
from tui.session.checks import TestResult
from tui.session.snapshot import Row
from tui.session.state import State

TYPE: Final = 1
NAME: Final = 3
LOCATION: Final = 4
IDENTIFIER: Final = 5
"""Places of columns; the signs and the type stand before them."""

SORTED_BY: Final = {TYPE: "type", NAME: "name", LOCATION: "location"}

_TYPE: Final = 5
"""Cells of a type's short name."""

_BESIDE: Final = 11
"""Cells of all that stands before the name, gaps included."""

_LONG: Final = (40, 60)
"""A name and a location beyond this do not push the ID out: their rows have a second line."""

_ANY: Final = (maxsize, maxsize)

_ID, _WHOLE_ID = 8, 36


class ConfigurationLayout(Layout[Row]):
    """One row for each configuration, and one for what is used when no default is set.

    A row whose name or location has no room in its column has a second line for the location.

    Args:
        result: tells how the last test of a configuration ended.
        testing: IDs of configurations whose connection is being tested.
        order: tells by which column the rows are sorted, and whether that is turned round.
    """

    def __init__(
        self,
        result: Callable[[Row], TestResult | None],
        testing: Collection[str],
        order: Callable[[], State],
    ) -> None:
        self._result, self._testing, self._order = result, testing, order
        self._measured: Sequence[Row] = ()
        self._lengths: list[tuple[int, int]] = []
        """Cells of the name and of the location of each row."""

        self._longest = self._usual = (0, 0)
        """The most of each; and of those rows that have no second line in any case."""

    def _measure(self, rows: Sequence[Row]) -> None:
        if rows is not self._measured:
            self._lengths = [
                (cell_len(printable(row.name)), cell_len(row.problem or row.place)) for row in rows
            ]
            self._longest = _needed(self._lengths, _ANY)
            self._usual = _needed(self._lengths, _LONG)
            self._measured = rows

    def _head(self, title: str) -> str:
        order = self._order()
        sign = "▴" if order.reverse else "▾"
        return f"{title}{sign}" if title.lower() == order.sort else title

    def columns(self, rows: Sequence[Row], room: int) -> Sequence[Column]:
        """Status, type, default, name, location and, where nothing else has to give way, the ID."""
        self._measure(rows)
        # One cell is left at the right edge.
        room -= _BESIDE + 1
        longest = min(self._longest[0], room)
        usual = self._usual
        for identifier, (name, place) in ((_WHOLE_ID, self._longest), (_ID, usual), (0, usual)):
            beside = 2 + identifier if identifier else 0
            if max(name + 2 + place, longest) + beside <= room:
                break
        room -= 2 + beside
        if name + place > room:
            place = max(0, min(place, max(room - name, room * 3 // 5)))
            name = max(0, room - place)
        return (
            Column("", 1, 1),
            Column(self._head("Type"), _TYPE, _TYPE),
            Column("", 1, 1),
            Column(self._head("Name"), name, name),
            Column(self._head("Location"), place, place, fills=True),
            Column("ID", identifier, identifier),
        )

    def lines(self, rows: Sequence[Row], widths: Sequence[int]) -> Sequence[int]:
        """Two for a row that has no room in one; nothing where all have."""
        self._measure(rows)
        name, place = widths[NAME], widths[LOCATION]
        if name >= self._longest[0] and place >= self._longest[1]:
            return ()
        return [2 if long > name or wide > place else 1 for long, wide in self._lengths]

    def cells(self, row: Row, widths: Sequence[int]) -> Sequence[Cell]:
        """Marks as signs, so that nothing is said by colour alone."""
        look = "muted" if row.built_in else "strong" if row.default else ""
        name, place = printable(row.name), self._place(row)
        short = row.badge
        before = (
            self._status(row),
            Cell(short, f"chip-{sum(map(ord, short)) % TINTS}" if short.isalnum() else "muted"),
            Cell("★", "accent") if row.default else Cell(""),
        )
        identifier = row.id if widths[IDENTIFIER] >= _WHOLE_ID else row.id[:_ID]
        behind = Cell(identifier or "—", "muted")
        if cell_len(name) <= widths[NAME] and cell_len(place.text) <= widths[LOCATION]:
            return (*before, Cell(name, look), place, behind)
        name = cut_middle(name, spanned(widths[NAME:IDENTIFIER]))
        return (*before, Cell(name, look, spans=1), behind)

    def below(self, row: Row, widths: Sequence[int]) -> Sequence[Cell]:
        """The location, or what is wrong, in all the room there is below the name."""
        place = self._place(row, spanned(widths[NAME:]))
        return (Cell(""), Cell(""), Cell(""), Cell(place.text, place.look, spans=2))

    def _place(self, row: Row, width: int = maxsize) -> Cell:
        if row.problem:
            return Cell(row.problem, "warning")
        place, tags = row.place, [*row.tags]
        # The details have all tags, and a filter finds them: the location says more.
        while tags and cell_len(place) > width:
            tags.pop()
            place = f"{row.place_with(tags)} …"
        return Cell(cut_middle(place, width), "muted")

    def _status(self, row: Row) -> Cell:
        if row.problem:
            return Cell("⚠", "warning")
        if row.id in self._testing:
            return Cell("…", "accent")
        result = self._result(row)
        if result is None:
            return Cell("")
        if result.old:
            return Cell("?", "muted")
        return Cell("✓", "good") if result.ok else Cell("✗", "bad")


def _needed(lengths: Sequence[tuple[int, int]], most: tuple[int, int]) -> tuple[int, int]:
    """The widest name and the widest location; what is wider than `most` has two lines.

    There is room for the heads, and for the sign that the rows are sorted by one of them.
    """
    fitting = [each for each in lengths if each[0] <= most[0] and each[1] <= most[1]]
    return (
        max((len("Name "), *(name for name, _ in fitting))),
        max((len("Location "), *(place for _, place in fitting))),
    )
