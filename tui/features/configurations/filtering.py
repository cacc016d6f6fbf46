"""Commands on the list that choose which configurations it shows, and in which order."""

from __future__ import annotations

from textual import events, on
from textual.widgets import Input

from tui.features.configurations.changes import RowScreen
from tui.features.configurations.table import ConfigurationTable
from tui.kit import commands
from tui.kit.bars import KeyBar
from tui.kit.filter import FilterLine
from tui.session.snapshot import Row
from tui.session.state import SORTS


class FilterCommands(RowScreen):
    """Filter, sort."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        """What is looked for; empty for everything."""

        self.before: str | None = None
        """The row that the cursor was on when one began to type what is looked for, by its key."""

    @property
    def table(self) -> ConfigurationTable:
        """The list."""
        return self.query_one(ConfigurationTable)

    def fill(self, *, sought: bool = False) -> None:
        """Draw what is found now.

        Args:
            sought: other words are looked for: the cursor goes back to the row `before`, or else to
                the first that is found.
        """
        raise NotImplementedError

    def found(self) -> list[Row]:
        """The rows that have the words in them, in the order that was chosen."""
        return self._ordered([row for row in self.app.snapshot.rows if self._matches(row)])

    def action_filter(self) -> None:
        """Find by typing."""
        if not self.query(FilterLine):
            line = FilterLine()
            self.query_one("#left").mount(line, before=0)
            line.fill()
            self.mount(KeyBar(commands.FILTER, id="filter-keys"))
        line = self.query_one(FilterLine)
        line.display = True
        # At once: the next key may have arrived already.
        self.set_focus(line.input)

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        self.words = event.value
        self.fill(sought=True)

    @on(events.DescendantFocus, "#filter")
    def _begun(self) -> None:
        if self.table.current is not None:
            self.before = self.table.current.key

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _footer(self) -> None:
        """While a filter is typed, other keys are of use."""
        for line in self.query(FilterLine):
            line.tell_keys(self.typing)
            self.query_one("#keys").display = not self.typing
            self.query_one("#filter-keys").display = self.typing

    def action_keep_filter(self) -> None:
        """To what was found."""
        if not self.words.strip():
            self.action_clear_filter()
        elif self.table.rows:
            self.set_focus(self.table)

    action_into_list = action_keep_filter

    def action_clear_filter(self) -> None:
        """Everything again; the cursor goes back, unless one has gone to what was found."""
        back = self.typing
        for line in self.query(FilterLine):
            line.display = False
            with self.prevent(Input.Changed):
                line.input.value = ""
        if self.words:
            self.words = ""
            self.fill(sought=back)
        self.set_focus(self.table)

    def action_sort(self) -> None:
        """The next order."""
        following = SORTS[(SORTS.index(self.app.remembered.sort) + 1) % len(SORTS)]
        self.app.remember(sort=following)
        self.fill()
        self.app.say("In the file's order." if following == SORTS[0] else f"Sorted by {following}.")

    @property
    def typing(self) -> bool:
        """Whether a filter is being typed."""
        return isinstance(self.focused, Input)

    def _ordered(self, rows: list[Row]) -> list[Row]:
        sort = self.app.remembered.sort
        if sort == SORTS[0]:
            return rows
        return sorted(
            rows, key=lambda row: (row.built_in, str(getattr(row, sort)).casefold(), row.name)
        )

    def _matches(self, row: Row) -> bool:
        words = self.words.casefold().split()
        if not words:
            return True
        text = f"{row.name}\n{row.type}\n{row.location}\n{row.id}".casefold()
        return all(word in text for word in words)
