"""Small signs in the colours of something: the chip of a type, the swatches of a theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from tui.kit.table.looks import LOOKS, chip_look

if TYPE_CHECKING:
    from textual.theme import Theme

_CHIP: Final = 5

_GROUNDS: Final = {True: "#121212", False: "#EFEFEF"}
"""What Textual takes for a theme that names no ground."""


def chip(badge: str) -> Content:
    """The letters of a type on a ground of its colour, as in the list."""
    return Content.assemble(
        (f" {badge} ", LOOKS[chip_look(badge)]), " " * max(0, _CHIP - len(badge))
    )


def swatches(theme: Theme) -> Content:
    """Its ground with its colours on it; blocks, so that none of it has to be read."""
    ground = theme.background or _GROUNDS[theme.dark]
    colors = (theme.primary, theme.accent, theme.success, theme.warning, theme.error)
    blocks = [("██" if color else "  ", f"{color or ground} on {ground}") for color in colors]
    return Content.assemble((" ", f"on {ground}"), *blocks, (" ", f"on {ground}"))
