"""`Cells`: what a grid shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, TypeAlias

NOTHING: Final = "–"
"""Drawn in place of a missing value."""

Row: TypeAlias = Sequence[str | None]
"""A text for each column; None where there is no value."""


class Heading(Protocol):
    """A column's heading."""

    @property
    def title(self) -> str:
        """Fit for drawing."""

    @property
    def type(self) -> str:
        """The type of its values; may be empty."""

    @property
    def number(self) -> bool:
        """Whether its cells are aligned right."""


class Cells(Protocol):
    """Columns, and rows of cells for them."""

    @property
    def columns(self) -> Sequence[Heading]:
        """From the left."""

    @property
    def rows(self) -> Sequence[Row]:
        """The rows, with the whole text of each cell, fit for drawing."""

    @property
    def is_part(self) -> bool:
        """Whether there are more rows than these."""

    @property
    def values(self) -> Sequence[Row]:
        """The rows with the values to copy."""

    @property
    def texts(self) -> Sequence[Row]:
        """The rows with the texts to draw, aligned with each other."""

    @property
    def natural(self) -> Sequence[int]:
        """Cells that the longest text of each column needs."""

    @property
    def fixed(self) -> int:
        """1 if the first column numbers the rows; 0 if none does."""

    def widths(self, places: Sequence[int], width: int) -> list[int]:
        """The widths of as many columns of `places` as fit, with two cells between columns."""
