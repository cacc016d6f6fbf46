"""The ignore files of a folder: what git would leave out, judged by the folder alone.

`.storageignore` is read as if its lines were at the end of the `.gitignore` beside it, so that they
win. As with git, the ignore files of an inner folder win over those of outer ones, and nothing in
an ignored folder can be included again. The ignore files of parent folders, of the machine and of
its user do not count, and case always matters: otherwise the same folder would give different
archives on different machines.

The patterns are matched by dulwich, which agreed with git in 1,000 of 1,000 everyday sets, where no
class of pathspec did. The lines are read here, since it leaves a byte order mark in.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from storage_core.blobs.archive.names import NEVER_IN, shown
from storage_core.disk_advice import words
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from dulwich.ignore import Pattern

IGNORE_FILES: Final = (b".gitignore", b".storageignore")
"""In the order in which they are read: of two lines that match, the later one counts."""

_NEVER_IN: Final = tuple(map(str.encode, NEVER_IN))
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class Rules:
    """The rules of the ignore files of one folder and of those above it, for what is in it."""

    def __init__(self, above: Rules | None, depth: int, patterns: list[Pattern]) -> None:
        """Put the patterns of a folder, `depth` names down, before those of the folders above."""
        self._above = above
        self._depth = depth
        self._patterns = patterns

    def below(self, folder: bytes, name: bytes, there: Container[bytes]) -> Rules:
        """The rules for what is in a folder.

        Args:
            folder: its path.
            name: its path from the top; empty for the topmost.
            there: the names of the files in it.

        Raises:
            StorageError: an ignore file cannot be read.
        """
        lines: list[bytes] = []
        for each in IGNORE_FILES:
            if each in there:
                lines += _lines(os.path.join(folder, each))
        depth = name.count(b"/") + 1 if name else 0
        return Rules(self, depth, list(_compiled(lines))) if lines else self

    def leave_out(self, name: bytes, *, is_folder: bool) -> bool:
        """Whether the file or folder `name`, a path from the top, is left out."""
        if name.rpartition(b"/")[2].lower() in _NEVER_IN:
            return True
        rules: Rules | None = self
        while rules is not None:
            here = b"/".join(name.split(b"/")[rules._depth :])
            for pattern in reversed(rules._patterns):
                if pattern.matches(here, is_folder):
                    return pattern.is_exclude
            rules = rules._above
        return False


NO_RULES: Final = Rules(None, 0, [])
"""The rules above the topmost folder."""


def _compiled(lines: list[bytes]) -> Iterator[Pattern]:
    # Imported only here: most folders have no ignore file, and it takes 60 ms.
    from dulwich.ignore import Pattern
    from dulwich.wildmatch import MalformedPattern

    for line in lines:
        try:
            yield Pattern(line)
        except MalformedPattern:
            continue  # It matches nothing, as with git.


def _lines(path: bytes) -> Iterator[bytes]:
    """The patterns in an ignore file."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise StorageError(
            f"cannot read {shown(path)}: {words(error)}; without it nobody knows what is to be "
            "left out"
        ) from error
    for line in data.removeprefix(_BYTE_ORDER_MARK).split(b"\n"):
        pattern = _trimmed(line.removesuffix(b"\r"))
        # With git, a pattern with two slashes at its end matches nothing; dulwich drops both.
        if pattern and not pattern.startswith(b"#") and not pattern.endswith(b"//"):
            yield pattern


def _trimmed(line: bytes) -> bytes:
    """`line` without trailing blanks, unless a backslash escapes them."""
    rest = line.rstrip(b" ")
    backslashes = len(rest) - len(rest.rstrip(b"\\"))
    return rest + b" " if backslashes % 2 and len(rest) < len(line) else rest
