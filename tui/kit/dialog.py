"""`Dialog`: a small screen over another, which is dimmed.

`Box` is the border around it, `Lines` the text in it.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

from rich.cells import cell_len
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from storage_core.printable import printable
from tui.kit.busy import Busy
from tui.kit.screen import BaseScreen

ResultT = TypeVar("ResultT")

_CORNERS: Final = 6
"""Cells of the top border that the title cannot use."""


class Dialog(ModalScreen[ResultT], BaseScreen[ResultT]):
    """A dialog, whose result is the answer."""

    def on_mount(self) -> None:
        """Show in the frame what is being done, since the title bar below is dimmed."""
        Busy(self, self._tell_busy)

    def _tell_busy(self, what: str) -> None:
        for box in self.query(Box):
            box.border_subtitle = Content(f"● {what}" if what else "")


class Box(Vertical):
    """The frame of a dialog, with its title in the border.

    Args:
        title: what it is for; if the border is too short, the whole title is shown below as well.
        about: what it is about, in a line below the title.
    """

    def __init__(self, title: str, *, about: str = "", **kwargs: Any) -> None:
        self._words = printable(title)
        self._whole = Static(self._words, classes="title", markup=False)
        head = [self._whole]
        if about:
            head.append(Static(printable(about), classes="about", markup=False))
        super().__init__(*head, **{"classes": "dialog", **kwargs})
        self._whole.display = False
        self.border_title = Content(self._words)

    def on_resize(self) -> None:
        """Show the whole title below if the border is too short."""
        self._whole.display = cell_len(self._words) > self.outer_size.width - _CORNERS


class Lines(VerticalScroll, can_focus=False):
    """The text of a dialog, as high as its lines, up to `max-height`."""

    def hold(self, lines: int) -> None:
        """Be as high as this many lines.

        Textual would make the box that high, however few lines are visible.
        """
        size, most = self.app.size, self.styles.max_height
        self.styles.height = min(lines, int(most.resolve(size, size))) if most else lines

    def turn(self, way: int) -> None:
        """Scroll a screenful up (-1) or down (1)."""
        self.scroll_relative(y=way * self.size.height, animate=False)
