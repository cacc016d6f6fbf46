"""The commands of the list of blobs, and of the preview of one."""

from __future__ import annotations

from typing import Final

from tui.kit.commands import APP, HELP, JUMP, PALETTE, THEME, Command

_FORM: Final = Command(
    "form",
    ("v",),
    "View",
    "Show it in another way: as a table, as bytes.",
    "Preview",
    True,
    lacking="one way only",
)
_COLUMNS: Final = (
    Command(
        "columns_right",
        (">", "shift+right"),
        "Columns",
        "Show the next columns.",
        "Preview",
        lacking="no more columns",
    ),
    Command(
        "columns_left",
        ("<", "shift+left"),
        "Columns back",
        "Show those before.",
        "Preview",
        lacking="no columns before",
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
    Command("choose", ("a",), "Choose", "Choose several for w x c.", "Blob", yields=True),
    Command("choose_all", ("A",), "Choose all", "Choose all, or none.", "Blob", yields=True),
    Command(
        "filter",
        ("/",),
        "Filter",
        "Find by any part of the key.",
        "View",
        True,
        lacking="being typed",
    ),
    Command("sort", ("s",), "Sort", "By age, name or size, in turn.", "View", True),
    Command("all_kinds", ("1",), "All", "Show blobs of both kinds.", "View"),
    Command("only_flows", ("2",), "Flows", "Show blobs of the kind flows only.", "View"),
    Command("only_results", ("3",), "Results", "Show blobs of the kind results only.", "View"),
    Command(
        "folders",
        ("4",),
        "Folders",
        "Show everything below the location, folder by folder, whoever put it there.",
        "View",
    ),
    Command(
        "all_below",
        ("5",),
        "Files",
        "Show everything below the location, or below the folder, in one list.",
        "View",
    ),
    Command(
        "up",
        ("left", "h"),
        "Up",
        "Show the folder above, as Backspace does.",
        "View",
        lacking="no folder above",
    ),
    Command(
        "into",
        ("right", "l"),
        "Into",
        "Show what is in the folder.",
        "View",
        yields=True,
        lacking="no folder",
    ),
    Command(
        "go_to",
        ("ctrl+l",),
        "Go to",
        "Type the path of a folder, or go to one of before.",
        "View",
        yields=True,
    ),
    Command("reload", ("f5",), "Reload", "List the blobs again.", "View"),
    Command(
        "beside",
        ("P",),
        "Beside",
        "Show what is in the blob beside the list, or no more; there has to be room for it.",
        "Preview",
        yields=True,
        lacking="no room",
    ),
    _FORM._replace(footer=False, yields=True),
    *(each._replace(yields=True) for each in _COLUMNS),
    PALETTE,
    JUMP,
    THEME,
    HELP,
    Command("leave", ("escape", "q"), "Back", "Back to the list of storages.", APP, True),
)

PREVIEW: Final = (
    _FORM,
    Command(
        "previous",
        ("left", "h", "K"),
        "Previous",
        "Look into the blob above it; in a table the arrows lead to other cells.",
        "Blob",
        True,
        yields=True,
        lacking="the first",
    ),
    Command(
        "next",
        ("right", "l", "J"),
        "Next",
        "Look into the blob below it; in a table the arrows lead to other cells.",
        "Blob",
        True,
        yields=True,
        lacking="the last",
    ),
    Command(
        "copy_cell",
        ("C",),
        "Copy cell",
        "Put what is in the cell on the clipboard.",
        "Preview",
        True,
        yields=True,
        lacking="no value",
    ),
    *_COLUMNS,
    *(
        command._replace(footer=command.name in ("download", "delete"))
        for command in BROWSE
        if command.name in ("download", "delete", "copy_key", "copy_snippet")
    ),
    Command("reload", ("f5",), "Reload", "Read the blob again.", "Blob"),
    PALETTE,
    JUMP,
    THEME,
    HELP,
    Command("leave", ("escape", "q"), "Back", "Back to the list of blobs.", APP, True),
)
