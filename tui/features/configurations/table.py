"""The list of configurations: how its rows are drawn, and how wide its columns are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain
from sys import maxsize
from typing import Final

from rich.cells import cell_len

from storage_core.printable import printable
from tui.features.configurations import signs
from tui.features.configurations.groups import Group
from tui.kit.columns import Column, gap, spanned
from tui.kit.table import Cell, Layout, Piece, chip
from tui.kit.text import cut, cut_middle
from tui.session.checks import TestResult
from tui.session.quantities import short_age
from tui.session.snapshot import DEFAULT, Row
from tui.session.state import State

STATUS, AGE, TYPE, SIGNS, STAR, NAME, LOCATION, IDENTIFIER = range(8)
"""The indexes of the columns."""

SORTED_BY: Final = {
    STATUS: "status",
    AGE: "status",
    TYPE: "type",
    NAME: "name",
    LOCATION: "location",
}

_AGE: Final = 4
"""Cells of the age of a test."""

_CHIP, _TYPE = 7, 5
"""Cells of a type's short name, with padding and without."""

_LONG: Final = (40, 60)
"""A name and a location beyond this do not push the ID out: their rows have a second line."""

_ANY: Final = (maxsize, maxsize)

_ID, _WHOLE_ID = 8, 36

_ROOMY: Final = (
    (_WHOLE_ID, _AGE, _CHIP),
    (_ID, _AGE, _CHIP),
    (_ID, _AGE, _TYPE),
    (0, _AGE, _CHIP),
    (0, _AGE, _TYPE),
    (0, 0, _TYPE),
)
"""Cells of the ID, the age of the test and the type, from the most room to the least."""


class ConfigurationLayout(Layout[Row]):
    """How each row is drawn, with a second line for a location that does not fit into the first.

    Args:
        result: returns how the last test of a configuration ended.
        testing: IDs of configurations whose connection is being tested.
        order: returns the state, which says how the rows are sorted.
    """

    def __init__(
        self,
        result: Callable[[Row], TestResult | None],
        testing: Collection[str],
        order: Callable[[], State],
    ) -> None:
        self._result, self._testing, self._order = result, testing, order
        self._measured: Sequence[Row] = ()
        self._known: dict[str, tuple[Row, tuple[int, int], tuple[int, int, int]]] = {}
        """The measurements of each row, since a filter shows the same rows again and again."""

        self._lengths: list[tuple[int, int]] = []
        """Cells of the name and of the location of each row."""

        self._longest = self._usual = (0, 0)
        """The longest name and location; the same without rows that always have two lines."""

        self._signs: Sequence[int] = signs.NONE
        """Cells of the signs of the row with the most."""

    def _measure(self, rows: Sequence[Row]) -> None:
        if rows is not self._measured:
            known = [*map(self._measured_once, rows)]
            self._lengths = [length for _, length, _ in known]
            self._longest = _needed(self._lengths, _ANY)
            self._usual = _needed(self._lengths, _LONG)
            widths = {signs.NONE, *(each for _, _, each in known)}
            self._signs = [*map(max, zip(*widths, strict=True))]
            self._measured = rows

    def _measured_once(self, row: Row) -> tuple[Row, tuple[int, int], tuple[int, int, int]]:
        known = self._known.get(row.key)
        if known is None or known[0] is not row:
            length = cell_len(printable(row.name)), cell_len(row.problem or row.place)
            known = self._known[row.key] = row, length, signs.cells(row)
        return known

    def _head(self, title: str, order: str = "") -> str:
        now = self._order()
        sign = "▴" if now.reverse else "▾"
        return f"{title}{sign}" if (order or title.strip().lower()) == now.sort else title

    def columns(self, rows: Sequence[Row], room: int) -> Sequence[Column]:
        """Status, its age, type, signs, name, location and, where there is room, the ID."""
        self._measure(rows)
        # One cell is left at the right edge.
        whole = room - 1
        most = whole - self._beside(*_ROOMY[-1])
        long = max((wide for wide in {*chain(*self._lengths)} if wide <= most), default=0)
        in_one = [
            given
            for given in _ROOMY
            if _in_one(self._longest if given[0] == _WHOLE_ID else self._usual, long)
            <= whole - self._beside(*given)
        ]
        # If some rows need a second line in any case, the longest location goes there.
        in_two = [
            given for given in _ROOMY if given[0] == 0 and long <= whole - self._beside(*given)
        ]
        identifier, age, kind = next(iter((*in_one, *in_two)), _ROOMY[-1])
        usual = self._longest if identifier == _WHOLE_ID else self._usual
        room = whole - self._beside(identifier, age, kind) - 2
        name, place = usual
        if name + place > room:
            # So that only rows that must have two lines do.
            name, place = _needed(self._lengths, (room, room), room)
        if name + place > room:
            place = max(0, min(place, max(room - name, room * 3 // 5)))
            name = max(0, room - place)
        marks = self._signs_with_room(name, room - name, identifier)
        place = min(place, max(0, room - name - self._wider(marks)))
        return (
            Column(self._head("", "status"), 1, 1),
            Column("Test", age, age),
            Column(self._head(" Type" if kind == _CHIP else "Type"), kind, kind),
            Column("", marks, marks),
            Column("", 1, 1),
            Column(self._head("Name"), name, name),
            Column(self._head("Location"), place, place, fills=True),
            Column("ID", identifier, identifier),
        )

    def _beside(self, identifier: int, age: int, kind: int) -> int:
        """Cells of all columns but the name and the location, gaps included."""
        before = sum(map(_with_gap, (1, age, kind, self._signs[0], 1)))
        return before + (2 + identifier if identifier else 0)

    def _wider(self, marks: int) -> int:
        """Cells that so many signs take beyond the column's least width."""
        return _with_gap(marks) - _with_gap(self._signs[0])

    def _signs_with_room(self, name: int, place: int, identifier: int) -> int:
        """Cells of the signs, with as many places of secrets as cut no row's location.

        Args:
            name: cells of the name.
            place: cells of the location without them.
            identifier: cells of the ID.
        """
        for marks in reversed(self._signs):
            less = self._wider(marks)
            if not less or self._can_spare(less, name, place, identifier):
                break
        return marks

    def _can_spare(self, less: int, name: int, place: int, identifier: int) -> bool:
        """Whether a shorter location column cuts no more and gives no more rows two lines."""
        if place - less < len("Location "):
            return False
        alone = spanned((name, place))
        below = spanned((name, place, identifier))
        for row, (long, wide) in zip(self._measured, self._lengths, strict=True):
            if long <= name and wide <= place:
                if wide > place - less:
                    return False
                continue
            # Tags that have no room are replaced by a sign.
            bare = cell_len(row.location) + 2 if row.tags else wide
            if alone - less < long <= alone or any(
                below - less < each <= below for each in (wide, bare)
            ):
                return False
        return True

    def lines(self, rows: Sequence[Row], widths: Sequence[int]) -> Sequence[int]:
        """Two for a row that does not fit into one; empty if all rows fit."""
        self._measure(rows)
        name, place = widths[NAME], widths[LOCATION]
        if name >= self._longest[0] and place >= self._longest[1]:
            return ()
        return [2 if long > name or wide > place else 1 for long, wide in self._lengths]

    def cells(self, row: Row, widths: Sequence[int]) -> Sequence[Cell]:
        """The cells of a row; marks are signs, so that nothing is told by colour alone."""
        look = "muted" if row.built_in else "strong"
        name, place = printable(row.name), self._place(row)
        places = sum(each <= widths[SIGNS] for each in self._signs) - 1
        before = (
            *self._status(row),
            chip(row.badge, widths[TYPE]),
            Cell("", more=(*signs.pieces(row, places, widths[SIGNS]),)),
            Cell(DEFAULT if row.default else "", "accent"),
        )
        identifier = row.id if widths[IDENTIFIER] >= _WHOLE_ID else row.id[:_ID]
        behind = Cell(identifier or "—", "muted")
        _, (name_cells, place_cells), _ = self._measured_once(row)
        if name_cells <= widths[NAME] and place_cells <= widths[LOCATION]:
            return (*before, Cell(name, look), place, behind)
        name = cut_middle(name, spanned(widths[NAME:IDENTIFIER]))
        return (*before, Cell(name, look, spans=1), behind)

    def below(self, row: Row, widths: Sequence[int]) -> Sequence[Cell]:
        """The location, or the problem, below the name and as wide as the line."""
        place = self._place(row, spanned(widths[NAME:]))
        return (*[Cell("")] * NAME, place._replace(spans=2))

    def head(self, head: Group, room: int) -> Sequence[Piece]:
        """What the rows of a group have in common, how many there are, and how many work."""
        works, fails = head.counts()
        counted = [Piece(f"{len(head.rows):,}", "muted")]
        if works:
            counted += [Piece(" · ", "muted"), Piece(f"✓ {works:,}", "good")]
        if fails:
            counted += [Piece(" · ", "muted"), Piece(f"✗ {fails:,}", "bad")]
        return (Piece(f"{head.title}  ", "strong"), *counted, Piece(""))

    def choosable(self, rows: Sequence[Row]) -> Mapping[str, Row]:
        """All rows but the built-in one, which is not in the file."""
        return {row.key: row for row in rows if not row.built_in}

    def _place(self, row: Row, width: int = maxsize) -> Cell:
        if row.problem:
            return Cell(cut(row.problem, width), "warning")
        tags, more = [*row.tags], ""
        # Drop tags first: the details show all of them, and a filter finds them.
        while tags and cell_len(row.place_with(tags) + more) > width:
            tags.pop()
            more = " …"
        place = cut_middle(row.location, width - len(more))
        shown = f"  {' '.join(tags)}" if tags else ""
        return Cell(place, more=(Piece(shown + more, "tag"),))

    def _status(self, row: Row) -> tuple[Cell, Cell]:
        if row.problem:
            return Cell("⚠", "warning"), Cell("")
        if row.id in self._testing:
            return Cell("…", "accent"), Cell("")
        result = self._result(row)
        if result is None:
            return Cell(""), Cell("")
        # Of a fresh one the sign says enough: "now" in each row would only be noise.
        age = short_age(result.when, datetime.now())  # noqa: DTZ005
        sign, look = ("✓", "good") if result.ok else ("✗", "bad")
        if result.old:
            sign, look = "?", "muted"
        return Cell(sign, look), Cell("" if age == "now" else age.rjust(_AGE), "muted")


def _in_one(needed: tuple[int, int], long: int) -> int:
    return max(sum(needed) + 2, long)


def _with_gap(width: int) -> int:
    return width + len(gap(width)) if width else 0


def _needed(
    lengths: Sequence[tuple[int, int]], most: tuple[int, int], together: int = maxsize
) -> tuple[int, int]:
    """The widest name and location of the rows that fit into one line.

    Left out are rows with one wider than `most`, or both together wider than `together`. The heads
    fit too, with the sign of the order.
    """
    fitting = [
        each
        for each in lengths
        if each[0] <= most[0] and each[1] <= most[1] and sum(each) <= together
    ]
    return (
        max((len("Name "), *(name for name, _ in fitting))),
        max((len("Location "), *(place for _, place in fitting))),
    )
