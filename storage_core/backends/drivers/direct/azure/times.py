"""Times in HTTP's form: `Sun, 29 Nov 2026 04:05:06 GMT`.

Written and read by hand, since loading `email.utils` takes 12 ms.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from storage_core.backends.base import in_utc

if TYPE_CHECKING:
    from datetime import datetime

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def written(seconds: float) -> str:
    """The text for a moment, given in seconds since 1970."""
    year, month, day, hour, minute, second, weekday, _, _ = time.gmtime(seconds)
    return (
        f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year:04} "
        f"{hour:02}:{minute:02}:{second:02} GMT"
    )


def read(text: str) -> datetime | None:
    """The moment that a text stands for; None if it is not a time."""
    from datetime import UTC, datetime

    if text[25:] != " GMT":
        return _of_another_form(text)
    try:
        month = _MONTHS.index(text[8:11]) + 1
        hour, minute, second = int(text[17:19]), int(text[20:22]), int(text[23:25])
        day, year = int(text[5:7]), int(text[12:16])
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return _of_another_form(text)


def _of_another_form(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime

    try:
        return in_utc(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
