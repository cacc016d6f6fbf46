"""All commands of the app, as `[app.keys]` may name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui.features.blobs.commands import BROWSE, PREVIEW
from tui.features.check.commands import TEST
from tui.features.configurations.commands import LIST
from tui.features.doctor.commands import DOCTOR
from tui.features.exporting.commands import EXPORT
from tui.features.form.commands import FORM
from tui.features.importing.commands import IMPORT
from tui.kit.keymap import Keymap

SCREENS: Final = {
    "The list": LIST,
    "The form": FORM,
    "The connection test": TEST,
    "The blobs": BROWSE,
    "One blob": PREVIEW,
    "Import": IMPORT,
    "Export": EXPORT,
    "The doctor": DOCTOR,
}
"""The commands of each screen, by the screen's name in messages."""

ALL: Final = tuple(SCREENS.values())

KEYMAP: Final = Keymap(
    ALL,
    {command.name for command in FORM} - {command.name for command in LIST},
)


def keymap(tables: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """What `tables` remaps (command -> keys, in Textual's spelling), and messages on the rest."""
    accepted, notes = KEYMAP.read(tables)
    return accepted, [message for _, message in notes]


def mistakes(tables: Mapping[str, Any]) -> list[tuple[tuple[str, ...], str]]:
    """Messages about what is ignored, each with the path of that key in the file."""
    return KEYMAP.read(tables)[1]
