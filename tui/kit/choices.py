"""A bar of values on one or two lines, one of which is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.kit.theme import MUTED

if TYPE_CHECKING:
    from textual.events import Click
    from textual.geometry import Size

_GAP = 2


class ChoiceBar(Widget):
    """All values, each with its digit and its letter underlined; the chosen one stands out.

    Args:
        values: (name, letter) of each; at most ten, of which the last has the digit 0.
        id: of the widget.
    """

    DEFAULT_CSS = "ChoiceBar { height: auto; width: 1fr; }"

    chosen: reactive[int] = reactive(0)
    """The index of the chosen value."""

    class Chosen(Message):
        """A value was clicked."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, values: Sequence[tuple[str, str]], id: str | None = None) -> None:
        super().__init__(id=id)
        self.values = values

    def _lines(self, width: int) -> list[list[tuple[int, Content]]]:
        lines: list[list[tuple[int, Content]]] = [[]]
        for place in range(len(self.values)):
            piece = self._piece(place)
            used = sum(each.cell_length + _GAP for _, each in lines[-1])
            if lines[-1] and used + piece.cell_length > width:
                lines.append([])
            lines[-1].append((place, piece))
        return lines

    def _piece(self, place: int) -> Content:
        name, letter = self.values[place]
        at = name.index(letter)
        chosen = place == self.chosen
        style = "bold $foreground" if chosen else MUTED
        return Content.assemble(
            (f"{(place + 1) % 10} ", "bold $footer-key-foreground"),
            ("● " if chosen else "○ ", "$primary"),
            (name[:at], style),
            (letter, f"{style} underline"),
            (name[at + 1 :], style),
        )

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as they need."""
        return len(self._lines(width))

    def render(self) -> Content:
        """Draw all values."""
        gap = Content(" " * _GAP)
        lines = self._lines(self.content_size.width)
        return Content("\n").join([gap.join([piece for _, piece in line]) for line in lines])

    def regions(self) -> Iterator[Region]:
        """Where each value is within the content."""
        for y, line in enumerate(self._lines(self.content_size.width)):
            x = 0
            for _, piece in line:
                yield Region(x, y, piece.cell_length, 1)
                x += piece.cell_length + _GAP

    def on_click(self, event: Click) -> None:
        """Choose by mouse."""
        for place, region in enumerate(self.regions()):
            if region.grow((0, _GAP, 0, 0)).contains(event.x, event.y):
                self.post_message(self.Chosen(place))
                return
