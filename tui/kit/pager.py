"""`Pager`: lines that scroll below a head that does not; only visible lines are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

if TYPE_CHECKING:
    from tui.kit.app import KitApp

Line: TypeAlias = Sequence[tuple[str, str]]
"""Texts that are fit for drawing, each with its look: one of `LOOKS`, a style of Rich's such as
`#ff0000 on #000000`, or empty."""

LOOKS: Final = ("name", "value", "muted", "strong", "good", "warning", "bad")


def painted(lines: Sequence[Line]) -> Sequence[Line | Strip]:
    """The lines, with those of a picture prepared for drawing; slow, so call it in a thread."""
    return [_strip(line) if any("#" in look for _, look in line) else line for line in lines]


def _strip(line: Line) -> Strip:
    segments = [Segment(text, Style.parse(look)) for text, look in line]
    for segment in segments:
        # Rich computes the codes of a colour when it is first drawn: do so now.
        if segment.style is not None:
            segment.style.render(" ")
    return Strip(segments)


class Pager(ScrollView, can_focus=True):
    """Shows lines that are no wider than `room`."""

    app: KitApp

    BINDINGS: ClassVar = [
        Binding("up,k", "scroll_up", "Up", show=False),
        Binding("down,j", "scroll_down", "Down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f,space", "page(1)", "Page down", show=False),
        Binding("home,g", "scroll_home", "Start", show=False),
        Binding("end,G", "scroll_end", "End", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "pager--head",
        "pager--stripe",
        *(f"pager--{look}" for look in LOOKS),
    }
    DEFAULT_CSS = """
    Pager {
        overflow-x: hidden;
        overflow-y: auto;
        padding: 0 0 0 2;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .pager--head { background: $panel; }
        & > .pager--stripe { background: $panel 45%; }
        & > .pager--name { color: $primary; }
        & > .pager--value { color: $accent; }
        & > .pager--muted { color: $text-muted; }
        & > .pager--strong { color: $foreground; text-style: bold; }
        & > .pager--good { color: $success; }
        & > .pager--warning { color: $warning; }
        & > .pager--bad { color: $error; }
    }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[Line | Strip] = ()
        self._head: Sequence[Line] = ()
        self._striped = False

    @property
    def room(self) -> int:
        """Cells for a line, less some blanks before the scrollbar."""
        return self.scrollable_content_region.width - 1

    def show(
        self, lines: Sequence[Line | Strip], head: Sequence[Line] = (), *, striped: bool = False
    ) -> None:
        """Draw these lines, with a head above them that does not scroll.

        Args:
            lines: the lines that scroll.
            head: the lines that do not.
            striped: give every other line another background, so that rows are easy to follow.
        """
        self._lines, self._head, self._striped = lines, head, striped
        self.virtual_size = Size(self.size.width, len(head) + len(lines))
        self.refresh()

    def action_page(self, pages: int) -> None:
        """Scroll a screenful up or down."""
        height = max(1, self.scrollable_content_region.height - len(self._head))
        self.scroll_relative(y=pages * height, animate=False)

    def render_line(self, y: int) -> Strip:
        """Draw the line that is scrolled to `y`."""
        base = self.rich_style
        lines: Sequence[Line | Strip] = self._head
        index = y
        if y < len(self._head):
            base += Style(bgcolor=self.get_component_rich_style("pager--head").bgcolor)
        if y >= len(self._head):
            lines, index = self._lines, y - len(self._head) + int(self.scroll_offset.y)
        if index >= len(lines):
            return Strip.blank(self.size.width, base)
        if self._striped and lines is self._lines and index % 2 and self.app.has_shades:
            base += Style(bgcolor=self.get_component_rich_style("pager--stripe").bgcolor)
        line = lines[index]
        if isinstance(line, Strip):
            strip = line.apply_style(base)
        else:
            looks = {look: base + self._look(look) for look in LOOKS}
            strip = Strip([Segment(text, looks.get(look, base)) for text, look in line])
        return strip.crop(0, self.room).adjust_cell_length(self.size.width, base)

    def _look(self, name: str) -> Style:
        found = self.get_component_rich_style(f"pager--{name}")
        return Style(color=found.color, bold=name == "strong" or None)
