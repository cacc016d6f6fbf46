"""The commands of the import screen."""

from __future__ import annotations

from typing import Final

from tui.kit.commands import APP, HELP, JUMP, PALETTE, THEME, Command

IMPORT: Final = (
    Command(
        "import_chosen",
        ("enter",),
        "Import",
        "Import what is chosen, in one step.",
        "Import",
        True,
        changes=True,
    ),
    Command("toggle", ("space",), "Choose", "Choose it, or leave it out.", "Import", True),
    Command("toggle_all", ("a",), "All", "Choose all, or none.", "Import", yields=True),
    Command("rename", ("r",), "Name", "Give it another name.", "Import", True),
    Command(
        "answer",
        ("b",),
        "Bucket",
        "Say which bucket, container or folder it is, where its tool does not.",
        "Import",
        True,
        yields=True,
    ),
    Command(
        "move_secret",
        ("m",),
        "Secret",
        "Keep its secret in the file, in the keyring or in a file of its own, in turn.",
        "Import",
        True,
    ),
    Command(
        "elsewhere",
        ("o",),
        "File",
        "Look into a file or folder of another tool that is in no usual place.",
        "Import",
        True,
        yields=True,
    ),
    Command("reload", ("f5",), "Look again", "Look into all files again.", "View"),
    PALETTE,
    JUMP,
    THEME,
    HELP,
    Command("leave", ("escape", "q"), "Back", "Stop looking; or back to the list.", APP, True),
)
