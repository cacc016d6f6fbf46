"""What the browse screen says when there are no blobs to show."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from textual.content import Content

from storage_core.paths import command
from storage_core.printable import printable
from tui.features.blobs.acting import opening

if TYPE_CHECKING:
    from tui.kit.commands import KeyOf
    from tui.session.snapshot import Row


def broken(problem: str, key: KeyOf, *, some: bool, shown: bool) -> Content:
    """Say that listing failed.

    Args:
        problem: why, fit for drawing.
        key: the keys of commands.
        some: whether some blobs were listed before.
        shown: whether there are rows below.
    """
    head = "Not all blobs could be listed" if some else "The blobs cannot be listed"
    return Content.assemble(
        (f"⚠ {head}\n", "bold $warning"),
        (f"{problem}\n", "$foreground"),
        "" if shown else "\n",
        *_key(key("reload", "f5"), "tries again"),
    )


def nothing_found(filtered: str, key: KeyOf) -> Content:
    """Say that there are blobs, but none that matches the filter."""
    return Content.assemble(
        ("Nothing here\n", "bold $foreground"),
        "No key has that in it.\n" if filtered else "There is no blob of this kind.\n",
        *(_key("Esc", "shows all again") if filtered else _key(key("all_kinds", "1"), "shows all")),
    )


def empty_folder(folder: str, key: KeyOf) -> Content:
    """Say that a folder is empty; an empty name stands for the location."""
    where = printable(folder) or "this place"
    way = _key(key("up", "←"), "goes up") if folder else _key(key("reload", "f5"), "looks again")
    said = f"There is nothing in {where}.\n"
    return Content.assemble(("Nothing here\n", "bold $foreground"), said, *way)


def empty(row: Row, path: str, key: KeyOf) -> Content:
    """Say that there is no blob in this storage, and how to write one.

    Args:
        row: the storage.
        path: the configuration file.
        key: the keys of commands.
    """
    said = [
        Content.styled("No blobs yet\n\n", "bold $foreground"),
        Content("A program writes one with\n\n"),
        Content.styled(
            f'    {printable(opening(row))}\n    key = store.write(b"…")\n\n', "$foreground"
        ),
    ]
    if row.entry or row.default:
        to = "" if row.default else f" --to {shlex.quote(row.name)}"
        write = command(f"write FILE{to}", path)
        said += [
            Content("and the command line with\n\n"),
            Content.styled(f"    {printable(write)}\n\n", "$foreground"),
        ]
    return Content.assemble(*said, *_key(key("reload", "f5"), "looks again"))


def _key(key: str, what: str) -> tuple[tuple[str, str], str]:
    return (key, "bold $footer-key-foreground"), f"  {what}"
