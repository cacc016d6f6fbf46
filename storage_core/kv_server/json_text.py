"""Checks that what a client sent is JSON.

Python's parser would need many times the text's size in memory and block all other threads. The
protocol's clients send a string or an object of strings: those are scanned here piece by piece, and
only small values of other forms are parsed.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from mmap import mmap

MAX_PARSED: Final = 4 * 1024 * 1024
"""Bytes of the largest value that is not a string or an object of strings."""

_PIECE: Final = 256 * 1024
_SPACE: Final = re.compile(rb"[ \t\r\n]*")
# At most 1,000 parts at once: `re` keeps each repetition in memory while it matches.
_IN_STRING: Final = re.compile(
    rb'(?:[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})){0,1000}', re.DOTALL
)


def check_json(text: bytes | mmap) -> None:
    """Return if `text` is one JSON value in UTF-8.

    Raises:
        ValueError: it is not, or is too large for its form; the message says which.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(text), _PIECE):
        decoder.decode(text[start : start + _PIECE])
    decoder.decode(b"", final=True)
    if not _is_strings(text):
        if len(text) > MAX_PARSED:
            raise ValueError(
                f"not JSON, or over {MAX_PARSED} bytes and not a string or an object of strings"
            )
        try:
            json.loads(str(text[:], "utf-8"), parse_int=str, parse_constant=_refuse)
        except RecursionError:
            raise ValueError("JSON that is nested too deep") from None


def _is_strings(text: bytes | mmap) -> bool:
    """Whether `text` is a JSON string, or a non-empty object of strings."""
    at = _skip(text, 0)
    if text[at : at + 1] != b"{":
        return _behind_string(text, at) == len(text)
    while True:
        colon = _behind_string(text, _skip(text, at + 1))
        if colon is None or text[colon : colon + 1] != b":":
            return False
        end = _behind_string(text, _skip(text, colon + 1))
        if end is None:
            return False
        if text[end : end + 1] != b",":
            return text[end : end + 1] == b"}" and _skip(text, end + 1) == len(text)
        at = end


def _behind_string(text: bytes | mmap, at: int) -> int | None:
    """The start of the next token behind the string at `at`; None if there is no string."""
    if text[at : at + 1] != b'"':
        return None
    inside = at + 1
    while found := _IN_STRING.match(text, inside, inside + _PIECE):
        if found.end() == inside:
            break
        inside = found.end()
    return _skip(text, inside + 1) if text[inside : inside + 1] == b'"' else None


def _skip(text: bytes | mmap, at: int) -> int:
    """The start of the next token."""
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
