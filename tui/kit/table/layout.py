"""`Layout`: how the rows of a table are drawn, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from tui.kit.columns import Column


class Keyed(Protocol):
    """A row."""

    @property
    def key(self) -> str:
        """Identifies the row."""


DrawnT = TypeVar("DrawnT", bound=Keyed)


class Piece(NamedTuple):
    """A piece of text with one look."""

    text: str
    look: str = ""


class Cell(NamedTuple):
    """The content of one cell."""

    text: str
    """Fit for drawing: `printable`."""

    look: str = ""
    """One of `LOOKS`; empty for plain text."""

    spans: int = 0
    """How many more columns it fills; their cells are left out."""

    more: tuple[Piece, ...] = ()
    """More text in the same cell. The rest of the cell gets the look of the last piece."""


class Layout(Protocol[DrawnT]):
    """How rows are drawn."""

    def columns(self, rows: Sequence[DrawnT], room: int) -> Sequence[Column]:
        """The columns for `room` cells; called again whenever the rows or the room change."""

    def cells(self, row: DrawnT, widths: Sequence[int]) -> Sequence[Cell]:
        """One cell for each column, given the widths of the columns."""

    def lines(self, rows: Sequence[DrawnT], widths: Sequence[int]) -> Sequence[int]:
        """How many lines each row takes, 1 or 2; empty if each takes one."""
        return ()

    def below(self, row: DrawnT, widths: Sequence[int]) -> Sequence[Cell]:
        """The cells of a row's second line."""
        return ()

    def head(self, head: Any, room: int) -> Sequence[Piece]:
        """The line above the first row of a group, in `room` cells."""
        return ()

    def choosable(self, rows: Sequence[DrawnT]) -> Mapping[str, DrawnT]:
        """The rows that can be chosen, by their keys, from the top."""
        return {row.key: row for row in rows}
