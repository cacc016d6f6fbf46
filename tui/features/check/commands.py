"""The commands of the connection test."""

from __future__ import annotations

from typing import Final

from tui.kit.commands import JUMP, Command

TEST: Final = (
    Command("save", ("ctrl+s",), "Save", "Save what works.", "Test", changes=True),
    Command("again", ("t",), "Test again", "Run the test once more.", "Test", True),
    Command("edit_settings", ("e",), "Edit", "Change its settings.", "Test"),
    Command("scroll_up", ("pageup",), "Up", "See the steps before.", "Test", was="up"),
    Command("scroll_down", ("pagedown",), "Down", "See the steps behind.", "Test", was="down"),
    JUMP,
    Command(
        "leave", ("escape", "q", "enter"), "Close", "Close; cancels a running test.", "Test", True
    ),
)
