"""Completes a path that is being typed with what is on the disk. It blocks: use threads."""

from __future__ import annotations

import os
from typing import Final

from storage_core.errors import ConfigurationError
from storage_core.paths import absolute

_MOST: Final = 10_000
"""Entries of a folder that are looked at."""


def completed(typed: str) -> str:
    """The path with its last name completed to the first match; empty if there is none.

    A folder gets a slash behind it. Hidden names match only if their dot is typed.
    """
    head, slash, begun = typed.rpartition("/")
    if not begun:
        return ""
    found: list[str] = []
    try:
        with os.scandir(absolute(head + slash or ".")) as entries:
            for entry, _ in zip(entries, range(_MOST), strict=False):
                if entry.name.startswith(begun) and entry.name.isprintable():
                    found.append(f"{entry.name}/" if entry.is_dir() else entry.name)
    except (OSError, ValueError, ConfigurationError):
        return ""
    return f"{head}{slash}{min(found)}" if found else ""
