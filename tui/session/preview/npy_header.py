"""Reads the header of an npy file (shape, order, dtype) without NumPy."""

from __future__ import annotations

import re
import struct
from typing import Final, NamedTuple

from storage_core.printable import printable
from storage_core.quantities import human_size
from tui.session.preview.source import Source, Unreadable

MAGIC: Final = b"\x93NUMPY"
LONGEST_HEADER: Final = 10_000
"""Bytes; NumPy's own limit."""

_SHAPE: Final = re.compile(r"""['"]shape['"]\s*:\s*\(([\d,\sL]*)\)""")
_ORDER: Final = re.compile(r"""['"]fortran_order['"]\s*:\s*(True|False)""")
_PLAIN: Final = re.compile(
    r"""['"]descr['"]\s*:\s*['"]([<>|=]?)([a-zA-Z])(\d*)(?:\[(\w+)\])?['"]"""
)
_FIELDS: Final = re.compile(r"""['"]descr['"]\s*:\s*(\[.*\])\s*[,}]""", re.DOTALL)
_MOST_DIGITS: Final = 20

_NAMES: Final = {
    "b": "bool", "i": "int", "u": "uint", "f": "float", "c": "complex", "M": "datetime",
    "m": "timedelta", "U": "str", "S": "bytes", "V": "void", "O": "object",
}  # fmt: skip


class Header(NamedTuple):
    """The header of an npy file."""

    end: int
    """Where it ends and the values begin."""

    shape: tuple[int, ...]
    fortran: bool
    order: str
    """The order of bytes: <, >, | or =."""

    kind: str
    """NumPy's letter; empty where a value has fields."""

    size: int
    """Bytes of a value; 0 if that is not known."""

    unit: str
    dtype: str
    """As people write it."""


def header_of(source: Source) -> Header:
    """Read the header of an array.

    Raises:
        Unreadable: it is not an npy file.
    """
    data = source.start
    if not data.startswith(MAGIC) or len(data) < 12:
        raise Unreadable("it is no NumPy array")
    layout = "<H" if data[6] == 1 else "<I"
    start = 8 + struct.calcsize(layout)
    (length,) = struct.unpack_from(layout, data, 8)
    if data[6] not in (1, 2, 3):
        raise Unreadable(f"it is of version {data[6]} of NumPy's format, which is not known here")
    end = start + length
    if length > LONGEST_HEADER:
        raise Unreadable(
            f"its header of {human_size(length)} is larger than NumPy itself would read"
        )
    if end > len(data):
        raise Unreadable("it ends within its header")
    text = data[start:end].decode("utf-8" if data[6] == 3 else "latin-1", "replace")
    shape, order = _SHAPE.search(text), _ORDER.search(text)
    if shape is None or order is None:
        raise Unreadable("its header is not as NumPy writes it")
    lengths = [part.strip(" L\n") for part in shape[1].split(",") if part.strip(" L\n")]
    if any(len(each) > _MOST_DIGITS or not each.isdecimal() for each in lengths):
        raise Unreadable("its header tells no shape that can be")
    kind, sign, size, unit, dtype = _dtype(text)
    fortran = order[1] == "True"
    return Header(end, tuple(map(int, lengths)), fortran, sign, kind, size, unit, dtype)


def _dtype(text: str) -> tuple[str, str, int, str, str]:
    """The kind, order of bytes, bytes of a value, unit, and name for people of a dtype."""
    if plain := _PLAIN.search(text):
        order, kind, digits, unit = plain.groups()
        if kind not in _NAMES or len(digits) > _MOST_DIGITS:
            raise Unreadable("its header tells no type that is known here")
        number = int(digits or 0)
        if kind == "O":
            return kind, order, 0, "", "objects"
        if kind in "SUV":
            size = number * (4 if kind == "U" else 1)
            return kind, order, size, "", f"{_NAMES[kind]} of {number}"
        name = f"{_NAMES[kind]}{number * 8 if kind != 'b' else ''}"
        swapped = ", big-endian" if order == ">" else ""
        return kind, order, number, unit or "", f"{name}{f'[{unit}]' if unit else ''}{swapped}"
    if fields := _FIELDS.search(text):
        return "", "", 0, "", printable(f"fields {fields[1]}"[:300])
    raise Unreadable("its header tells no type")
