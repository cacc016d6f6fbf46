"""What the first screen says when there are no configurations to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from storage_core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.kit.commands import KeyOf
    from tui.session.snapshot import Snapshot

_KEY = "bold $footer-key-foreground on $panel"


def newcomer(snapshot: Snapshot, key: KeyOf) -> Content:
    """Nothing is configured yet: what this is for, and how to begin."""
    return Content.assemble(
        ("No storage is configured yet\n\n", "bold $text"),
        ("Give each place that keeps results and flow code a name: a folder, a bucket, a "),
        ("container. Programs then ask for it by that name, or for the default.\n\n"),
        *_keys(
            (key("new", "n"), "creates the first one"),
            (key("import", "i"), "imports what other tools have already"),
            *_restorable(snapshot, key),
            (key("help", "?"), "shows every key"),
        ),
    )


def unreadable(snapshot: Snapshot, key: KeyOf) -> Content:
    """The whole file cannot be read: why, and how to get it back."""
    return Content.assemble(
        ("⚠ The configuration file cannot be read\n\n", "bold $warning"),
        (f"{snapshot.problem}\n\n", "$text"),
        "The app leaves the file alone until it can be read, and looks again when it changes.",
        "\n\n",
        *_keys(
            (key("open_file", "o"), "opens it in your editor, at the line that is wrong"),
            *_restorable(snapshot, key),
        ),
    )


def nothing_found(words: str) -> str:
    """No configuration matches the filter."""
    return f'Nothing matches "{printable(words.strip())}". Esc clears the filter.'


def _restorable(snapshot: Snapshot, key: KeyOf) -> list[tuple[str, str]]:
    if not snapshot.versions:
        return []
    many = snapshot.versions > 1
    some = f"one of {snapshot.versions} earlier versions" if many else "the earlier version"
    return [(key("versions", "v"), f"brings back {some} of the file")]


def _keys(*keys: tuple[str, str]) -> Iterator[str | tuple[str, str]]:
    """Keys and what they do, a line each, in two columns."""
    widest = max(cell_len(key) for key, _ in keys)
    for number, (key, does) in enumerate(keys):
        yield "\n" if number else ""
        yield f" {key} ", _KEY
        yield " " * (widest - cell_len(key) + 2) + does
