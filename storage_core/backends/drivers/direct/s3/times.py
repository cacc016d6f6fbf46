"""Reads the times in S3's answers, without loading general parsers of times."""

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
    """The time that a server gave, in UTC; None if it gave none, or it is not a time."""
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
    """The moment in UTC; one without a zone counts as UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
