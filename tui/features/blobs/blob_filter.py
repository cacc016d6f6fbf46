"""The filter of the list of blobs: typing it, keeping what it finds, taking it away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import events, on
from textual.widgets import Input

from tui.features.blobs.blob import BlobCommands
from tui.features.blobs.table import BlobTable
from tui.kit import commands
from tui.kit.bars import KeyBar
from tui.kit.tasks import flow

if TYPE_CHECKING:
    from textual.worker import Worker


class BlobFilter(BlobCommands[None]):
    """Filter."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        """What is looked for; empty for everything."""

        self.found = asyncio.Event()
        """Set while what is shown is what the filter finds."""

        self.found.set()
        self.before: str | None = None
        """The key under the cursor when one began to type; None for whatever is first."""

    @property
    def table(self) -> BlobTable:
        """The list."""
        return self.query_one(BlobTable)

    @property
    def current_key(self) -> str | None:
        """The key under the cursor; None at the top, where it stays whatever comes to be first."""
        return self.blob.key if self.blob and self.table.cursor > 0 else None

    @property
    def filtering(self) -> bool:
        """Whether there is a filter, be it empty."""
        return bool(self.query("#blob-filter"))

    @property
    def typing(self) -> bool:
        """Whether it is being typed."""
        return isinstance(self.focused, Input)

    def rearrange(self) -> Worker[None]:
        """Sort, filter and show, in the background."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is of use only while a filter is typed, besides what cannot work now."""
        if any(command.name == action for command in commands.FILTER):
            return self.typing
        return super().check_action(action, parameters)

    def action_filter(self) -> None:
        """Find by typing."""
        if not self.filtering:
            field = Input(id="blob-filter", compact=True, placeholder="part of the key")
            self.mount(field, before=self.table)
            if not self.query("#filter-keys"):
                self.mount(KeyBar(commands.FILTER, id="filter-keys"))
        # At once: the next key may have arrived already.
        self.set_focus(self.query_one("#blob-filter"))

    @on(Input.Changed, "#blob-filter")
    def _filtered(self, event: Input.Changed) -> None:
        self.words = event.value
        self._seek()

    def _seek(self) -> None:
        self.found.clear()
        self.rearrange()

    @on(events.DescendantFocus, "#blob-filter")
    def _begun(self) -> None:
        if not self.words:
            self.before = self.current_key
        elif self.blob:
            self.before = self.blob.key

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _footer(self) -> None:
        """While a filter is typed, other keys are of use."""
        for keys in self.query("#filter-keys"):
            keys.display = self.typing
            self.query_one("#keys").display = not self.typing

    def action_keep_filter(self) -> None:
        """To what is found."""
        if self.words.strip():
            self._keep_filter()
        else:
            self.action_clear_filter()

    action_into_list = action_keep_filter

    @flow
    async def _keep_filter(self) -> None:
        # The next key works on what is found.
        await self.found.wait()
        self.set_focus(self.table)

    def action_clear_filter(self) -> None:
        """Everything again; the cursor goes back, unless one has gone to what was found."""
        if not self.typing and self.blob:
            self.before = self.blob.key
        self.set_focus(self.table)
        self.query("#blob-filter").remove()
        self.words = ""
        self._seek()
