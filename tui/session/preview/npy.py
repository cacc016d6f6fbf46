"""Shows NumPy's file of one array: shape, dtype, first values. It is read without NumPy."""

from __future__ import annotations

import struct
from collections.abc import Callable
from math import prod
from typing import Final

from storage_core.printable import printable
from storage_core.quantities import human_size
from tui.session.preview.grid import Column, Grid
from tui.session.preview.look import Form, Preview, Text
from tui.session.preview.npy_header import Header, header_of
from tui.session.preview.pickles import pickle_preview
from tui.session.preview.source import Source

MOST_ROWS: Final = 200
MOST_COLUMNS: Final = 100

_CODES: Final = {
    ("b", 1): "?", ("i", 1): "b", ("i", 2): "h", ("i", 4): "i", ("i", 8): "q",
    ("u", 1): "B", ("u", 2): "H", ("u", 4): "I", ("u", 8): "Q",
    ("f", 2): "e", ("f", 4): "f", ("f", 8): "d", ("M", 8): "q", ("m", 8): "q",
}  # fmt: skip
_DIGITS: Final = {"e": 4, "f": 7, "d": 9}
_NOT_A_TIME: Final = -(2**63)


def npy_preview(source: Source) -> Preview:
    """Preview an array.

    Raises:
        Unreadable: it is not an npy file.
    """
    header = header_of(source)
    count = prod(header.shape)
    shape = " × ".join(f"{length:,}" for length in header.shape) or "a single value"
    what = f"NumPy array · {shape} · {header.dtype}"
    if header.kind == "O":
        pickled = source.head[header.end :]
        inner = pickle_preview(pickled, whole=source.head_is_all, cut=source.cut)
        return inner._replace(what=f"{what}, as a {inner.what}")
    notes: tuple[str, ...] = ()
    if header.size:
        expected = header.end + count * header.size
        if source.size is not None and source.size != expected:
            told, have = human_size(expected), human_size(source.size)
            notes = (f"It should have {told} by its header, and has {have}.",)
    form = _values(source.head, header, count)
    if isinstance(form, Grid):
        what += _shown(header.shape, form)
    order = ("It is stored column by column.",) if header.fortran and len(header.shape) > 1 else ()
    return Preview(what, (form,) if form else (), notes=(*order, *notes))


def _shown(shape: tuple[int, ...], form: Grid) -> str:
    """How much of it is shown, if that is not all."""
    rows, columns = len(form.rows), len(form.columns) - 1
    if len(shape) == 1:
        return "" if rows == shape[0] else f" · the first {rows:,} shown"
    return "" if rows * columns == prod(shape) else f" · {rows:,} × {columns:,} of it shown"


def _values(data: bytes, header: Header, count: int) -> Form | None:
    """The first values, as far as they are in `data`."""
    read = _reader(data, header)
    if read is None or not header.size:
        return None
    have = min(count, (len(data) - header.end) // header.size)
    if not header.shape:
        return Text((read(0) if have else "",), "values")
    if have <= 0:
        return Text(("It has no values.",) if not count else (), "values")
    number = header.kind in "iufcmM"
    if len(header.shape) == 1:
        rows = [[f"{place:,}", read(place)] for place in range(min(have, MOST_ROWS))]
        columns = [Column("", number=True), Column("value", number=number)]
        part = len(rows) < header.shape[0]
        return Grid(columns, rows, name="values", fixed=1, looks=["muted"], part=part)
    return _matrix(header, have, read, number=number)


def _matrix(header: Header, have: int, read: Callable[[int], str], *, number: bool) -> Grid:
    """The first of the matrices that the array is made of."""
    *outer, height, width = header.shape
    deep = prod(outer)
    across, down = min(width, MOST_COLUMNS), min(height, MOST_ROWS)
    by_row, by_column = (deep, deep * height) if header.fortran else (width, 1)
    rows = []
    for y in range(down):
        places = [y * by_row + x * by_column for x in range(across)]
        if places[0] >= have:
            break
        values = [read(place) if place < have else None for place in places]
        rows.append([f"{y:,}", *values])
    where = f"[{', '.join('0' * len(outer))}, …]" if outer else ""
    columns = [Column(where, number=True)]
    columns += [Column(f"{x:,}", number=number) for x in range(across)]
    part = len(rows) < deep * height
    return Grid(columns, rows, name="values", fixed=1, looks=["muted"], part=part)


def _reader(data: bytes, header: Header) -> Callable[[int], str] | None:
    """A function that returns the value at an index as text; None for an unsupported type."""
    end, size, kind = header.end, header.size, header.kind
    order = ">" if header.order == ">" else "<"

    def raw(place: int) -> bytes:
        return data[end + place * size : end + (place + 1) * size]

    if kind == "U":
        codec = "utf-32-be" if order == ">" else "utf-32-le"
        return lambda place: printable(raw(place).decode(codec, "replace").rstrip("\0"))
    if kind in ("S", "V"):
        return lambda place: printable(raw(place).rstrip(b"\0").decode("latin-1"))
    if kind == "c" and size in (8, 16):
        pair = struct.Struct(f"{order}2{'f' if size == 8 else 'd'}")
        return lambda place: str(complex(*pair.unpack(raw(place)))).strip("()")
    code = _CODES.get((kind, size))
    if code is None:
        return None
    one = struct.Struct(f"{order}{code}")

    def value(place: int) -> str:
        (found,) = one.unpack(raw(place))
        if kind in "Mm":
            return "NaT" if found == _NOT_A_TIME else _time(found, header.unit, kind)
        return f"{found:.{_DIGITS[code]}g}" if code in _DIGITS else str(found)

    return value


_SECONDS: Final = {"W": 604_800, "D": 86_400, "h": 3600, "m": 60, "s": 1}
_FRACTIONS: Final = {"ms": 10**3, "us": 10**6, "ns": 10**9}


def _time(value: int, unit: str, kind: str) -> str:
    """A moment as ISO 8601, or a span with its unit."""
    if kind == "m":
        return f"{value} {unit}".strip()
    from datetime import datetime, timedelta

    try:
        if unit in ("Y", "M"):
            years, months = (value, 0) if unit == "Y" else divmod(value, 12)
            return f"{1970 + years:04}" + (f"-{months + 1:02}" if unit == "M" else "")
        seconds, rest = value * _SECONDS.get(unit, 0), 0
        if per := _FRACTIONS.get(unit):
            seconds, rest = divmod(value, per)
        elif unit not in _SECONDS:
            return f"{value} {unit}".strip()
        moment = datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001 (has no zone)
    except (OverflowError, ValueError):
        return f"{value} {unit}"
    if unit in ("W", "D"):
        return f"{moment:%Y-%m-%d}" if moment.year >= 1000 else moment.isoformat()[:10]
    fraction = f".{rest:0{len(str(per)) - 1}}" if per else ""
    return f"{moment.isoformat()}{fraction}"
