"""The line above the list of blobs that says and chooses which are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.content import Content
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from storage_core.quantities import human_size
from tui.features.blobs.table import ORDERS
from tui.kit.theme import MUTED

if TYPE_CHECKING:
    from tui.session.listing import Listed, View

_WIDE: Final = 72
"""Cells in which all labels fit into one line, with the summary on the right."""

_GAP: Final = Content("  ")

_WAYS: Final = ((True, "all"), (True, "chosen"), (True, ""), (False, ""))
"""Ways to draw the line, the best first: whether all labels are shown, and which have a count."""


def summaries(
    view: View, words: str, chosen: Sequence[Listed] = (), *, by_folder: bool
) -> tuple[str, ...]:
    """Texts on how much is shown and in which order, the longest first.

    Args:
        view: what is shown.
        words: the words of the filter.
        chosen: the chosen blobs.
        by_folder: whether the view has folders.
    """
    if not view.total:
        return ()
    if chosen:
        # The size of all is known; adding up 100,000 would take 20 ms.
        all_of_it = len(chosen) == len(view.blobs)
        size = human_size(view.size if all_of_it else sum(blob.size or 0 for blob in chosen))
        return (f"{len(chosen):,} chosen, {size}", f"{len(chosen):,} chosen")
    shown = len(view.rows)
    many = _number(shown, by_folder)
    if words:
        many = f"{shown:,} of {_number(view.total, by_folder)}"
    size = human_size(view.size) if view.size else ""
    order = ORDERS[view.sort, view.reverse]
    # Without a filter the labels have the count already.
    few = ((many, size), (many,)) if words else ((size, order), (order,), (size,))
    return tuple(", ".join(filter(None, parts)) for parts in ((many, size, order), *few))


def _number(count: int, by_folder: bool) -> str:
    one, many = ("entry", "entries") if by_folder else ("blob", "blobs")
    return f"{count:,} {one if count == 1 else many}"


class FolderBar(Widget):
    """Which blobs are shown, how many there are of each kind, and a summary.

    It takes two lines if one is too short.

    Args:
        labels: the choices.
        id: the widget's.
    """

    DEFAULT_CSS = """
    FolderBar { height: auto; padding: 0 2; }
    """

    counts: reactive[tuple[int, ...]] = reactive(())
    """The counts for the first choices; empty while they are not known."""

    chosen: reactive[int] = reactive(0)
    """The index of the current choice."""

    summary: reactive[tuple[str, ...]] = reactive(())
    """Summaries for the right side, of which the first that fits is shown."""

    class Chosen(Message):
        """A choice was clicked."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, labels: Sequence[str], id: str | None = None) -> None:
        super().__init__(id=id)
        self._labels = list(labels)

    def rename(self, place: int, label: str) -> None:
        """Give the choice at `place` another label."""
        self._labels[place] = label
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """How many lines: depends on the width only, so that nothing moves when counts come."""
        return 1 if width >= _WIDE else 2

    def _lines(self) -> tuple[list[list[Content]], str]:
        """The choices, line by line, and the summary at the end of the last line."""
        width, height = self.content_size
        lines: list[list[Content]] = []
        for labelled, counted in _WAYS:
            lines = self._broken(labelled, counted, width)
            lines += [[] for _ in range(height - len(lines))]
            left = width - _GAP.join(lines[-1]).cell_length - len(_GAP)
            fitting = [text for text in self.summary if cell_len(text) <= left]
            if len(lines) == height and (fitting or not self.summary):
                return lines, fitting[0].rjust(left) if fitting else ""
        return lines[:height], ""

    def _broken(self, labelled: bool, counted: str, width: int) -> list[list[Content]]:
        lines: list[list[Content]] = [[]]
        for place in range(len(self._labels)):
            chosen = place == self.chosen
            piece = self._piece(
                place,
                counted=counted == "all" or (chosen and counted == "chosen"),
                labelled=labelled or chosen,
            )
            if _GAP.join([*lines[-1], piece]).cell_length > width:
                lines.append([])
            lines[-1].append(piece)
        return lines

    def _piece(self, place: int, *, counted: bool, labelled: bool) -> Content:
        chosen = place == self.chosen
        text = f" {self._labels[place]}" if labelled else ""
        if counted and place < len(self.counts):
            text += f" {self.counts[place]:,}"
        return Content.assemble(
            (f"{place + 1} ", "bold $footer-key-foreground"),
            ("●" if chosen else "○", "$primary"),
            (text, "bold $foreground" if chosen else MUTED),
        )

    def render(self) -> Content:
        """One line or two."""
        lines, summary = self._lines()
        *above, last = [_GAP.join(line) for line in lines]
        return Content("\n").join([*above, Content.assemble(last, _GAP, (summary, MUTED))])

    def clickable(self) -> Iterator[tuple[Region, Callable[[], object]]]:
        """The choices, for jump letters."""
        place = 0
        for y, line in enumerate(self._lines()[0]):
            x = 0
            for piece in line:
                told = self.Chosen(place)
                # The letter goes into the gap before it.
                yield Region(x - 2, y, piece.cell_length + 2, 1), partial(self.post_message, told)
                place += 1
                x += piece.cell_length + len(_GAP)

    def on_click(self, event: Click) -> None:
        """Choose by mouse."""
        lines, _ = self._lines()
        place = sum(len(line) for line in lines[: event.y])
        end = 2
        for number, piece in enumerate(lines[event.y] if event.y < len(lines) else ()):
            end += piece.cell_length + len(_GAP)
            if event.x < end:
                self.post_message(self.Chosen(place + number))
                return
