"""How text in tables looks, and the chip that says of which kind something is."""

from __future__ import annotations

from typing import Final

from tui.kit.table.layout import Cell, Piece

TINTS: Final = 6
"""Looks that tell kinds apart by a colour: `tint-0` and so on, and on a ground of it `chip-0`."""

_PADDED: Final = 7
"""Cells of a column of chips that have room around their names."""

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
"""How text looks. As component classes, which are styled with the table, each would take 0.2 ms of
the first frame."""


def chip_look(text: str) -> str:
    """Which of `LOOKS` a short name has that stands on a ground of its own."""
    return f"chip-{sum(map(ord, text)) % TINTS}" if text.isalnum() else "muted"


def chip(text: str, room: int) -> Cell:
    """A short name, such as that of a storage type, on a ground of its own; with room, padded."""
    look = chip_look(text)
    shown = f" {text} " if room >= _PADDED else text
    return Cell(shown, look, more=(Piece(""),))
