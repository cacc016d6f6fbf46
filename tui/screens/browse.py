"""The blobs of one storage: listed page by page, filtered, sorted, previewed, fetched, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from tui.screens.base import StorageScreen

if TYPE_CHECKING:
    from tui.workspace import Row


class BrowseScreen(StorageScreen[None]):
    """The blobs of the storage `row`."""

    BINDINGS: ClassVar = [Binding("escape", "leave", show=False)]

    def __init__(self, row: Row) -> None:
        super().__init__()
        self._row = row

    def action_leave(self) -> None:
        """Back to the list."""
        self.dismiss(None)
