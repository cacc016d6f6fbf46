"""The commands of an export."""

from __future__ import annotations

from typing import Final

from tui.kit.commands import APP, Command

FORM_KEYS: Final = {
    "rclone": "r",
    "fsspec": "f",
    "msc": "m",
    "python": "p",
    "env": "e",
    "json": "n",
    "toml": "t",
}
"""The letter that chooses each form, in the order of the digits that do so too."""

EXPORT: Final = (
    *(
        Command(
            f"as_{form}",
            (str(number), letter),
            form,
            f"Export in the form {form}.",
            "Form",
            yields=True,
        )
        for number, (form, letter) in enumerate(FORM_KEYS.items(), 1)
    ),
    Command("previous_form", ("left", "h"), "Previous", "The form before.", "Form", was="previous"),
    Command("next_form", ("right", "l"), "Next", "The form behind.", "Form", was="next"),
    Command(
        "copy_export", ("c",), "Copy", "Put the text on the clipboard.", "Export", True, yields=True
    ),
    Command(
        "write_export", ("w",), "Write", "Write it to a file of yours.", "Export", True, yields=True
    ),
    Command(
        "with_secrets",
        ("s",),
        "With secrets",
        "Copy and write secrets as they are, looked up where they are references; or not.",
        "Export",
        True,
    ),
    Command("scroll_up", ("pageup", "up", "k"), "Up", "See the text above.", "View", was="up"),
    Command(
        "scroll_down", ("pagedown", "down", "j"), "Down", "See the text below.", "View", was="down"
    ),
    Command("leave", ("escape", "q"), "Close", "Back to the list of storages.", APP, True),
)
