"""`Outcomes`: how the last test of each configuration ended, to sort, group and count rows by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.session.background import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.session.session import Session
    from tui.session.snapshot import Row

    Signs = dict[str, str]

_RANKS: Final = "⚠✗?…✓"
"""Signs, the most urgent first; "…" stands for a configuration that was never tested."""


class Outcomes:
    """A sign for each row; none until the first `update`.

    A result belongs to the settings that were tested. To compare the settings of 5,000
    configurations takes long, so a thread does it.

    Args:
        session: knows the results.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._signs: Signs = {}
        self._rows: Sequence[Row] = ()
        """The rows of the last update."""

    def sign(self, row: Row) -> str:
        """The sign of how its last test ended; empty if it was never tested."""
        return self._signs.get(row.key, "")

    def rank(self, row: Row) -> int:
        """The place in an order with the most urgent first."""
        return _RANKS.index(self.sign(row) or "…")

    def counts(self, rows: Sequence[Row]) -> str:
        """How many of these rows work, and how many do not, as text."""
        if not self._signs:
            return ""
        signs = [*map(self.sign, rows)]
        return " ".join(f"{sign} {count:,}" for sign in "✓✗" if (count := signs.count(sign)))

    def tested(self, row: Row) -> None:
        """Take in that a test of `row` has ended."""
        if self._rows:
            self._signs[row.key] = self._sign_of(row)

    @property
    def is_old(self) -> bool:
        """Whether the file was read since the last update."""
        return self._rows is not self._session.snapshot.rows

    async def update(self, changed: Callable[[], object]) -> None:
        """Work out the signs of all rows; `changed` is called if any sign has changed."""
        rows = self._session.snapshot.rows
        signs: Signs = await in_thread(
            lambda: {row.key: sign for row in rows if (sign := self._sign_of(row))}
        )
        if rows is self._session.snapshot.rows:
            self._rows = rows
            if signs != self._signs:
                self._signs = signs
                changed()

    def _sign_of(self, row: Row) -> str:
        if row.problem:
            return "⚠"
        result = self._session.result(row)
        if result is None:
            return ""
        return "?" if result.old else "✓" if result.ok else "✗"
