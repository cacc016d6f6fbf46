"""Ages and durations as people read them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

_AGES: Final = (
    (365 * 86400, "year"),
    (30 * 86400, "month"),
    (86400, "day"),
    (3600, "h"),
    (60, "min"),
)


FUTURE: Final = "in future"
"""The age of a moment later than now, beyond a small difference of clocks."""

_SKEW: Final = 3600
_LONG_AGO: Final = 1000 * 365 * 86400


def local_time(moment: datetime) -> str:
    """The moment to the second, in local time if that can express it, else in UTC."""
    try:
        local = moment.astimezone()
    except (ValueError, OverflowError, OSError):
        local = moment
    # Not by %Y, which does not fill up the years before 1000.
    return f"{local.replace(microsecond=0, tzinfo=None).isoformat(' ')} {local:%Z}"


def human_age(modified: datetime | None, now: datetime) -> str:
    """How long ago `modified` was, in at most 9 characters; "—" if it is unknown."""
    if modified is None:
        return "—"
    seconds = (now - modified).total_seconds()
    if seconds < -_SKEW:
        return FUTURE
    if seconds >= _LONG_AGO:
        return "long ago"
    for length, unit in _AGES:
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 and length >= 86400 else ''}"
    return "just now"


_SHORT: Final = ((365 * 86400, "y"), (86400, "d"), (3600, "h"), (60, "m"))


def short_age(moment: datetime, now: datetime) -> str:
    """How long ago `moment` was, in at most 4 characters: `3 d`."""
    seconds = (now - moment).total_seconds()
    for length, unit in _SHORT:
        count = int(seconds // length)
        if unit == "d" and count > 99:
            return f"{count // 7} w"
        if count >= 1:
            return f"{min(count, 99)} {unit}"
    return "now"


def milliseconds(seconds: float) -> str:
    """A duration as people read it."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def moment(when: datetime, now: datetime) -> str:
    """The time of day, after the date if that is not today; both in local time."""
    if when.date() == now.date():
        return f"{when:%H:%M}"
    # Not by %Y, which does not fill up the years before 1000.
    return f"{when:%m-%d %H:%M}" if when.year == now.year else when.date().isoformat()
