"""Groups of rows: those of one type, or with one tag."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from storage_core.printable import printable

if TYPE_CHECKING:
    from tui.session.snapshot import Row

_BUILT_IN: Final = "built in"
_NO_TAG: Final = "no tag"


class Group(NamedTuple):
    """Rows that stand together, below a line that says why."""

    title: str
    rows: list[Row]
    stands: Callable[[Row], str]
    """How the last test of a row ended, as its sign."""

    def well(self) -> tuple[int, int]:
        """How many work, and how many do not."""
        signs = [*map(self.stands, self.rows)]
        return signs.count("✓"), signs.count("✗")


def grouped(rows: Iterable[Row], by: str, stands: Callable[[Row], str]) -> list[Group]:
    """The groups of `rows`, in each of them in the order that they came in.

    Args:
        rows: one with several tags is in several groups.
        by: `type` or `tag`.
        stands: see `Group`.
    """
    found: dict[str, list[Row]] = {}
    for row in rows:
        for title in _titles(row, by):
            found.setdefault(title, []).append(row)
    last = (_NO_TAG, _BUILT_IN)
    titles = sorted(found, key=lambda title: (title in last, title.casefold()))
    return [Group(title, found[title], stands) for title in titles]


def _titles(row: Row, by: str) -> tuple[str, ...]:
    if by == "type":
        return (_BUILT_IN if row.built_in else printable(row.type),)
    return row.tags or (_NO_TAG,)
