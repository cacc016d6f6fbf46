"""Tells text from other bytes, and splits it into lines."""

from __future__ import annotations

import codecs
from typing import Final

from storage_core.printable import printable

_TAB: Final = 4


def text_of(data: bytes, *, whole: bool) -> str | None:
    """`data` as text; None if it is not text. A character that is cut off at the end is dropped."""
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data, final=whole)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def lines_of(text: str) -> tuple[str, ...]:
    """Its lines, fit for drawing."""
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    return tuple(printable(line.expandtabs(_TAB)) for line in lines)
