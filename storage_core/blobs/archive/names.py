"""The names in an archive: each is a safe path, and no two are the same name on any system."""

from __future__ import annotations

from typing import Final
from unicodedata import normalize

from storage_core.printable import printable

MAX_DEPTH: Final = 100
"""The most names in one path. Otherwise every file could add any number of folders."""

MAX_BYTES: Final = 4096
"""The most bytes of a path: the limit of Linux."""


NEVER_IN: Final = (".git", "__pycache__")
"""Names that no archive holds: git and Python run what they find in such folders, unnoticed."""


class NameClash(ValueError):
    """Two names clash; the message says which."""


class Names:
    """The names of one archive, including the folders in their paths."""

    def __init__(self) -> None:
        """Begin with none."""
        self._spelt: dict[str, tuple[str, bool]] = {}

    def __len__(self) -> int:
        """How many files and folders there are."""
        return len(self._spelt)

    def add(self, name: str, *, is_folder: bool = False) -> None:
        """Add a name.

        Raises:
            NameClash: it is there already, differs from another only in case or Unicode normal
                form, or is a file where another one needs a folder.
        """
        parts = name.split("/")
        folded = ""
        for count, part in enumerate(parts, start=1):
            folded += f"/{_folded(part)}"
            spelt = "/".join(parts[:count])
            is_whole = count == len(parts)
            entry = (spelt, is_folder or not is_whole)
            known = self._spelt.setdefault(folded, entry)
            if known is not entry and (known != entry or (is_whole and not is_folder)):
                raise NameClash(_clash(known, entry))


def fault_of(name: str) -> str:
    """Why an archive cannot hold a path of this name; empty where it can."""
    if not name or name.startswith("/"):
        return "is no path inside a folder"
    parts = name.split("/")
    if "" in parts or "." in parts or ".." in parts:
        return "has an empty name, . or .. in it"
    if any(part.lower() in NEVER_IN for part in parts):
        return f"has {' or '.join(NEVER_IN)} in it, which flow code never has"
    if "\0" in name:
        return "has a NUL in it"
    if len(parts) > MAX_DEPTH:
        return f"lies more than {MAX_DEPTH} folders deep"
    if len(name.encode()) > MAX_BYTES:
        return f"is longer than {MAX_BYTES} bytes"
    return ""


def composed(name: str) -> str:
    """`name` in normal form C, which all names in archives have: some systems return others."""
    return name if name.isascii() else normalize("NFC", name)


def shown(name: str | bytes) -> str:
    """A name for a one-line message; it may be in an unknown encoding."""
    text = name.decode("utf-8", "backslashreplace") if isinstance(name, bytes) else name
    return printable(text)


def _folded(part: str) -> str:
    if part.isascii():
        return part.lower()
    return normalize("NFD", normalize("NFD", part).casefold())


def _clash(known: tuple[str, bool], entry: tuple[str, bool]) -> str:
    (name, is_folder), (other, is_other_folder) = known, entry
    if name != other:
        if composed(name) == composed(other):
            return f"{name!a} and {other!a} are one name in another normal form"
        return f"{shown(name)} and {shown(other)} are one name where case does not count"
    if is_folder != is_other_folder:
        return f"{shown(name)} is both a file and a folder"
    return f"{shown(name)} is there twice"
