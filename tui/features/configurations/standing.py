"""`Standing`: how the last test of each configuration ended, for orders and counts of many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.session.background import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.session.session import Session
    from tui.session.snapshot import Row

    Signs = dict[str, str]

_RANKS: Final = "⚠✗?…✓"
"""Signs in the order in which they need looking after; what was never tested has none."""


class Standing:
    """What is known of each row; empty at first.

    A result counts for the settings that were tested, and to compare those of 5,000 configurations
    takes long: a thread does it.

    Args:
        session: knows the results.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._signs: Signs = {}
        self._of: Sequence[Row] = ()
        """The rows that were looked at."""

    def sign(self, row: Row) -> str:
        """How its last test ended: one of the signs of the list, or nothing."""
        return self._signs.get(row.key, "")

    def rank(self, row: Row) -> int:
        """What needs looking after most comes first."""
        return _RANKS.index(self.sign(row) or "…")

    def counted(self, rows: Sequence[Row]) -> str:
        """How many of these work, and how many do not."""
        if not self._signs:
            return ""
        signs = [*map(self.sign, rows)]
        return " ".join(f"{sign} {count:,}" for sign in "✓✗" if (count := signs.count(sign)))

    def tested(self, row: Row) -> None:
        """A test of it has ended."""
        if self._of:
            self._signs[row.key] = self._found(row)

    @property
    def is_old(self) -> bool:
        """Whether the file was read since."""
        return self._of is not self._session.snapshot.rows

    async def look(self, changed: Callable[[], object]) -> None:
        """Look at all rows; `changed` is called when anything is new."""
        rows = self._session.snapshot.rows
        signs: Signs = await in_thread(
            lambda: {row.key: sign for row in rows if (sign := self._found(row))}
        )
        if rows is self._session.snapshot.rows:
            self._of = rows
            if signs != self._signs:
                self._signs = signs
                changed()

    def _found(self, row: Row) -> str:
        if row.problem:
            return "⚠"
        result = self._session.result(row)
        if result is None:
            return ""
        return "?" if result.old else "✓" if result.ok else "✗"
