"""Sizes as people read them, on screens and in commands alike."""

from __future__ import annotations


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
