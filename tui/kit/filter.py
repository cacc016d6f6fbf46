"""`FilterLine`: the line above a list in which a person types words to filter by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.kit.bars import KeyBar
from tui.kit.commands import Command, bindings
from tui.kit.explain import Explanation
from tui.kit.preload import MORE, read
from tui.kit.screen import BaseScreen
from tui.kit.table import Table

if TYPE_CHECKING:
    from tui.kit.line_input import PasteInput

FILTER: Final = (
    Command("keep_filter", ("enter",), "Keep", "Go to what was found.", "Filter", True, True),
    Command(
        "into_list", ("down", "up"), "To the list", "Go to what was found.", "Filter", True, True
    ),
    Command("clear_filter", ("escape",), "Show all", "Clear the filter.", "Filter", True),
)


class FilterLine(Horizontal):
    """A field for the words; while a person types in it, the footer shows its keys.

    Args:
        table: the list below.
        seek: called when the words change: shows the rows that match, with the cursor on the row
            `before`, or else on the first.
        anchor: called when typing begins; returns the key of the row to come back to.
        placeholder: the text of the empty field.
        counts: whether the line says how many rows match, and how to see all again.
    """

    screen: BaseScreen[Any]

    BINDINGS: ClassVar[list[Any]] = [*bindings(FILTER)]
    DEFAULT_CSS = """
    FilterLine {
        height: auto;
        & > Input { width: 1fr; }
        & > Static { width: auto; padding: 0 2 0 1; color: $text-muted; }
    }
    """

    def __init__(
        self,
        table: Table[Any],
        *,
        seek: Callable[[], object],
        anchor: Callable[[], str | None],
        placeholder: str,
        counts: bool = False,
    ) -> None:
        super().__init__()
        self.explains: Explanation | None = None
        """What help says about it."""

        self.before: str | None = None
        """The key of the row that the cursor was on when typing began."""

        self.words = ""
        """The words, as typed; empty for everything."""

        self.settled = asyncio.Event()
        """Set while the list shows the rows that match the words."""

        self.settled.set()
        self._table, self._seek, self._anchor = table, seek, anchor
        self._placeholder = placeholder
        self._input: PasteInput | None = None
        """Made when first shown: with its styles it would take 3 ms of the first frame."""

        self._found = Static(markup=False)
        self._back = Static("Esc shows all", markup=False)
        self._counts = counts

    @property
    def active(self) -> bool:
        """Whether the line is shown, even if it is empty."""
        return self.is_attached and bool(self.display)

    @property
    def typing(self) -> bool:
        """Whether the field has the focus."""
        return self.is_attached and self._input is not None and self._input.has_focus

    def open(self) -> None:
        """Show the line and focus it."""
        if self._input is None:
            from tui.kit.line_input import PasteInput

            self._input = PasteInput(id="filter", compact=True, placeholder=self._placeholder)
        if not self.is_attached:
            read(self.app, MORE)
            above = self._table.parent
            assert isinstance(above, Widget)
            above.mount(self, before=self._table)
            # All at once, so that the field can have the focus before the next key comes.
            self.mount(self._input, *([self._found, self._back] if self._counts else []))
            self.screen.mount(KeyBar(FILTER, id="filter-keys"))
        self.display = True
        self.screen.set_focus(self._input)

    def tell(self, found: int, of: int) -> None:
        """Show how many of all rows match."""
        self._found.update(f"{found:,} of {of:,}" if self.words.strip() else "")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.words = event.value
        self._seek()

    def on_descendant_focus(self) -> None:
        """Note that typing begins."""
        if not self.words:
            self.before = self._anchor()
        elif self._table.current is not None:
            self.before = self._table.current.key
        self._show_keys()

    def on_descendant_blur(self) -> None:
        """Note that typing ends."""
        self._show_keys()

    def _show_keys(self) -> None:
        self._back.display = not self.typing
        self.screen.query_one("#keys").display = not self.typing
        self.screen.query_one("#filter-keys").display = self.typing

    def action_run(self, name: str) -> None:
        """Run one of its commands."""
        if name == "clear_filter" or not self.words.strip():
            self.clear()
        elif self.settled.is_set():
            self._to_list()
        else:
            # The next key has to work on the rows that match.
            self.screen.start(self._to_list_settled())

    async def _to_list_settled(self) -> None:
        await self.settled.wait()
        self._to_list()

    def _to_list(self) -> None:
        if self._table.display:
            self.screen.set_focus(self._table)

    def clear(self) -> None:
        """Show everything; the cursor goes back, unless it was moved in the rows that matched."""
        if not self.typing and self._table.current is not None:
            self.before = self._table.current.key
        self.display = False
        if self._input is not None:
            with self.prevent(Input.Changed):
                self._input.value = ""
        if self.words:
            self.words = ""
            self._seek()
        self.screen.set_focus(self._table)
