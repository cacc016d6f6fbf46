"""Time zones of frames: those that Parquet, which keeps their names only, gives back the same."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo


def is_kept(zone: Any) -> bool:
    """Whether its name in Arrow leads back to it: `Europe/Berlin`, `UTC` or `+05:30`."""
    if type(zone) is timezone:
        offset = zone.utcoffset(None)
        # One with a name of its own is equal to the one without it, but looks different.
        return not offset % timedelta(minutes=1) and repr(zone) == repr(timezone(offset))
    if type(zone) is not ZoneInfo or zone.key is None:
        return False
    try:
        # One read from a file may have any key.
        return ZoneInfo(zone.key) is zone
    except (KeyError, ValueError, OSError):
        return False


def is_known(name: str | None) -> bool:
    """Whether there is a zone here by the name that a column of Arrow has; None is none."""
    from pyarrow.lib import ArrowInvalid, string_to_tzinfo

    try:
        return name is None or string_to_tzinfo(name) is not None
    except ArrowInvalid:
        return False


def named_utc(frame: Any, pandas: Any) -> list[int]:
    """Where a frame has `ZoneInfo("UTC")`; Parquet does not tell it from `datetime.UTC`.

    Columns are counted from 0 up, the levels of the index from -1 down.
    """
    columns = [n for n, dtype in enumerate(frame.dtypes) if _is_named_utc(dtype)]
    levels = _levels(frame.index, pandas)
    return columns + [~n for n, level in enumerate(levels) if _is_named_utc(level.dtype)]


def restore_utc(frame: Any, named: list[int], pandas: Any) -> None:
    """Make `ZoneInfo("UTC")`, which pyarrow gives, pandas' own again where it is not `named`."""
    for n in {*named_utc(frame, pandas)} - {*named}:
        if n >= 0:
            # As a series, since an array would be copied.
            frame.isetitem(n, frame.iloc[:, n].dt.tz_convert(UTC))
        elif isinstance(frame.index, pandas.MultiIndex):
            levels = _levels(frame.index, pandas)
            levels[~n] = levels[~n].tz_convert(UTC)
            frame.index = frame.index.set_levels(levels)
        else:
            frame.index = frame.index.tz_convert(UTC)


def _is_named_utc(dtype: Any) -> bool:
    zone = getattr(dtype, "tz", None)
    return isinstance(zone, ZoneInfo) and zone.key == "UTC"


def _levels(index: Any, pandas: Any) -> list[Any]:
    return [*index.levels] if isinstance(index, pandas.MultiIndex) else [index]
