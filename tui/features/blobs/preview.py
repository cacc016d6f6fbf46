"""The preview of a blob on the whole screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding

from storage_core.printable import printable
from tui.features.blobs import explained
from tui.features.blobs.acting import BlobCommands
from tui.features.blobs.commands import PREVIEW
from tui.features.blobs.view import BlobView
from tui.kit.bars import KeyBar, TitleBar
from tui.kit.commands import bindings
from tui.kit.grid import CellGrid
from tui.kit.pager import Pager
from tui.kit.screen import FullScreen
from tui.kit.text import one_word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.kit.table import Table
    from tui.session.listing import Listed
    from tui.session.session import Session
    from tui.session.snapshot import Row
    from tui.session.store import OpenedStore


_AMONG_CELLS: Final = {"previous": "K", "next": "J"}
"""The keys that go to other blobs in a grid, where the arrow keys go to other cells."""


class BlobPager(Pager):
    """A pager in which left and right go to other blobs."""

    BINDINGS: ClassVar = [
        # No line is wider than the screen, so these keys are free for it.
        Binding("left", "screen.run('previous')", show=False),
        Binding("right", "screen.run('next')", show=False),
    ]


class BlobGrid(CellGrid):
    """A grid in which the usual key copies a cell."""

    BINDINGS: ClassVar = [Binding("ctrl+c", "copy", show=False)]
    explains = explained.TABLE

    async def action_copy(self) -> None:
        """Copy the text selected with the mouse, or else the cell."""
        if self.screen.get_selected_text():
            self.screen.action_copy_text()
        else:
            await self.run_action("screen.run('copy_cell')")


class PreviewScreen(FullScreen[None]):
    """The blob under the cursor of a list.

    Args:
        session: what all screens share.
        row: the storage.
        opened: its store.
        table: the list.
        deleted: called when a blob has been deleted.
    """

    CSS_PATH = "preview.tcss"
    declared: ClassVar = PREVIEW
    BINDINGS: ClassVar = [*bindings(PREVIEW)]
    explains: ClassVar = explained.PREVIEW
    AUTO_FOCUS = "Pager"

    def __init__(
        self,
        session: Session,
        row: Row,
        opened: OpenedStore,
        table: Table[Listed],
        deleted: Callable[[Sequence[Listed]], None],
    ) -> None:
        super().__init__()
        self._row, self._opened, self._table = row, opened, table
        self.blob = table.current
        """The blob that is shown."""

        self._grid = BlobGrid(id="cells")
        self.view = BlobView(opened, BlobPager(id="content"), self._grid, id="view")

        def deleted_here(blobs: Sequence[Listed]) -> None:
            deleted(blobs)
            # There is nothing left to show.
            self.dismiss(None)

        self._acting = BlobCommands(
            self, session, row, opened, blob=lambda: self.blob, deleted=deleted_here
        )
        self.do(
            {
                **self._acting.all(),
                "form": self.view.other_form,
                "copy_cell": self._copy_cell,
                "previous": lambda: self._step(-1),
                "next": lambda: self._step(1),
                "columns_left": lambda: self.view.to_column(-1),
                "columns_right": lambda: self.view.to_column(1),
                "reload": self._reload,
                "leave": lambda: self.dismiss(None),
            }
        )

    def body(self) -> ComposeResult:
        """The description of the blob, and its content."""
        yield self.view

    def on_mount(self) -> None:
        """Read the blob at once."""
        title = self.query_one(TitleBar)
        title.title = f"Storage  ›  Blobs of {printable(self._row.name)}  ›  Preview"
        title.note = self._row.location
        self._reload()

    def _reload(self) -> None:
        self.view.show(self.blob)

    @on(BlobView.Changed)
    def _changed(self) -> None:
        self.query_one(TitleBar).progress = "● reading" if self.view.reading else ""
        self.query_one(KeyBar).keyed = _AMONG_CELLS if self.view.in_cells else {}
        self.refresh_bindings()

    def can(self, command: str) -> bool:
        """Whether a command can work: there may be no other blob, and no other form of this one."""
        if command == "form":
            return self.view.forms > 1
        if command == "copy_cell":
            return self.view.in_cells and bool(self._grid.value)
        if command in ("columns_left", "columns_right"):
            return self.view.has_columns(-1 if command == "columns_left" else 1)
        if command in ("previous", "next"):
            place = self._table.cursor + (1 if command == "next" else -1)
            rows = self._table.rows
            return 0 <= place < len(rows) and not rows[place].is_folder
        return super().can(command)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the commands on cells while no grid is shown."""
        if action == "run" and parameters == ("copy_cell",) and not self.view.in_cells:
            return False
        return super().check_action(action, parameters)

    def why_not(self, command: str) -> str:
        """Why a command cannot work now: there may be no blob."""
        return self._acting.why_not(command)

    def _copy_cell(self) -> None:
        if value := self._grid.value:
            self.app.copy(value, one_word(value))

    def _step(self, rows: int) -> None:
        """Show the blob so many rows further down the list."""
        self._table.cursor += rows
        if self._table.current is not None:
            self.blob = self._table.current
            self._reload()
