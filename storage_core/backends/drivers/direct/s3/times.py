"""The times that S3 says, read without the parsers for every kind of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_IN_HEADERS: Final = re.compile(r"\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII)
_NAMES: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_MONTHS: Final = {name: number for number, name in enumerate(_NAMES, 1)}


def time_said(text: str | None) -> datetime | None:
    """The time that a server said, in UTC; None where it has said none, or what is no time."""
    if not text:
        return None
    try:
        if found := _IN_HEADERS.fullmatch(text):
            day, month, year, hour, minute, second = found.groups()
            month_number = _MONTHS[month]
            clock = int(hour), int(minute), int(second)
            return datetime(int(year), month_number, int(day), *clock, tzinfo=UTC)
        return _in_utc(_of_another_form(text))
    except (KeyError, ValueError, OverflowError):
        return None


def _of_another_form(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        from email.utils import parsedate_to_datetime

        return parsedate_to_datetime(text)


def _in_utc(moment: datetime) -> datetime:
    """One without a zone is taken for UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
