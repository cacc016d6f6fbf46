"""Text, and the bytes that are none."""

from __future__ import annotations

import codecs
from typing import Final

from storage_core.printable import printable

_TAB: Final = 4


def text_of(data: bytes, *, whole: bool) -> str | None:
    """`data` as text; None when it is none. A character that is cut at the end is left out."""
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
