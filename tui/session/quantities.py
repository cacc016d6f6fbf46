"""Sizes, ages and durations as people read them."""

from __future__ import annotations

from datetime import datetime
from typing import Final


def human_size(size: int | None) -> str:
    """A number of bytes as people read it, in at most 8 characters; "—" if it is unknown."""
    if size is None:
        return "—"
    if size < 1024:
        return f"{size} B"
    value = float(size)
    for unit in ("KiB", "MiB", "GiB", "TiB", "PiB"):
        value /= 1024
        if value < 1023.5 or unit == "PiB":
            break
    return f"{value:.0f} {unit}" if value >= 99.95 else f"{value:.1f} {unit}"


_AGES: Final = (
    (365 * 86400, "year"),
    (30 * 86400, "month"),
    (86400, "day"),
    (3600, "h"),
    (60, "min"),
)


def human_age(modified: datetime | None, now: datetime) -> str:
    """How long ago that was, in at most 9 characters; "—" if it is unknown."""
    if modified is None:
        return "—"
    seconds = (now - modified).total_seconds()
    for length, unit in _AGES:
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 and length >= 86400 else ''}"
    return "just now"


def milliseconds(seconds: float) -> str:
    """A duration as people read it."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
