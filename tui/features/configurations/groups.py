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
    """Rows with something in common, below a line that says what."""

    title: str
    rows: list[Row]
    sign: Callable[[Row], str]
    """Returns the sign of how a row's last test ended."""

    def counts(self) -> tuple[int, int]:
        """How many rows work, and how many do not."""
        signs = [*map(self.sign, self.rows)]
        return signs.count("✓"), signs.count("✗")


def grouped(rows: Iterable[Row], by: str, sign: Callable[[Row], str]) -> list[Group]:
    """Group `rows`; within a group they keep their order.

    Args:
        rows: one with several tags is in several groups.
        by: `type` or `tag`.
        sign: see `Group`.
    """
    found: dict[str, list[Row]] = {}
    for row in rows:
        for title in _titles(row, by):
            found.setdefault(title, []).append(row)
    last = (_NO_TAG, _BUILT_IN)
    titles = sorted(found, key=lambda title: (title in last, title.casefold()))
    return [Group(title, found[title], sign) for title in titles]


def _titles(row: Row, by: str) -> tuple[str, ...]:
    if by == "type":
        return (_BUILT_IN if row.built_in else printable(row.type),)
    return row.tags or (_NO_TAG,)
