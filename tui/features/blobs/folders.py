"""The line above the list of blobs: which folder is shown."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.kit.theme import MUTED


class FolderBar(Widget):
    """Which folder is shown, how many blobs are in each, and how much that is.

    Args:
        folders: the labels; the first stands for all.
        id: of the widget.
    """

    DEFAULT_CSS = """
    FolderBar { height: 1; padding: 0 2; }
    """

    counts: reactive[tuple[int, ...] | None] = reactive(None)
    """Blobs in each; None while that is not known."""

    chosen: reactive[int] = reactive(0)
    """The place in `counts` of what is shown."""

    summary: reactive[tuple[str, ...]] = reactive(())
    """What is said on the right; of several, the first that fits."""

    class Chosen(Message):
        """A folder was clicked."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, folders: Sequence[str], id: str | None = None) -> None:
        super().__init__(id=id)
        self._folders = folders

    def _pieces(self) -> list[Content]:
        return [
            Content.assemble(
                (f"{number + 1} ", "bold $footer-key-foreground"),
                ("● " if number == self.chosen else "○ ", "$primary"),
                (
                    f"{label} {self.counts[number]:,}" if self.counts else label,
                    "bold $foreground" if number == self.chosen else MUTED,
                ),
            )
            for number, label in enumerate(self._folders)
        ]

    def render(self) -> Content:
        """One line."""
        left = Content("  ").join(self._pieces())
        room = self.content_size.width - left.cell_length - 2
        right = next((text for text in self.summary if cell_len(text) <= room), "")
        return Content.assemble(left, "  ", (right.rjust(max(0, room)), MUTED))

    def on_click(self, event: Click) -> None:
        """As if its key had been pressed."""
        end = 2
        for number, piece in enumerate(self._pieces()):
            end += piece.cell_length + 2
            if event.x < end:
                self.post_message(self.Chosen(number))
                return
