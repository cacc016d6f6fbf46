"""The command on the list that opens the blobs of a storage."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from tui.features.configurations.changes import RowScreen
from tui.kit.tasks import flow

if TYPE_CHECKING:
    from tui.session.snapshot import Row


class BrowseCommands(RowScreen):
    """Browse."""

    def action_browse(self) -> None:
        """Look at the blobs."""
        if self.row:
            self._browse(self.row)

    @flow
    async def _browse(self, row: Row) -> None:
        await self.app.in_background("opening", _load)
        from tui.features.blobs.screen import BrowseScreen

        await self.app.push_screen_wait(BrowseScreen(row))


def _load() -> None:
    """Import what is needed from here on: on the event loop that would show."""
    for name in ("blobs.screen", "blobs.preview", "blobs.download"):
        import_module(f"tui.features.{name}")
