"""Every command of the app, declared once.

Bindings, footer, help panel, command palette and the names in `[app.keys]` are all made from these
declarations, so they use the same words. The command `new` is its screen's method `action_new`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from textual.binding import Binding

KeyOf: TypeAlias = Callable[[str, str], str]
"""The key of a command as it is shown: the one it is remapped to, else the usual one, given."""


class Command(NamedTuple):
    """One thing a person can do on a screen."""

    name: str
    """Its name in `[app.keys]`, and of the screen's action."""

    keys: tuple[str, ...]
    """Its keys, in Textual's spelling; the first is shown."""

    label: str
    tooltip: str
    """One sentence: what happens."""

    group: str
    footer: bool = False
    priority: bool = False
    """Goes before what the focused widget would do with the key."""

    changes: bool = False
    """Writes the configuration file: not possible while that is read-only."""


HELP: Final = Command("help", ("?", "f1"), "Help", "Show every key of this screen.", "App", True)
PALETTE: Final = Command(
    "palette", ("ctrl+p", ":"), "Commands", "Find any command by typing part of its name.", "App"
)
THEME: Final = Command("theme", ("f8",), "Theme", "Choose how the app looks.", "App")
QUIT: Final = Command(
    "quit", ("q",), "Quit", "Leave the app. Ctrl+Q always works too.", "App", True
)

LIST: Final = (
    Command("new", ("n",), "New", "Create a storage configuration.", "Change", True, changes=True),
    Command("edit", ("e", "enter"), "Edit", "Change its settings.", "Change", True, changes=True),
    Command(
        "duplicate", ("D",), "Duplicate", "Copy it under another name.", "Change", changes=True
    ),
    Command(
        "rename",
        ("r",),
        "Rename",
        "Give it another name; the default goes along.",
        "Change",
        changes=True,
    ),
    Command(
        "delete", ("x", "delete"), "Delete", "Remove it; its blobs stay.", "Change", changes=True
    ),
    Command(
        "move_secret",
        ("m",),
        "Move secret",
        "Move a secret out of the file, to a keyring, a file or a variable.",
        "Change",
        changes=True,
    ),
    Command(
        "open_file",
        ("o",),
        "Open file",
        "Open the file in your $EDITOR, at this table.",
        "Change",
    ),
    Command("undo", ("u",), "Undo", "Take back the last change.", "Change", changes=True),
    Command("redo", ("ctrl+r",), "Redo", "Make it again.", "Change", changes=True),
    Command(
        "default",
        ("d",),
        "Default",
        "Make it the default; on the default: back to Temporary Local Storage.",
        "Use",
        True,
        changes=True,
    ),
    Command("test", ("t",), "Test", "Test the connection, step by step.", "Use", True),
    Command("test_all", ("T",), "Test all", "Test every connection, several at once.", "Use"),
    Command("browse", ("b",), "Browse", "Look at the blobs of this storage.", "Use", True),
    Command("copy_id", ("c",), "Copy ID", "Put its ID on the clipboard.", "Use"),
    Command(
        "copy_snippet",
        ("p",),
        "Copy Python",
        "Put the Python that opens it on the clipboard.",
        "Use",
    ),
    Command(
        "filter",
        ("/",),
        "Filter",
        "Find by name, type, location or ID.",
        "View",
        True,
        # Before the list looks at it: what is typed right behind it is no command.
        priority=True,
    ),
    Command("sort", ("s",), "Sort", "By the file, name, type or location, in turn.", "View"),
    Command("versions", ("v",), "Versions", "Bring an earlier version of the file back.", "File"),
    Command("make_private", ("F",), "Make private", "Let nobody but you read the file.", "File"),
    Command("reload", ("f5",), "Reload", "Read the configuration file again.", "File"),
    HELP,
    PALETTE,
    THEME,
    QUIT,
)

FILTER: Final = (
    Command(
        "keep_filter", ("enter",), "Keep", "Go to what was found.", "Filter", True, priority=True
    ),
    Command(
        "into_list",
        ("down", "up"),
        "To the list",
        "Go to what was found.",
        "Filter",
        True,
        priority=True,
    ),
    Command("clear_filter", ("escape",), "Show all", "Clear the filter.", "Filter", True),
)

PICKER: Final = (
    Command("choose", ("enter",), "Choose", "Go on to the form of this type.", "Type", True),
    Command("leave", ("escape",), "Back", "Back to the list.", "Type", True),
    Command("help", ("?", "f1"), "Help", "Show every key of this screen.", "App", True),
)

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
        "leave", ("escape",), "Back", "Back to the list; asks when there are changes.", "Form", True
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
    # These not before the fields: they may be remapped to a letter, and `:` is one.
    PALETTE._replace(keys=("ctrl+p",)),
    THEME,
    Command("help", ("f1",), "Help", "Show every key of this screen.", "App", True),
)

TEST: Final = (
    Command("again", ("t",), "Test again", "Run the test once more.", "Test", True),
    Command(
        "leave", ("escape", "q", "enter"), "Close", "Close; cancels a running test.", "Test", True
    ),
)

BROWSE: Final = (
    Command("preview", ("enter", "space"), "Preview", "Look into the blob.", "Blob", True),
    Command("download", ("w",), "Download", "Write it to a file of yours.", "Blob", True),
    Command("delete", ("x", "delete"), "Delete", "Remove the blob, after asking.", "Blob", True),
    Command("copy_key", ("c",), "Copy key", "Put its key on the clipboard.", "Blob", True),
    Command(
        "copy_snippet",
        ("p", "y"),
        "Copy Python",
        "Put the Python that reads it on the clipboard.",
        "Blob",
    ),
    Command("filter", ("/",), "Filter", "Find by any part of the key.", "View", True),
    Command("sort", ("s",), "Sort", "By age, name or size, in turn.", "View", True),
    Command("all_kinds", ("1",), "All", "Show blobs of both kinds.", "View"),
    Command("only_flows", ("2",), "Flows", "Show blobs of the kind flows only.", "View"),
    Command("only_results", ("3",), "Results", "Show blobs of the kind results only.", "View"),
    Command("reload", ("f5", "ctrl+r"), "Reload", "List the blobs again.", "View"),
    PALETTE,
    THEME,
    HELP,
    Command("leave", ("escape", "q"), "Back", "Back to the list of storages.", "App", True),
)

PREVIEW: Final = (
    Command("form", ("v",), "View", "As text or as bytes.", "Blob", True),
    Command("previous", ("left", "h"), "Previous", "Look into the blob above it.", "Blob", True),
    Command("next", ("right", "l"), "Next", "Look into the blob below it.", "Blob", True),
    *(
        command
        for command in BROWSE
        if command.name in ("download", "delete", "copy_key", "copy_snippet")
    ),
    Command("reload", ("f5", "ctrl+r"), "Reload", "Read the blob again.", "Blob"),
    PALETTE,
    THEME,
    HELP,
    Command("leave", ("escape", "q"), "Back", "Back to the list of blobs.", "App", True),
)

ALL: Final = (LIST, PICKER, FORM, TEST, BROWSE, PREVIEW)


def bindings(commands: tuple[Command, ...]) -> list[Binding]:
    """The bindings of a screen that has these commands."""
    return [
        Binding(
            ",".join(_spelled(key) for key in command.keys),
            command.name,
            command.label,
            tooltip=command.tooltip,
            id=command.name,
            show=command.footer,
            priority=command.priority,
        )
        for command in commands
    ]


_SHOWN: Final = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "escape": "Esc",
    "enter": "Enter",
    "delete": "Del",
    "space": "Space",
    "tab": "Tab",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def shown_key(key: str) -> str:
    """A key as people read it: `ctrl+r` is `Ctrl+R`."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    if last in _SHOWN:
        last = _SHOWN[last]
    elif len(last) > 1 or modifiers:
        last = last.upper() if len(last) < 4 else last.replace("_", " ").capitalize()
    return "+".join([*(modifier.capitalize() for modifier in modifiers), last])


def _spelled(key: str) -> str:
    # In a binding's key string the comma separates keys and these signs go by name.
    return {"?": "question_mark", "/": "slash", ":": "colon"}.get(key, key)
