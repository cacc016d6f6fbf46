"""What one can do on the list of configurations."""

from __future__ import annotations

from typing import Final

from tui.kit.commands import HELP, JUMP, PALETTE, QUIT, THEME, Command

LIST: Final = (
    Command("new", ("n",), "New", "Create a storage configuration.", "Change", True, changes=True),
    Command("edit", ("e", "enter"), "Edit", "Change its settings.", "Change", True, changes=True),
    Command(
        "duplicate", ("D",), "Duplicate", "Copy it under another name.", "Change", changes=True
    ),
    Command(
        "copy_here",
        ("C",),
        "Copy here",
        "Copy it into your own file.",
        "Change",
        changes=True,
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
    Command(
        "test_all",
        ("T",),
        "Test all",
        "Test all that are shown, four at a time; once more stops it.",
        "Use",
    ),
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
        "Find by name, type, location, ID or #tag.",
        "View",
        True,
        # Before the list sees the key: what is typed right after it is no command.
        priority=True,
    ),
    Command("sort", ("s",), "Sort", "By the file, name, type or location, in turn.", "View"),
    Command(
        "import",
        ("i",),
        "Import",
        "Make configurations of what other tools know.",
        "Share",
        changes=True,
    ),
    Command(
        "export",
        ("E",),
        "Export",
        "Take it to another tool, or to a worker.",
        "Share",
    ),
    Command(
        "doctor",
        ("!",),
        "Doctor",
        "See what is used on this machine, and why.",
        "Share",
    ),
    Command("versions", ("v",), "Versions", "Bring an earlier version of the file back.", "File"),
    Command("make_private", ("F",), "Make private", "Let nobody but you read the file.", "File"),
    Command("reload", ("f5",), "Reload", "Read the configuration file again.", "File"),
    HELP,
    PALETTE,
    JUMP,
    THEME,
    QUIT,
)
