"""A table with a head of two lines; as many columns are drawn as there is room for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final, NamedTuple

from rich.cells import cell_len

from tui.session.preview.look import Drawn, Line, Part, fitting

WIDEST: Final = 36
"""Cells that a column takes at most when others need room too."""

LONGEST: Final = 400
"""Characters of one value that are used."""

NOTHING: Final = "–"
"""Drawn in place of a missing value."""

_GAP: Final = 2
_LEAST: Final = 8
"""Cells that a column needs at least if it is not shown whole."""


_DECIMAL: Final = re.compile(r"-?\d{1,18}(\.\d{1,18})?")
_MIDNIGHT: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]00:00:00(\.0+)?")


class Column(NamedTuple):
    """One column of a table."""

    title: str
    type: str = ""
    """The type of its values, shown below the title."""

    number: bool = False
    """Whether its cells are aligned right, so that they can be compared."""


class Grid:
    """A table as a form of a blob.

    Args:
        columns: from the left.
        rows: a cell for each column, fit for drawing; None where there is no value.
        name: what the form is called.
        fixed: how many columns at the left do not scroll.
        looks: the looks of the columns, from the left; empty for the rest.
        cut: which part of the blob is shown; empty if that need not be said.
        values: the cells as they are in the blob, if they are drawn differently.
        part: whether there are more rows than these, as there always are if it is `cut`.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str | None]],
        *,
        name: str = "table",
        fixed: int = 0,
        looks: Sequence[str] = (),
        cut: str = "",
        values: Sequence[Sequence[str | None]] | None = None,
        part: bool = False,
    ) -> None:
        self.is_part = part or bool(cut)
        self.columns, self.rows, self.name, self.cut = columns, rows, name, cut
        self.values = rows if values is None else values
        self.fixed = fixed
        self._looks = [*looks, *[""] * (len(columns) - len(looks))]

    @cached_property
    def texts(self) -> Sequence[Sequence[str | None]]:
        """The rows as they are drawn, aligned so that values can be compared."""
        return _comparable(self.columns, self.rows)

    @cached_property
    def natural(self) -> list[int]:
        """Cells that the longest text of each column needs."""
        found = [
            max(cell_len(each.title[:LONGEST]), cell_len(each.type[:LONGEST]), 1)
            for each in self.columns
        ]
        for row in self.texts:
            for place, text in enumerate(row):
                # A character takes at most two cells: measure only texts that may be the longest.
                if text is not None and 2 * len(text) > found[place]:
                    found[place] = max(found[place], cell_len(text[:LONGEST]))
        return found

    def drawn(self, width: int, first: int = 0, height: int = 0) -> Drawn:
        """The fixed columns and those from `first` on, as many as fit."""
        total = len(self.columns)
        first = max(0, min(first, total - self.fixed - 1))
        places = [*range(min(self.fixed, total)), *range(self.fixed + first, total)]
        widths = self.widths(places, width)
        shown = list(zip(places, widths, strict=False))
        head = [self._titles(shown)]
        if any(column.type for column in self.columns):
            head.append(self._line(shown, [each.type for each in self.columns], ["muted"] * total))
        lines = [self._line(shown, row, self._looks) for row in self.texts]
        last = shown[-1][0] if shown else 0
        return Drawn(lines, head, (first, last - self.fixed, total - self.fixed))

    def _titles(self, shown: Sequence[tuple[int, int]]) -> Line:
        titles = [column.title for column in self.columns]
        return self._line(shown, titles, ["strong"] * len(titles))

    def widths(self, places: Sequence[int], width: int) -> list[int]:
        """The widths of as many columns of `places` as fit, with two cells between columns."""
        natural = [self.natural[place] for place in places]
        room = width - _GAP * (len(places) - 1)
        if sum(natural) <= room:
            return natural
        if sum(min(each, WIDEST) for each in natural) <= room:
            return _shared_room(natural, room)
        found: list[int] = []
        left = width
        for place, each in zip(places, natural, strict=True):
            wanted = min(each, WIDEST)
            # A number that is cut off would be misleading.
            least = wanted if self.columns[place].number else min(wanted, _LEAST)
            if found and left < least:
                break
            found.append(min(wanted, left))
            left -= found[-1] + _GAP
        if found and left > 0:
            found[-1] = min(natural[len(found) - 1], found[-1] + left)
        return found

    def _line(
        self, shown: Sequence[tuple[int, int]], texts: Sequence[str | None], looks: Sequence[str]
    ) -> Line:
        parts: list[Part] = []
        for place, width in shown:
            text = texts[place] if place < len(texts) else None
            fitted = fitted_to(NOTHING if text is None else text, width, self.columns[place].number)
            parts.append((fitted + " " * _GAP, "muted" if text is None else looks[place]))
        return parts


def _comparable(
    columns: Sequence[Column], rows: Sequence[Sequence[str | None]]
) -> Sequence[Sequence[str | None]]:
    """The rows with decimal points aligned, and without the time where all are at midnight."""
    found = [[*row] for row in rows]
    for place, column in enumerate(columns):
        cells = [row for row in found if place < len(row) and row[place] is not None]
        texts = [row[place] or "" for row in cells]
        if column.number and all(map(_DECIMAL.fullmatch, texts)):
            texts = _aligned(texts)
        elif texts and all(map(_MIDNIGHT.fullmatch, texts)):
            texts = [text[:10] for text in texts]
        else:
            continue
        for row, text in zip(cells, texts, strict=True):
            row[place] = text
    return found


def _aligned(texts: Sequence[str]) -> list[str]:
    behind = [len(text) - text.index(".") if "." in text else 0 for text in texts]
    longest = max(behind, default=0)
    return [text + " " * (longest - length) for text, length in zip(texts, behind, strict=True)]


def _shared_room(natural: Sequence[int], room: int) -> list[int]:
    """Divide `room` among the columns: narrow ones keep their width, wide ones share the rest."""
    found = [min(each, WIDEST) for each in natural]
    left = room - sum(found)
    for place in sorted(range(len(found)), key=lambda place: natural[place]):
        more = min(left, natural[place] - found[place])
        found[place] += more
        left -= more
    return found


def fitted_to(text: str, width: int, right: bool) -> str:
    """`text` in exactly `width` cells."""
    text = text[:LONGEST]
    length = cell_len(text)
    if length > width:
        text = text[: fitting(text, 0, width - 1)] + "…" if width > 1 else "…"
        length = cell_len(text)
    space = " " * (width - length)
    return space + text if right else text + space
