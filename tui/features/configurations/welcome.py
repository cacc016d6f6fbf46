"""What the first screen says where there are no configurations to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from storage_core.printable import printable

if TYPE_CHECKING:
    from tui.kit.commands import KeyOf
    from tui.session.snapshot import Snapshot

_KEY = "bold $footer-key-foreground"


def newcomer(snapshot: Snapshot, key: KeyOf) -> Content:
    """Nothing is configured yet: what this is for, and how to begin."""
    return Content.assemble(
        ("No storage is configured yet\n\n", "bold $text"),
        ("Give each place that keeps results and flow code a name: a folder, a bucket, a "),
        ("container. Programs then ask for it by that name, or for the default.\n\n"),
        (key("new", "n"), _KEY),
        "  creates the first one\n",
        (key("import", "i"), _KEY),
        "  imports what other tools have already\n",
        *_restorable(snapshot, key),
        (key("help", "?"), _KEY),
        "  shows every key",
    )


def unreadable(snapshot: Snapshot, key: KeyOf) -> Content:
    """The whole file cannot be read: why, and how to get it back."""
    return Content.assemble(
        ("⚠ The configuration file cannot be read\n\n", "bold $warning"),
        (f"{snapshot.problem}\n\n", "$text"),
        "The app leaves the file alone until it can be read, and looks again when it changes.",
        "\n\n",
        (key("open_file", "o"), _KEY),
        "  opens it in your editor, at the line that is wrong\n",
        *_restorable(snapshot, key),
    )


def nothing_found(words: str) -> str:
    """No configuration has these words in it."""
    return f'Nothing matches "{printable(words.strip())}". Esc clears the filter.'


def _restorable(snapshot: Snapshot, key: KeyOf) -> list[str | tuple[str, str]]:
    if not snapshot.versions:
        return []
    many = snapshot.versions > 1
    some = f"one of {snapshot.versions} earlier versions" if many else "the earlier version"
    return [(key("versions", "v"), _KEY), f"  brings back {some} of the file\n"]
