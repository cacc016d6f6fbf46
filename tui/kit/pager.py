"""Lines that scroll; only what is on screen is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.kit.text import cut


class Pager(ScrollView, can_focus=True):
    """Shows lines that are fit for drawing and no wider than `room`."""

    BINDINGS: ClassVar = [
        Binding("up,k", "scroll_up", "Up", show=False),
        Binding("down,j", "scroll_down", "Down", show=False),
        Binding("pageup,ctrl+b", "page_up", "Page up", show=False),
        Binding("pagedown,ctrl+f,space", "page_down", "Page down", show=False),
        Binding("home,g", "scroll_home", "Start", show=False),
        Binding("end,G", "scroll_end", "End", show=False),
        # No line is wider than the screen, so these keys are free for the screen.
        Binding("left", "screen.run('previous')", show=False),
        Binding("right", "screen.run('next')", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"pager--first", "pager--last"}
    DEFAULT_CSS = """
    Pager {
        overflow-x: hidden;
        overflow-y: auto;
        padding: 0 0 0 2;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .pager--first { color: $primary; }
        & > .pager--last { color: $text-muted; }
    }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[str] = ()
        self._parts: Callable[[str], tuple[int, int]] = _plain

    @property
    def room(self) -> int:
        """Cells for a line; some are left free before the scrollbar."""
        return self.scrollable_content_region.width - 1

    def show(
        self, lines: Sequence[str], parts: Callable[[str], tuple[int, int]] | None = None
    ) -> None:
        """Draw these lines.

        Args:
            lines: what is shown.
            parts: where the plain part of a line begins and ends; what stands before it (names,
                offsets) and behind it has a look of its own.
        """
        self._lines = lines
        self._parts = parts or _plain
        self.virtual_size = Size(self.size.width, len(lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line that is scrolled to there."""
        base = self.rich_style
        index = y + int(self.scroll_offset.y)
        if index >= len(self._lines):
            return Strip.blank(self.size.width, base)
        line = cut(self._lines[index], self.room)
        start, end = self._parts(line)
        segments = [
            Segment(line[:start], base + self._look("first")),
            Segment(line[start:end], base),
            Segment(line[end:], base + self._look("last")),
        ]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _look(self, name: str) -> Style:
        return Style(color=self.get_component_rich_style(f"pager--{name}").color)


def _plain(line: str) -> tuple[int, int]:
    return 0, len(line)
