"""The line that says which tools have been looked at, and how many entries each has."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.widget import Widget

from tui.kit.screen import BaseScreen
from tui.kit.theme import FAINT, MUTED
from tui.session.imports import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textual.events import Click
    from textual.geometry import Size

_GAP = 2


class Finding(Widget):
    """Each tool with its state, in the order in which they are looked at.

    After them comes the key for files in unusual places.
    """

    DEFAULT_CSS = "Finding { height: auto; padding: 0 2; }"

    states: reactive[Mapping[str, str]] = reactive({})
    """`…` while a tool is being looked at, then the number of its entries, or `⚠`."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """How many lines: depends on the width only, so that nothing moves while numbers come."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[list[Content]]:
        lines: list[list[Content]] = [[]]
        for piece in (*map(self._piece, SOURCES), self._elsewhere):
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

    @property
    def _elsewhere(self) -> Content:
        screen = self.screen
        assert isinstance(screen, BaseScreen)
        key = screen.key("elsewhere", "o")
        return Content.assemble((key, "bold $footer-key-foreground"), " ", ("elsewhere", MUTED))

    def render(self) -> Content:
        """Draw one line or two."""
        gap = Content(" " * _GAP)
        lines = self._lines(self.content_size.width)
        return Content("\n").join([gap.join(line) for line in lines])

    def clickable(self) -> Iterator[tuple[Region, Any]]:
        """The key for files in unusual places, for a jump letter."""
        lines = self._lines(self.content_size.width)
        *before, last = lines[-1]
        x = sum(each.cell_length + _GAP for each in before)
        screen = self.screen
        assert isinstance(screen, BaseScreen)
        yield (
            Region(x, len(lines) - 1, last.cell_length, 1),
            partial(screen.action_run, "elsewhere"),
        )

    def on_click(self, event: Click) -> None:
        """Run its command as if the key had been pressed."""
        x, y = event.x - self.gutter.left, event.y - self.gutter.top
        for region, go in self.clickable():
            if region.contains(x, y):
                go()
