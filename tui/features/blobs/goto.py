"""A dialog in which the path of a folder is typed, with completion."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from storage_core.blobpath import is_blob_path
from storage_core.errors import StorageError
from storage_core.printable import printable
from tui.kit.dialog import Box, Dialog
from tui.kit.line_input import PasteInput
from tui.kit.options import Paged
from tui.kit.text import cut_middle
from tui.kit.theme import MUTED
from tui.kit.workers import start_worker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.session.background import Jobs
    from tui.session.store import OpenedStore

OFFERED: Final = 8
"""Folders that are offered at a time."""

REST: Final = 0.15
"""Seconds after the last key before a folder is listed."""


class GoToDialog(Dialog["str | None"]):
    """Asks for a folder. The result is its path, without a slash at the end.

    Args:
        jobs: runs blocking work.
        opened: the storage.
        folder: the folder that is shown.
        known: the folders in it; None if they are not known.
        places: folders visited before.
    """

    CSS_PATH = "goto.tcss"
    BINDINGS: ClassVar = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("tab", "complete", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]
    AUTO_FOCUS = "#path"

    def __init__(
        self,
        jobs: Jobs,
        opened: OpenedStore,
        folder: str,
        known: Sequence[str] | None,
        places: Sequence[str],
    ) -> None:
        super().__init__()
        self._jobs, self._opened = jobs, opened
        self._folder, self._places = folder, places
        self._known: dict[str, Sequence[str]] = {} if known is None else {folder: known}
        """The folders in each folder that was listed."""

        self._offered: list[str] = []

    def compose(self) -> ComposeResult:
        """The line, the folders that match, the keys."""
        with Box("Go to a folder"):
            begin = f"{self._folder}/" if self._folder else ""
            yield PasteInput(begin, id="path", compact=True, select_on_focus=False)
            yield Paged(id="offered", compact=True)
            yield Static("", id="said", markup=False)

    def on_mount(self) -> None:
        """Offer the folders visited before."""
        self.query_one("#offered").can_focus = False
        if self._places:
            self._offer([f"{each}/" for each in self._places], "the last places")
        else:
            start_worker(self, self._complete, group="load", exclusive=True)

    @property
    def _typed(self) -> str:
        return self.query_one("#path", Input).value.lstrip("/")

    @on(Input.Changed)
    def _edited(self, event: Input.Changed) -> None:
        if event.value != (f"{self._folder}/" if self._folder else "") or self._offered == []:
            start_worker(self, self._complete, group="load", exclusive=True)

    async def _complete(self) -> None:
        """Offer the folders that begin with what is typed; list their parent if it is not known."""
        above = self._typed.rpartition("/")[0]
        if above not in self._known and (not above or is_blob_path(above)):
            await asyncio.sleep(REST)
            try:
                names = await self._jobs.run("", lambda: self._opened.folders(above))
            except StorageError as error:
                self._offer([], printable(str(error)))
                return
            self._known[above] = names
        begin = f"{above}/" if above else ""
        found = [f"{begin}{name}/" for name in self._known.get(above, ())]
        fitting = [each for each in found if each.startswith(self._typed)]
        self._offer(fitting, "" if fitting else "no folder here begins so")

    def _offer(self, folders: list[str], said: str) -> None:
        self._offered = folders[:OFFERED]
        offered = self.query_one("#offered", OptionList)
        width = max(12, self.app.size.width - 12)
        offered.clear_options()
        offered.add_options(
            [Content(cut_middle(printable(each), min(width, 68))) for each in self._offered]
        )
        offered.display = bool(self._offered)
        more = len(folders) - len(self._offered)
        keys = "Tab completes · ↓ chooses · Enter goes there"
        said = f"{more:,} more" if more > 0 else said
        text = f"{said} · {keys}" if said and folders else said or keys
        self.query_one("#said", Static).update(Content.styled(text, MUTED))

    def action_complete(self) -> None:
        """Complete to the common beginning of the offered folders, or to the chosen one."""
        place = self.query_one("#offered", OptionList).highlighted
        if place is not None and place < len(self._offered):
            found = self._offered[place]
        elif all(each.startswith(self._typed) for each in self._offered):
            found = _beginning(self._offered)
        else:
            return
        field = self.query_one("#path", Input)
        if found:
            field.value = found
            field.cursor_position = len(found)

    def action_move(self, rows: int) -> None:
        """Move among the offered folders."""
        offered = self.query_one("#offered", OptionList)
        if self._offered:
            before = -1 if offered.highlighted is None else offered.highlighted
            offered.highlighted = (max(before, -1) + rows) % len(self._offered)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._go(self._offered[event.option_index])

    @on(Input.Submitted)
    def _entered(self) -> None:
        place = self.query_one("#offered", OptionList).highlighted
        self._go(self._typed if place is None else self._offered[place])

    def _go(self, path: str) -> None:
        path = path.strip("/")
        if path and not is_blob_path(path):
            self._offer([], "✗ no folder can have this name")
        else:
            self.dismiss(path)

    def action_cancel(self) -> None:
        """Close without going anywhere."""
        self.dismiss(None)


def _beginning(texts: Sequence[str]) -> str:
    """The common beginning of texts."""
    if not texts:
        return ""
    first, last = min(texts), max(texts)
    for place, character in enumerate(first):
        if place >= len(last) or last[place] != character:
            return first[:place]
    return first
