"""`Sheet`: lines to read, made only when they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any, ClassVar, Final, TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style as VisualStyle

from tui.kit.text import fit, wrap
from tui.kit.theme import MUTED

Line: TypeAlias = Sequence[tuple[str, str]]
"""Texts that are fit for drawing, each with its style."""

Lines: TypeAlias = Sequence[Line]
"""Lines that fit the width that they were made for."""

Make: TypeAlias = Callable[[int], Lines]
"""Makes the lines for a width in cells."""


_DIM: Final = Style(dim=True)


def nothing(_: int) -> Lines:
    """Make no lines."""
    return ()


class Sheet(ScrollView, can_focus=True):
    """A few lines, which scroll if they do not fit.

    When a cursor moves over a list, the lines change with each key; that causes no layout, and the
    lines are made only for the next frame.

    Args:
        title: the title in the frame.
    """

    BINDINGS: ClassVar[list[Any]] = [
        Binding("down,j", "scroll_down", show=False),
        Binding("up,k", "scroll_up", show=False),
    ]
    DEFAULT_CSS = """
    Sheet {
        overflow-x: hidden;
        overflow-y: auto;
        padding: 0 0 0 1;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """

    def __init__(self, title: str, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="pane -lined")
        self.border_title = Content(title)
        self._make: Make = nothing
        self._made: tuple[int, Lines] | None = None
        """The lines, and the width that they were made for."""

    def show(self, make: Make, note: str = "") -> None:
        """Draw the lines that `make` returns, from the top.

        Args:
            make: called before the next frame, and again for another width.
            note: a text in the lower edge of the frame.
        """
        self._make = make
        if str(self.border_subtitle or "") != note:
            self.border_subtitle = Content(note)
        self.call_next(self._draw, anew=True)

    def on_resize(self) -> None:
        """Make the lines again for the new width."""
        self._draw()

    def _draw(self, *, anew: bool = False) -> None:
        before = self.lines
        if anew:
            self._made = None
            if self.scroll_offset.y:
                self.scroll_home(animate=False)
        if not (self.size or self.styles.auto_dimensions):
            return  # Without a width, many lines would show a scrollbar until the next layout.
        self._fit(len(self._of_width()))
        # Draw only lines that differ: for neighbouring rows of a list most are the same.
        for at, (old, new) in enumerate(zip_longest(before, self.lines)):
            if old != new:
                self.refresh_lines(at, 1)

    def _fit(self, count: int) -> None:
        auto = self.styles.auto_dimensions
        # Change the size only if needed, since that lays out the whole screen.
        size = Size(self.size.width, count if auto else max(count, self.size.height))
        if size != self.virtual_size:
            self.virtual_size = size
            if auto:
                self.refresh(layout=True)

    @property
    def lines(self) -> Lines:
        """The lines that are drawn."""
        return self._made[1] if self._made else ()

    def _of_width(self) -> Lines:
        width = max(2, self.scrollable_content_region.width)
        if self._made is None or self._made[0] != width:
            self._made = width, self._make(width)
        return self._made[1]

    def render_line(self, y: int) -> Strip:
        """Draw one line, or a blank one."""
        lines, at = self._of_width(), y + int(self.scroll_offset.y)
        # `rich_style` would be computed for each line.
        width, base = self.size.width, self.visual_style.rich_style
        if at >= len(lines):
            return Strip.blank(width, base)
        strip = Strip([Segment(text, base + self._look(style)) for text, style in lines[at]])
        return strip.adjust_cell_length(width, base)

    def _look(self, style: str) -> Style:
        look = VisualStyle.parse(style).rich_style
        # The terminal's own colours have no shades.
        return look + _DIM if style == MUTED and self.app.native_ansi_color else look


def ended(text: str, end: str, width: int, style: str = "") -> Line:
    """A line with `text` at the left, cut if necessary, and `end` at the right."""
    room = max(0, width - cell_len(end) - (1 if end else 0))
    return ((fit(text, room), style), (f" {end}" if end else "", MUTED))


def wrapped(text: str, width: int, style: str = "", *, indent: int = 0) -> list[Line]:
    """The lines of a text, each indented by `indent`."""
    margin = " " * indent
    return [((margin, ""), (part, style)) for part in wrap(text, max(2, width - indent))]
