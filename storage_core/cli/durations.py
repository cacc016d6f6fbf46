"""Parses spans of time on a command line: `30d`."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from storage_core.cli.errors import WrongUsage

_UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}
_WORDS: Final = "s (seconds), m (minutes), h, d, w or y (365 days)"


def duration(option: str, text: str, example: str) -> timedelta:
    """Parse a span of time.

    Args:
        option: the option that has this value, for messages.
        text: a whole number and a unit.
        example: a usual value, for messages.

    Raises:
        WrongUsage: it is not a span of time, is too long, or is zero.
    """
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdigit() and unit in _UNITS):
        why = "has no unit" if text.isascii() and text.isdigit() else "is no span of time"
        raise WrongUsage(f"{option} {text!r} {why}; write a number and {_WORDS}: {example}")
    try:
        span = int(number) * _UNITS[unit]
    except (OverflowError, ValueError):
        raise WrongUsage(f"{option} is longer than calendars go; write less: {example}") from None
    if not span:
        raise WrongUsage(f"{option} must be more than 0, such as {example}")
    return span
