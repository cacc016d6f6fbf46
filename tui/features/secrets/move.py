"""Moves the plain secrets of a configuration out of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.printable import printable
from tui.features.secrets.dialog import MoveDialog
from tui.session.sources import proposed

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from storage_core.declaration.setting import Setting
    from tui.kit.screen import BaseScreen
    from tui.session.session import Session
    from tui.session.snapshot import Row


async def move_secrets(screen: BaseScreen[object], session: Session, row: Row) -> None:
    """Move the secrets of a configuration one by one, asking for the place of each."""
    for number, setting in enumerate(row.plain, 1):
        place = f" ({number} of {len(row.plain)})" if len(row.plain) > 1 else ""
        await _move(screen, session, row, setting, f"Move {setting.label} of {row.name}{place}")


async def _move(
    screen: BaseScreen[object], session: Session, row: Row, setting: Setting, title: str
) -> None:
    assert row.entry is not None
    cls = row.entry.cls
    secrets = [each for each in (cls.settings() if cls else ()) if each.secret]
    held = sum(1 for each in secrets if row.entry.table.get(each.name))
    places = proposed(row.name, setting.name, only=held == 1)

    def move(reference: str) -> Awaitable[None]:
        return session.jobs.run(
            "saving", lambda: session.workspace.move_secret(row.name, setting.name, reference)
        )

    reference = await screen.ask(MoveDialog(title, places, move))
    await session.reload()
    if reference is not None:
        screen.app.say(
            f"Moved {setting.label} of {printable(row.name)} to {printable(reference)}. "
            "Earlier changes cannot be undone any more: they held it."
        )
