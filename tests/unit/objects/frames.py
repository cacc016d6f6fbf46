"""Frames of every kind that pandas has: those that Parquet keeps, and those that it changes.

Where `kept` is true, only what the list of `storage_core.blobs.objects.frames` has is drawn.
"""

from __future__ import annotations

import datetime
import decimal
from datetime import timedelta, timezone, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from dateutil import tz
from hypothesis import reject
from hypothesis import strategies as st

KEPT_NUMBERS: Final = (
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float32", "float64", "bool"),
)
NUMBERS: Final = (*KEPT_NUMBERS, "float16", "complex128", ">i4", ">f8")
KEPT_MASKED: Final = (
    *("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "boolean"),
)
MASKED: Final = (*KEPT_MASKED, "Float32", "Float64")
KEPT_UNITS: Final = ("ms", "us", "ns")
UNITS: Final = ("s", *KEPT_UNITS)


class AlwaysOne(tzinfo):
    """A zone of a program's own."""

    def utcoffset(self, _: Any, /) -> timedelta:
        return timedelta(hours=1)

    def dst(self, _: Any, /) -> timedelta:
        return timedelta()

    def tzname(self, _: Any, /) -> str:
        return "one"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AlwaysOne)

    def __hash__(self) -> int:
        return 1

    def __repr__(self) -> str:
        return "AlwaysOne()"


KEPT_ZONES: Final = (
    *("UTC", "Europe/Berlin", "America/St_Johns", "Etc/UTC", "EST"),
    *(ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")),
    *(timezone(timedelta(hours=hours, minutes=30)) for hours in (-24, -1, 0, 5, 23)),
)
OTHER_ZONES: Final = (
    *("dateutil/US/Pacific", tz.gettz("Europe/Berlin"), tz.tzlocal(), tz.tzutc()),
    *(tz.tzoffset("X", 3600), AlwaysOne(), ZoneInfo.no_cache("Europe/Berlin")),
    *(timezone(timedelta(seconds=3601)), timezone(timedelta(microseconds=1))),
    *(timezone(timedelta(0), "ZULU"), timezone(timedelta(hours=1), "UTC+01:00")),
)
TEXT: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def _times(rows: int, kind: str, unit: str) -> st.SearchStrategy[Any]:
    most = 2**62 if unit == "ns" else 2**40
    numbers = st.one_of(st.integers(-most, most), st.just(np.iinfo("int64").min))
    return st.lists(numbers, min_size=rows, max_size=rows).map(
        lambda found: np.array(found, "int64").view(f"{kind}64[{unit}]")
    )


def _numbers(dtype: str, rows: int) -> st.SearchStrategy[Any]:
    kind = np.dtype(dtype)
    size = rows * kind.itemsize
    if kind.kind == "b":
        return st.lists(st.booleans(), min_size=rows, max_size=rows).map(np.array)
    return st.binary(min_size=size, max_size=size).map(lambda found: np.frombuffer(found, kind))


def _column(draw: st.DrawFn, rows: int, *, kept: bool, index: bool = False) -> Any:
    kinds = ("numbers", "datetimes", "timedeltas", "zoned", "texts")
    if not index:
        kinds += ("masked", "periods")
    if not index and rows:
        kinds += ("categories",)
    if not kept:
        kinds = (*_COLUMNS,)
    return _COLUMNS[draw(st.sampled_from(kinds))](draw, rows, kept)


def _masked(draw: st.DrawFn, rows: int, kept: bool) -> Any:
    dtype = draw(st.sampled_from(KEPT_MASKED if kept else MASKED))
    if dtype == "boolean":
        cells: st.SearchStrategy[Any] = st.booleans()
    elif dtype.startswith("F"):
        cells = st.floats(width=32, allow_nan=False)
    else:
        limits = np.iinfo(dtype.lower())
        cells = st.integers(int(limits.min), int(limits.max))
    return pd.array(draw(st.lists(st.none() | cells, min_size=rows, max_size=rows)), dtype=dtype)


def _categories(draw: st.DrawFn, rows: int, kept: bool) -> Any:
    texts: st.SearchStrategy[Any] = st.lists(TEXT, unique=True, min_size=int(kept), max_size=4)
    labels = draw(texts if kept else texts | st.lists(st.integers(0, 9), unique=True, max_size=4))
    if kept:
        labels = pd.Index(labels, dtype="str")
    codes = st.integers(-1, len(labels) - 1)
    return pd.Categorical.from_codes(
        draw(st.lists(codes, min_size=rows, max_size=rows)), labels, ordered=draw(st.booleans())
    )


def _texts(draw: st.DrawFn, rows: int, kept: bool) -> Any:
    found = draw(st.lists(st.none() | TEXT, min_size=rows, max_size=rows))
    return pd.array(found, dtype="str" if kept else draw(st.sampled_from(("str", "string"))))


def _periods(draw: st.DrawFn, rows: int, kept: bool) -> Any:
    freq = draw(st.sampled_from(("D", "M", "Y", "h", "W-SUN", "Q-DEC", "2D")))
    numbers = st.lists(st.none() | st.integers(0, 5000), min_size=rows, max_size=rows)
    return pd.arrays.PeriodArray(
        np.array([np.iinfo("int64").min if n is None else n for n in draw(numbers)], "int64"),
        dtype=pd.PeriodDtype(freq),
    )


def _zoned(draw: st.DrawFn, rows: int, kept: bool) -> Any:
    # Within what every calendar has: elsewhere pandas has no zones.
    unit = draw(st.sampled_from(KEPT_UNITS if kept else UNITS))
    moments = draw(st.lists(st.integers(-(2**31), 2**31), min_size=rows, max_size=rows))
    plain = pd.DatetimeIndex(np.array(moments, "M8[s]").astype(f"M8[{unit}]"))
    zones = KEPT_ZONES if kept else (*KEPT_ZONES, *OTHER_ZONES)
    return plain.tz_localize("UTC").tz_convert(draw(st.sampled_from(zones)))


def _objects(draw: st.DrawFn, rows: int, kept: bool) -> Any:
    cells = st.sampled_from(
        (None, 1, 2.5, True, "a", b"b", decimal.Decimal("1.5"), datetime.date(2026, 1, 1), [1], {})
    )
    found = np.empty(rows, object)
    found[:] = draw(st.lists(cells, min_size=rows, max_size=rows))
    return found


_COLUMNS: Final[dict[str, Any]] = {
    "numbers": lambda draw, rows, kept: draw(
        _numbers(draw(st.sampled_from(KEPT_NUMBERS if kept else NUMBERS)), rows)
    ),
    "datetimes": lambda draw, rows, kept: draw(
        _times(rows, "datetime", draw(st.sampled_from(KEPT_UNITS if kept else UNITS)))
    ),
    "timedeltas": lambda draw, rows, kept: draw(
        _times(rows, "timedelta", draw(st.sampled_from(KEPT_UNITS if kept else UNITS)))
    ),
    "masked": _masked,
    "categories": _categories,
    "texts": _texts,
    "periods": _periods,
    "zoned": _zoned,
    "objects": _objects,
    "intervals": lambda draw, rows, kept: pd.interval_range(0, rows),
    "sparse": lambda draw, rows, kept: pd.arrays.SparseArray(np.zeros(rows)),
}


def _name(draw: st.DrawFn, kept: bool) -> Any:
    if kept:
        return draw(st.none() | TEXT.map("index {}".format))
    made_up = st.integers(0, 2).map("__index_level_{}__".format)
    return draw(st.none() | TEXT | st.integers(0, 2) | made_up | st.just("\ud800"))


def _index(draw: st.DrawFn, rows: int, kept: bool) -> pd.Index:
    kinds = ("default", "range", "column", "column", "multi")
    kind = draw(st.sampled_from(kinds if kept else (*kinds, "frequent")))
    if kind == "default":
        return pd.RangeIndex(rows)
    if kind == "range":
        start, step = draw(st.integers(-3, 3)), draw(st.sampled_from((-2, -1, 1, 3)))
        return pd.RangeIndex(start, start + rows * step, step, name=_name(draw, kept))
    if kind == "frequent":
        return pd.date_range("2026-01-01", periods=rows, freq="D")
    if kind == "column":
        return pd.Index(_column(draw, rows, kept=kept, index=True), name=_name(draw, kept))
    levels = [_column(draw, rows, kept=kept, index=True) for _ in range(2)]
    first = _name(draw, kept)
    if not kept and draw(st.booleans()):
        return pd.MultiIndex.from_arrays(levels[:1], names=[first])
    second = None if kept and first is None else f"{first} 2" if kept else _name(draw, kept)
    return pd.MultiIndex.from_arrays(levels, names=[first, second])


@st.composite
def frames(draw: st.DrawFn, *, kept: bool = False) -> pd.DataFrame:
    """Any frame, or any that Parquet keeps."""
    try:
        return _frame(draw, kept)
    except (TypeError, ValueError, NotImplementedError, OverflowError):
        # pandas itself does not have it, such as an index of float16.
        return reject()


def _frame(draw: st.DrawFn, kept: bool) -> pd.DataFrame:
    rows = draw(st.integers(0, 5))
    texts: st.SearchStrategy[Any] = st.lists(TEXT, min_size=int(kept), max_size=3, unique=True)
    others = st.lists(st.none() | st.booleans() | st.integers(0, 2) | TEXT, max_size=3)
    labels = draw(texts if kept else texts | others)
    index = _index(draw, rows, kept)
    frame = pd.DataFrame(
        {n: pd.Series(_column(draw, rows, kept=kept), index=index) for n in range(len(labels))},
        index=index,
    )
    frame.columns = pd.Index(labels, name=_name(draw, kept), dtype="str" if kept else None)
    notes = st.dictionaries(TEXT, st.integers() | TEXT | st.lists(st.booleans()), max_size=2)
    others_too = st.dictionaries(TEXT | st.integers(0, 2), st.integers() | TEXT, max_size=2)
    frame.attrs = draw(st.just({}) | (notes if kept else notes | others_too))
    return frame
