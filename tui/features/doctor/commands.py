"""The commands of the doctor."""

from __future__ import annotations

from typing import Final

from tui.kit.commands import APP, HELP, JUMP, PALETTE, THEME, Command

DOCTOR: Final = (
    Command("reload", ("f5",), "Again", "Look at everything again.", "Report", True),
    Command(
        "copy_report",
        ("c",),
        "Copy report",
        "Put the report on the clipboard; no secret is in it.",
        "Report",
        True,
    ),
    PALETTE,
    JUMP,
    THEME,
    HELP,
    Command("leave", ("escape", "q"), "Back", "Back to the list of storages.", APP, True),
)
