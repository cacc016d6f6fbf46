"""Small samples of colour: the chip of a type, the swatches of a theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from tui.kit.table.looks import LOOKS, chip_look

if TYPE_CHECKING:
    from textual.theme import Theme

_CHIP: Final = 5

_GROUNDS: Final = {True: "#121212", False: "#EFEFEF"}
"""The background that Textual uses for a theme without one."""


def chip(badge: str) -> Content:
    """The letters of a type on a background of its colour, as in the list."""
    return Content.assemble(
        (f" {badge} ", LOOKS[chip_look(badge)]), " " * max(0, _CHIP - len(badge))
    )


def swatches(theme: Theme) -> Content:
    """The background of a theme with blocks of its colours."""
    ground = theme.background or _GROUNDS[theme.dark]
    colors = (theme.primary, theme.accent, theme.success, theme.warning, theme.error)
    blocks = [("██" if color else "  ", f"{color or ground} on {ground}") for color in colors]
    return Content.assemble((" ", f"on {ground}"), *blocks, (" ", f"on {ground}"))
