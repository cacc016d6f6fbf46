"""`ListCommands`: what commands on the list work with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.features.configurations.rows import Rows
    from tui.kit.screen import FullScreen
    from tui.session.session import Session
    from tui.session.snapshot import Row


class ListCommands:
    """Some commands on the list.

    Args:
        screen: where they are.
        session: what they work on.
        rows: what the list shows.
    """

    def __init__(self, screen: FullScreen[None], session: Session, rows: Rows) -> None:
        self._screen, self._session, self._rows = screen, session, rows
        self._app = screen.app


def about(row: Row) -> str:
    """What a question is about: a name alone may say little."""
    return " · ".join(filter(None, (row.type, row.location)))
