"""What a blob looks like: text, JSON or bytes, as lines that can be drawn. Call it in threads.

Whatever is in a blob, nothing of it is run, unpickled or taken for markup, and no control character
reaches the terminal. JSON is indented as it was written: numbers, escapes and repeated names stay.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from rich.cells import cell_len

from storage_core.printable import printable
from tui.session.store import PREVIEWED

MOST_INDENTED: Final = 512 * 1024
"""Characters that indented JSON may grow to."""

_TAB: Final = 4
_OFFSET: Final = 6
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_PICKLE: Final = re.compile(rb"\x80[\x02-\x05]")
_DANGER: Final = (
    "Opening a pickle runs what is in it, so only its bytes are shown, and it is never opened here."
)
_SIGNATURES: Final = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"PAR1", "Parquet"),
    (b"ARROW1", "Arrow"),
    (b"\x93NUMPY", "NumPy"),
    (b"\x89HDF\r\n", "HDF5"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"\x89PNG\r\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"%PDF-", "PDF"),
    (b"\x7fELF", "ELF"),
)


class Preview(NamedTuple):
    """The beginning of a blob."""

    data: bytes
    """At most `PREVIEWED` of them."""

    whole: bool
    """Whether that is all of it."""

    what: str
    """What it is, in a few words."""

    lines: tuple[str, ...] = ()
    """Text or indented JSON, fit for drawing; empty when it is neither."""

    is_json: bool = False
    as_bytes: bool = False
    """Whether it is shown as bytes, whatever it is."""

    warning: str = ""

    def drawn(self, width: int) -> list[str]:
        """The lines in `width` cells."""
        if self.as_bytes:
            return list(_dump(self.data, width))
        return [part for line in self.lines for part in _wrapped(line, width)]


def preview_of(head: bytes) -> Preview:
    """What to show of a blob whose first bytes are `head`: all, or one more than `PREVIEWED`."""
    data, whole = head[:PREVIEWED], len(head) <= PREVIEWED
    if not data:
        return Preview(data, whole, "empty")
    if _PICKLE.match(data):
        return Preview(data, whole, "a pickle", as_bytes=True, warning=_DANGER)
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return Preview(data, whole, f"{name}, shown as bytes", as_bytes=True)
    text = _text(data, whole)
    if text is None:
        return Preview(data, whole, "not text, shown as bytes", as_bytes=True)
    if _is_json(text, whole):
        lines, complete = _indented(text)
        what = "JSON, indented" if complete else "JSON, indented as far as fits"
        return Preview(data, whole, what, lines, is_json=True)
    return Preview(data, whole, "text", _lines(text))


def _text(data: bytes, whole: bool) -> str | None:
    """`data` as text; None when it is none. A character that is cut at the end is left out."""
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data, final=whole)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _lines(text: str) -> tuple[str, ...]:
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    return tuple(printable(line.expandtabs(_TAB)) for line in lines)


def _is_json(text: str, whole: bool) -> bool:
    """Whether this is an object or array in JSON, or the beginning of one."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        if whole:
            return False
        *_, last = _TOKEN.finditer(text)
        return error.pos >= last.start()
    except RecursionError:
        return False
    return True


def _indented(text: str) -> tuple[tuple[str, ...], bool]:
    """JSON as lines, and whether that is all of it: nesting can make it grow out of bounds."""
    lines: list[str] = []
    line: list[str] = []
    depth = size = 0
    opened = ""

    def end(following: int) -> None:
        nonlocal size
        lines.append(printable("".join(line)))
        size += len(lines[-1]) + 2 * following
        line[:] = ["  " * following]

    for match in _TOKEN.finditer(text):
        if size > MOST_INDENTED:
            return (*lines, "…"), False
        token = match.group()
        if opened:
            if token in "]}":
                line.append(token)
                opened = ""
                continue
            depth += 1
            end(depth)
            opened = ""
        if token in ("{", "["):
            line.append(token)
            opened = token
        elif token in ("}", "]"):
            depth -= 1
            end(depth)
            line.append(token)
        elif token == ",":
            line.append(token)
            end(depth)
        else:
            line.append(": " if token == ":" else token)
            if opened:
                depth += 1
                opened = ""
        if token in ("}", "]") and depth == 0:
            break
    if "".join(line).strip():
        end(0)
    return tuple(lines), True


def _wrapped(line: str, width: int) -> Iterator[str]:
    """The line in pieces of at most `width` cells, broken after a space where there is one."""
    width = max(2, width)
    start = 0
    while (place := _fitting(line, start, width)) < len(line):
        space = line.rfind(" ", (start + place) // 2, place)
        if space > start and line[start:space].strip():
            place = space + 1
        yield line[start:place]
        start = place
    yield line[start:]


def _fitting(line: str, start: int, width: int) -> int:
    """Where the characters from `start` on that fit into `width` cells end."""
    piece = line[start : start + width]
    if piece.isascii():
        return start + len(piece)
    cells = 0
    # Characters without a width of their own belong to the one before.
    for index in range(start, len(line)):
        cells += cell_len(line[index])
        if cells > width:
            return max(start + 1, index)
    return len(line)


def parts_of_dump(line: str) -> tuple[int, int]:
    """Where the numbers of a line of bytes begin and end: before is the offset, behind the text."""
    count = 16 if len(line) > _characters_at(8) + 8 else 8
    return _OFFSET, _characters_at(count)


def _characters_at(count: int) -> int:
    return _OFFSET + 2 + count * 3 + 2


def _dump(data: bytes, width: int) -> Iterator[str]:
    """Bytes as hexadecimal numbers and characters, 16 to a line if there is room."""
    count = 16 if width >= _characters_at(16) + 16 else 8
    half = count // 2
    for start in range(0, len(data), count):
        row = data[start : start + count]
        numbers = f"{row[:half].hex(' ')}  {row[half:].hex(' ')}".ljust(count * 3)
        characters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in row)
        yield f"{start:0{_OFFSET}x}  {numbers}  {characters}"
