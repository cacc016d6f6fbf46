"""`Rows`: which configurations the list shows, and the one under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.session import search
from tui.session.state import SORTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.kit.filter import FilterLine
    from tui.kit.table import Table
    from tui.session.session import Session
    from tui.session.snapshot import Row


class Rows:
    """The rows of the list.

    Args:
        session: what is in the file.
        table: draws the rows.
        filter_line: what is looked for.
        shown: called when other rows are shown, with these.
    """

    def __init__(
        self,
        session: Session,
        table: Table[Row],
        filter_line: FilterLine,
        shown: Callable[[list[Row]], None],
    ) -> None:
        self._session, self._table, self._filter, self._shown = session, table, filter_line, shown
        self._wanted: str | None = None
        """The name of the configuration that the cursor goes to as soon as it is read."""

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._table.current

    @property
    def shown(self) -> Sequence[Row]:
        """The rows that are in the list; the filter may hide others."""
        return self._table.rows

    def select(self, name: str) -> None:
        """Put the cursor on a configuration, now or as soon as it is read."""
        self._wanted = name
        self.fill()

    def fill(self, *, sought: bool = False) -> None:
        """Draw what is found, the cursor on the row it was on.

        Args:
            sought: other words are looked for: the cursor goes back to where it was before, or else
                to the first row.
        """
        current = self.current.key if self.current else None
        if sought:
            current = self._filter.before
        rows = self._found()
        wanted = self._wanted if any(row.key == self._wanted for row in rows) else current
        if wanted == self._wanted:
            self._wanted = None
        place = next((index for index, row in enumerate(rows) if row.key == wanted), None)
        if place is None:
            # What was selected is gone: stay near.
            place = min(self._table.cursor, len(rows) - 1) if current and not sought else 0
        self._table.show(rows, place)
        self._shown(rows)

    def sort(self) -> None:
        """Take the next order; the head of its column shows it."""
        following = SORTS[(SORTS.index(self._session.remembered.sort) + 1) % len(SORTS)]
        self._order(following)

    def sort_by(self, order: str) -> None:
        """Take this order, turn it round if it is taken already, or go back to the file's."""
        now = self._session.remembered
        if order != now.sort:
            self._order(order)
        elif not now.reverse:
            self._order(order, reverse=True)
        else:
            self._order(SORTS[0])

    def _order(self, order: str, *, reverse: bool = False) -> None:
        self._session.remember(sort=order, reverse=reverse)
        self.fill()

    def _found(self) -> list[Row]:
        """The rows that have the words in them, in the order that was chosen."""
        words, sort = search.words_of(self._filter.words), self._session.remembered.sort
        rows = [
            row
            for row in self._session.snapshot.rows
            if not words or search.found(words, row.sought)
        ]
        if sort != SORTS[0]:
            rows.sort(
                key=lambda row: (str(getattr(row, sort)).casefold(), row.name),
                reverse=self._session.remembered.reverse,
            )
            rows.sort(key=lambda row: row.built_in)
        return rows
