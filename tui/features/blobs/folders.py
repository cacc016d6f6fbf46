"""The line above the list of blobs: which of them are shown."""

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
    """Which blobs are shown, how many there are of each kind, and how much that is.

    Args:
        labels: of what can be chosen.
        id: of the widget.
    """

    DEFAULT_CSS = """
    FolderBar { height: 1; padding: 0 2; }
    """

    counts: reactive[tuple[int, ...]] = reactive(())
    """How many there are of the first ones; empty while that is not known."""

    chosen: reactive[int] = reactive(0)
    """The place of what is shown."""

    summary: reactive[tuple[str, ...]] = reactive(())
    """What is said on the right; of several, the first that fits."""

    class Chosen(Message):
        """One was clicked."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, labels: Sequence[str], id: str | None = None) -> None:
        super().__init__(id=id)
        self._labels = labels

    def _pieces(self) -> list[Content]:
        """What can be chosen; labels without a number give way to the summary."""
        pieces = self._labelled(brief=False)
        left = Content("  ").join(pieces).cell_length
        fits = any(cell_len(text) <= self._room(left) for text in self.summary)
        return pieces if fits or not self.summary else self._labelled(brief=True)

    def _room(self, left: int) -> int:
        return self.content_size.width - left - 2

    def _labelled(self, *, brief: bool) -> list[Content]:
        return [
            Content.assemble(
                (f"{number + 1} ", "bold $footer-key-foreground"),
                ("●" if number == self.chosen else "○", "$primary"),
                (
                    f" {label} {self.counts[number]:,}"
                    if number < len(self.counts)
                    else f" {label}" * (not brief or number == self.chosen),
                    "bold $foreground" if number == self.chosen else MUTED,
                ),
            )
            for number, label in enumerate(self._labels)
        ]

    def render(self) -> Content:
        """One line."""
        left = Content("  ").join(self._pieces())
        room = self._room(left.cell_length)
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
