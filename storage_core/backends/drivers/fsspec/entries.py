"""Reads what file systems tell about a file, each in its own form."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from storage_core.backends.base import in_utc, time_at

_TIMES: Final = ("mtime", "modified", "last_modified", "LastModified", "updated", "created")


def time_of(entry: dict[str, Any]) -> datetime | None:
    """When a file was written, in whichever form the file system gives it; None if unknown."""
    for name in _TIMES:
        value = entry.get(name)
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                continue
        if isinstance(value, int | float):
            return time_at(value)
        if isinstance(value, datetime):
            return in_utc(value)
    return None
