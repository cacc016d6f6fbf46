"""The line that says which tools have been looked for, and how much each has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.kit.theme import FAINT, MUTED
from tui.session.imports import SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.geometry import Size

_GAP = 2


class Finding(Widget):
    """Each tool with what has come of it, in the order in which they are looked for."""

    DEFAULT_CSS = "Finding { height: auto; padding: 0 2; }"

    states: reactive[Mapping[str, str]] = reactive({})
    """`…` while a tool is being looked for, then how much it has, or `⚠`."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """By the width alone, so that nothing moves while numbers come."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[list[Content]]:
        lines: list[list[Content]] = [[]]
        for name in SOURCES:
            piece = self._piece(name)
            if sum(each.cell_length + _GAP for each in lines[-1]) + piece.cell_length > width:
                lines.append([])
            lines[-1].append(piece)
        return lines

    def _piece(self, name: str) -> Content:
        state = self.states.get(name, "")
        looks = {"": FAINT, "…": "bold $accent", "–": FAINT, "⚠": "bold $warning"}
        return Content.assemble(
            (name, MUTED if state else FAINT),
            " ",
            (f"{state:<2}", looks.get(state, "bold $foreground")),
        )

    def render(self) -> Content:
        """One line, or two."""
        gap = Content(" " * _GAP)
        lines = self._lines(self.content_size.width)
        return Content("\n").join([gap.join(line) for line in lines])
