"""The list of entries of other tools: how its rows are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.binding import Binding

from tui.kit.columns import Column, spanned
from tui.kit.table import Cell, Layout, Table, chip
from tui.kit.text import cut_left, cut_middle
from tui.session.imports import Offer

_TYPE, _CHIP, _ROOMY = 5, 7, 70
"""Cells of a type's short name, of one with padding, and of the narrowest table with padding."""

_BESIDE: Final = 12
"""Cells of the check box and the type, with the gaps after them and after the name."""

_NAME: Final = (8, 28)
_SOURCE: Final = 7
_WIDE: Final = 96
"""Cells of the narrowest table that shows the file beside the tool."""

_NAME_AT: Final = 2
"""The index of the name's column."""


class OfferLayout(Layout[Offer]):
    """One line for each entry, and a second one if there are notes."""

    def columns(self, rows: Sequence[Offer], room: int) -> Sequence[Column]:
        """Check box, type, name, location, tool and file."""
        least, most = _NAME
        kind = _CHIP if room >= _ROOMY else _TYPE
        name = max((cell_len(row.name) for row in rows), default=0)
        name = max(least, min(name, most, room // 3))
        source = _SOURCE
        if room >= _WIDE:
            longest = max((cell_len(_place(row)) for row in rows), default=0)
            source = max(source, min(longest, (room - name - _BESIDE) * 2 // 5))
        return (
            Column("", 1, 1),
            Column(" Type" if kind == _CHIP else "Type", kind, kind),
            Column("Name", name, name),
            Column("Location", 12, 12, fills=True),
            Column("From", source, source),
        )

    def lines(self, rows: Sequence[Offer], widths: Sequence[int]) -> Sequence[int]:
        """Two for a row with notes, or with a reason that does not fit into one."""
        return [2 if _below(row, widths) else 1 for row in rows]

    def cells(self, row: Offer, widths: Sequence[int]) -> Sequence[Cell]:
        """The cells; a row that cannot be chosen is muted, with the reason as its location."""
        box = Cell("☑" if row.chosen else "☐", "accent" if row.chosen else "muted")
        badge = chip(row.badge or "—", widths[1])
        look = "" if row.is_open else "muted"
        if not row.is_open:
            box = Cell("" if row.type else "⚠", "warning")
        name = Cell(cut_middle(row.name, widths[_NAME_AT]), look)
        place = Cell(cut_middle(row.location, widths[3]), "muted")
        if row.said:
            said = row.said if cell_len(row.said) <= widths[3] else "cannot be imported"
            place = Cell(said, "" if row.is_open else "muted")
        width = widths[4]
        source = row.source if width < _SOURCE * 2 else _source(row, width)
        return box, badge, name, place, Cell(source, "muted")

    def below(self, row: Offer, widths: Sequence[int]) -> Sequence[Cell]:
        """The notes, beginning below the name."""
        text = _below(row, widths)
        # Warn of what a person may regret: a secret in the file, a tool that cannot be read.
        look = "warning" if row.copied or row.number < 0 else "muted"
        return Cell(""), Cell(""), Cell(text, look, spans=2)


class OfferTable(Table[Offer]):
    """The list."""

    BINDINGS: ClassVar = [
        # Space chooses, as in other lists of check boxes; other keys go a screenful down.
        Binding("space", "screen.run('toggle')", id="toggle", show=False),
    ]
    moves: ClassVar = Table.moves - {"space"}


def _below(row: Offer, widths: Sequence[int]) -> str:
    if row.said and not row.type:
        # A reason that is too long for its column gets the whole line.
        return row.said if cell_len(row.said) > widths[3] else ""
    return cut_middle(row.note, spanned(widths[_NAME_AT:])) if row.note else ""


def _place(row: Offer) -> str:
    return f"{row.source}  {row.place}"


def _source(row: Offer, width: int) -> str:
    return f"{row.source}  {cut_left(row.place, width - cell_len(row.source) - 2)}"
