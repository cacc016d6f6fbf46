"""The looks of text in tables, and the chip that shows a kind."""

from __future__ import annotations

from typing import Final

from tui.kit.table.layout import Cell, Piece

TINTS: Final = 6
"""How many looks tell kinds apart by colour: `tint-0` and so on, or `chip-0` as a background."""

_PADDED: Final = 7
"""Cells of a column of chips with padding."""

LOOKS: Final = {
    "muted": "$muted",
    "strong": "bold",
    "accent": "$accent",
    "good": "$success",
    "bad": "$error",
    "warning": "$warning",
    "tag": "$secondary",
    **{f"tint-{number}": f"bold $tint-{number}" for number in range(TINTS)},
    **{f"chip-{number}": f"bold $tint-{number} on $chip-{number}" for number in range(TINTS)},
}
"""The style of each look. As component classes of the table each would take 0.2 ms of the first
frame."""


def chip_look(text: str) -> str:
    """The look of a chip with this text."""
    return f"chip-{sum(map(ord, text)) % TINTS}" if text.isalnum() else "muted"


def chip(text: str, room: int) -> Cell:
    """A short name, such as a storage type's, on a background of its colour; padded if it fits."""
    look = chip_look(text)
    shown = f" {text} " if room >= _PADDED else text
    return Cell(shown, look, more=(Piece(""),))
