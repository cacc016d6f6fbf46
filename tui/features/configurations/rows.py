"""`Rows`: which configurations the list shows, in what order, and the one under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tui.features.configurations.groups import grouped
from tui.features.configurations.outcomes import Outcomes
from tui.kit.workers import start_worker
from tui.session import search
from tui.session.state import GROUPS, SORTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.kit.filter import FilterLine
    from tui.kit.table import Table
    from tui.session.session import Session
    from tui.session.snapshot import Row

_ORDER_WORDS: Final = {
    "file": "",
    "name": "by name",
    "type": "by type",
    "location": "by location",
    "status": "by status",
}
"""How the frame of the list describes each order."""


class Rows:
    """The rows of the list.

    Args:
        session: has the configurations.
        table: draws the rows.
        filter_line: has the words to filter by.
        shown: called when other rows are shown.
    """

    def __init__(
        self,
        session: Session,
        table: Table[Row],
        filter_line: FilterLine,
        shown: Callable[[], None],
    ) -> None:
        self._session, self._table, self._filter, self._shown = session, table, filter_line, shown
        self._outcomes = Outcomes(session)
        self._each: Sequence[Row] = ()
        """The rows in the list, each once, though one with two tags may be in two groups."""

        self._wanted: str | None = None
        """The configuration that the cursor goes to as soon as it is in the list."""

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._table.current

    @property
    def shown(self) -> Sequence[Row]:
        """The rows in the list, each once; the filter may hide others."""
        return self._each

    @property
    def chosen(self) -> Sequence[Row]:
        """The chosen rows among those shown."""
        return self._table.chosen_rows

    def select(self, name: str) -> None:
        """Put the cursor on a configuration, now or as soon as it is in the list."""
        self._wanted = name
        self.fill()

    def fill(self, *, sought: bool = False) -> None:
        """Draw the rows that match the filter, the cursor on the row that it was on.

        Args:
            sought: whether the words of the filter have changed: the cursor goes back to where it
                was before typing began, or else to the first row.
        """
        current = self.current.key if self.current else None
        if sought:
            current = self._filter.before
        rows, heads = self._arranged()
        keys = [row.key for row in rows]
        wanted = self._wanted if self._wanted in keys else current
        if wanted == self._wanted:
            self._wanted = None
        if wanted not in keys:
            # The selected row is gone: stay near.
            place = min(self._table.cursor, len(rows) - 1) if current and not sought else 0
        elif heads and keys.count(wanted) > 1:
            near = (index for index, key in enumerate(keys) if key == wanted)
            place = min(near, key=lambda index: abs(index - self._table.cursor))
        else:
            place = keys.index(wanted)
        by_tag = self._session.remembered.group == "tag"
        self._each = [*{row.key: row for row in rows}.values()] if by_tag else rows
        self._table.show(rows, place, heads)
        self._shown()
        if self._outcomes.is_old:
            # Later, so that the first frame does not wait for it.
            self._table.call_after_refresh(self._start_update)

    def _start_update(self) -> None:
        start_worker(self._table, self._update_outcomes, group="prepare-outcomes", exclusive=True)

    async def _update_outcomes(self) -> None:
        await self._outcomes.update(self._outcomes_changed)

    def _outcomes_changed(self) -> None:
        now = self._session.remembered
        if now.group or now.sort == "status":
            self.fill()
        else:
            self._shown()

    def tested(self, row: Row | None) -> None:
        """Take in that a test of `row` has ended."""
        if row is not None:
            self._outcomes.tested(row)

    # ---- order and groups

    def sort(self) -> None:
        """Sort by the next order; the head of its column shows it."""
        place = SORTS.index(self._session.remembered.sort)
        self._order(SORTS[(place + 1) % len(SORTS)])

    def sort_by(self, order: str) -> None:
        """Sort by this order; if it is in use already, reverse it, then go back to the file's."""
        now = self._session.remembered
        if order != now.sort:
            self._order(order)
        elif not now.reverse:
            self._order(order, reverse=True)
        else:
            self._order(SORTS[0])

    def reverse(self) -> None:
        """Reverse the order, or undo that."""
        now = self._session.remembered
        self._order(now.sort, reverse=not now.reverse)

    def group(self) -> None:
        """Step to the next grouping in `GROUPS`."""
        now = GROUPS.index(self._session.remembered.group)
        self._session.remember(group=GROUPS[(now + 1) % len(GROUPS)])
        self.fill()

    def _order(self, order: str, *, reverse: bool = False) -> None:
        self._session.remember(sort=order, reverse=reverse)
        self.fill()

    @property
    def words(self) -> str:
        """The text that says how many work, how the rows are arranged and how many are chosen."""
        now = self._session.remembered
        order = _ORDER_WORDS[now.sort]
        if now.reverse:
            order = f"{order}, reversed" if order else "last first"
        counts = self._outcomes.counts(self.shown)
        said = [counts, order, f"grouped by {now.group}" if now.group else ""]
        if chosen := len(self.chosen):
            hidden = len(self._table.chosen) - chosen
            said.append(f"{chosen:,} chosen" + (f", {hidden:,} hidden" if hidden else ""))
        return " · ".join(filter(None, said))

    def _arranged(self) -> tuple[list[Row], dict[int, Any]]:
        """The rows that match the filter, in order, and the heads of their groups by index."""
        now = self._session.remembered
        rows = self._found()
        self._sort(rows)
        if not now.group:
            return rows, {}
        heads: dict[int, Any] = {}
        arranged: list[Row] = []
        for group in grouped(rows, now.group, self._outcomes.sign):
            heads[len(arranged)] = group
            arranged += group.rows
        return arranged, heads

    def _found(self) -> list[Row]:
        words = search.words_of(self._filter.words)
        rows = self._session.snapshot.rows
        return [row for row in rows if not words or search.found(words, row.sought)]

    def _sort(self, rows: list[Row]) -> None:
        now = self._session.remembered
        if now.sort == "status":
            rows.sort(key=lambda row: (self._outcomes.rank(row), row.name), reverse=now.reverse)
        elif now.sort != SORTS[0]:
            rows.sort(
                key=lambda row: (str(getattr(row, now.sort)).casefold(), row.name),
                reverse=now.reverse,
            )
        elif now.reverse:
            rows.reverse()
        else:
            return
        rows.sort(key=lambda row: row.built_in)
