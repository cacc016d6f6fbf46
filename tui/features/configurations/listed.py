"""`ListCommands`: the base of commands on the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.features.configurations.rows import Rows
    from tui.kit.screen import FullScreen
    from tui.session.session import Session
    from tui.session.snapshot import Row


class ListCommands:
    """A group of commands on the list.

    Args:
        screen: the screen that has them.
        session: what they work on.
        rows: what the list shows.
    """

    def __init__(self, screen: FullScreen[None], session: Session, rows: Rows) -> None:
        self._screen, self._session, self._rows = screen, session, rows
        self._app = screen.app


def about(row: Row) -> str:
    """Describe a row for a question, since its name alone may say little."""
    return " · ".join(filter(None, (row.type, row.location)))
