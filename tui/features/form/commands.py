"""The commands of the form."""

from __future__ import annotations

from typing import Final

from tui.kit.commands import APP, JUMP, PALETTE, THEME, Command

FORM: Final = (
    Command(
        "save",
        ("ctrl+s",),
        "Save",
        "Write the settings into the file.",
        "Form",
        True,
        priority=True,
        changes=True,
    ),
    Command(
        "leave",
        ("escape",),
        "Back",
        "Back to the list; asks when there are changes.",
        "Form",
        True,
    ),
    Command(
        "reveal",
        ("f2",),
        "Reveal",
        "Show the secret in this field for 10 seconds.",
        "Form",
        True,
        priority=True,
    ),
    Command(
        "source",
        ("f6",),
        "Source",
        "Choose where a secret is kept: here, in a variable, a file or the keyring.",
        "Form",
        True,
        priority=True,
    ),
    Command(
        "advanced",
        ("f3",),
        "Advanced",
        "Show or hide the settings that few need.",
        "Form",
        True,
        priority=True,
    ),
    Command(
        "try_out",
        ("f4",),
        "Test",
        "Test the connection with what the form says, before saving.",
        "Form",
        True,
        priority=True,
    ),
    Command(
        "take_back",
        ("ctrl+z",),
        "Take back",
        "Empty the fields again that a pasted block of credentials has filled.",
        "Form",
    ),
    # No priority over the fields: `:` and letters, to which it may be remapped, are typed there.
    PALETTE._replace(keys=("ctrl+p",)),
    JUMP,
    THEME,
    Command("help", ("f1",), "Help", "Show every key of this screen.", APP, True),
)
