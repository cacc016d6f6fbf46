"""What other features open here, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.features.blobs.screen import BrowseScreen

if TYPE_CHECKING:
    from tui.kit.screen import BaseScreen
    from tui.session.session import Session
    from tui.session.snapshot import Row


async def blobs(screen: BaseScreen[object], session: Session, row: Row) -> None:
    """Look at the blobs of a storage."""
    await screen.ask(BrowseScreen(session, row))
