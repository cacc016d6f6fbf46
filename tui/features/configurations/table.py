"""The list of configurations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from rich.cells import cell_len

from storage_core.printable import printable
from tui.kit.columns import Column
from tui.kit.table import Cell
from tui.session.checks import TestResult
from tui.session.snapshot import Row


class ConfigurationLayout:
    """One row for each configuration, and one for what is used when no default is set.

    Args:
        results: the last test of each configuration, by its ID.
        testing: IDs of configurations whose connection is being tested.
        sort: tells by which column the rows are sorted.
    """

    def __init__(
        self,
        results: Mapping[str, TestResult],
        testing: Collection[str],
        sort: Callable[[], str],
    ) -> None:
        self._results, self._testing, self._sort = results, testing, sort

    def _head(self, title: str) -> str:
        return f"{title} ▾" if title.lower() == self._sort() else title

    def columns(self, rows: Sequence[Row], room: int) -> Sequence[Column]:
        """Name, type, location, ID: the ID whole where there is room for it, or not at all."""
        heads = [self._head(title) for title in ("Name", "Type", "Location")]
        needs = [*map(cell_len, heads)]
        own = max((needs[0], *(cell_len(row.name) for row in rows if not row.built_in)))
        name = max((own, *(cell_len(row.name) for row in rows if row.built_in)))
        kind = max((needs[1], *map(cell_len, {row.type for row in rows})))
        place = max((needs[2], *(cell_len(row.place) for row in rows)))
        name, kind, place = min(name, 40), min(kind, 24), min(place, 80)
        # What is left beside them, the signs and the gaps.
        left = room - 11 - kind - place
        identifier = 36 if left >= name + 36 else 8
        if left < min(own, 40) + 8 and room < 72:
            # It is among the details as well.
            identifier = 0
        # With room for it no storage type is cut, and no usual name or location; the name of the
        # row that stands for no configuration gives way to them.
        whole = 23 if room >= 72 else 0
        return (
            Column("", 1, 1),
            Column(heads[0], name, max(10, min(own, whole))),
            Column(heads[1], kind, max(8, min(kind, whole))),
            Column(heads[2], place, min(place, 20) if whole else needs[2], fills=True),
            Column("ID", identifier, min(identifier, 8)),
            Column("", 1, 1),
        )

    def cells(self, row: Row, widths: Sequence[int]) -> Sequence[Cell]:
        """Marks as signs, so that nothing is said by colour alone."""
        quiet = "muted" if row.built_in else ""
        location = Cell(row.place, "muted")
        if row.problem:
            # The star of the default has the place of the sign.
            location = Cell(f"⚠ {row.problem}" if row.default else row.problem, "warning")
        identifier = row.id if widths[4] >= 36 else row.id[:8]
        # The name of what is built in goes before saying that it is.
        spans = row.built_in and cell_len(row.name) > widths[1]
        return (
            Cell("★", "accent") if row.default else Cell("⚠" if row.problem else "", "warning"),
            Cell(printable(row.name), quiet or ("strong" if row.default else ""), spans),
            Cell(printable(row.type), "muted"),
            location,
            Cell(identifier or "—", "muted"),
            self._mark(row),
        )

    def _mark(self, row: Row) -> Cell:
        if row.id in self._testing:
            return Cell("…", "accent")
        result = self._results.get(row.id)
        if result is None or (not result.complete and not result.failure):
            return Cell("")
        return Cell("✓", "good") if result.ok else Cell("✗", "bad")
