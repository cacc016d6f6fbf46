"""The screen for importing, and how a person works with it."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.driving import press, settle
from tui.features.importing.screen import ImportScreen

SECRET = token_hex(16)
PASTED = token_hex(16)
ENCRYPTED = "RCLONE_ENCRYPT_V0:\nAAAA\n"


def rows(pilot: Pilot[Any]) -> dict[str, Any]:
    """What the screen shows, by name."""
    screen = pilot.app.screen
    assert isinstance(screen, ImportScreen)
    return {each.name: each for each in screen.table.rows}


async def go_to(pilot: Pilot[Any], name: str) -> None:
    """Put the cursor on this row."""
    screen = pilot.app.screen
    assert isinstance(screen, ImportScreen)
    screen.table.cursor = [each.name for each in screen.table.rows].index(name)
    await settle(pilot)


async def paste(pilot: Pilot[Any], text: str) -> None:
    """Paste text as a terminal does."""
    from textual import events

    pilot.app.post_message(events.Paste(text))
    await settle(pilot)


async def fill(pilot: Pilot[Any], text: str) -> None:
    """Put text in the field that has the focus, and press Enter."""
    field = pilot.app.focused
    assert isinstance(field, Input)
    field.value = text
    await press(pilot, "enter")
