"""`Room`: the panes below the list."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Horizontal, Vertical

from storage_core.printable import printable
from tui.features.configurations.explained import ROOM
from tui.features.configurations.room.blobs import newest
from tui.features.configurations.room.keeping import origin, secrets
from tui.features.configurations.room.tests import last_five, last_test
from tui.kit.sheet import Sheet, nothing, wrapped
from tui.kit.theme import MUTED
from tui.session.quantities import milliseconds, moment

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual.app import ComposeResult

    from tui.kit.commands import KeyOf
    from tui.kit.sheet import Lines
    from tui.session.session import Session
    from tui.session.snapshot import Row


class Room(Horizontal):
    """Five panes about the configuration under the cursor.

    Args:
        session: has what is known of it.
        testing: IDs of configurations whose connection is being tested.
        key: the keys of commands.
    """

    LOOKS: Final = Path(__file__).with_name("room.tcss")
    """Its styles, to be read before it is mounted."""

    explains: ClassVar = ROOM

    def __init__(self, session: Session, testing: Collection[str], key: KeyOf) -> None:
        super().__init__(id="room")
        self._session, self._testing, self._key = session, testing, key
        self._test = Sheet("Last test", id="last-test")
        self._five = Sheet("Last five tests", id="last-five")
        self._blobs = Sheet("Newest blobs", id="newest-blobs")
        self._secrets, self._origin = Sheet("Secrets", id="secrets"), Sheet("Origin", id="origin")

    def compose(self) -> ComposeResult:
        """The panes, the most important at the left."""
        yield self._test
        with Vertical(id="around-blobs"):
            yield self._blobs
            yield self._five
        with Vertical(id="around-secrets"):
            yield self._secrets
            yield self._origin

    @property
    def panes(self) -> Sequence[Sheet]:
        """From left to right."""
        return self._test, self._blobs, self._five, self._secrets, self._origin

    @property
    def reads(self) -> bool:
        """Whether one of them has the focus."""
        return any(pane.has_focus for pane in self.panes)

    def show(self, row: Row | None) -> None:
        """Show what is known of `row`, without access to a server or the disk."""
        if row is None:
            said = "Nothing is selected."
            self._test.show(lambda width: wrapped(said, width, MUTED))
            for sheet in (self._five, self._blobs, self._secrets, self._origin):
                sheet.show(nothing)
            return
        session, key = self._session, self._key
        now = datetime.now()  # noqa: DTZ005
        result, seen = session.result(row), session.recent.of(row)
        tests, browses = key("test", "t"), key("browse", "b")
        if row.problem:
            self._test.show(partial(_wrong, row=row))
            self._five.show(partial(last_five, results=session.last_results(row), now=now))
        else:
            testing = row.id in self._testing
            took = f"{moment(result.when, now)} · {milliseconds(result.seconds)}" if result else ""
            self._test.show(partial(last_test, result=result, key=tests, testing=testing), took)
            self._five.show(partial(last_five, results=session.last_results(row), now=now))
        many = f"of {seen.total:,} {seen.only}".rstrip() if seen else ""
        listed = f"{many} · {moment(seen.when, now)}" if seen and seen.total else ""
        self._blobs.show(partial(newest, seen=seen, key=browses, now=datetime.now(UTC)), listed)
        self._secrets.show(partial(secrets, row=row, key=key))
        own = session.workspace.shown_path
        self._origin.show(partial(origin, row=row, own=own, key=key))


def _wrong(width: int, row: Row) -> Lines:
    """The problems that have to be mended before it can be tested."""
    assert row.entry is not None
    lines = wrapped("It has to be mended before it can be tested.", width, MUTED)
    for problem in row.entry.problems:
        lines += wrapped(f"⚠ {printable(problem.message)}", width, "$warning")
    return lines
