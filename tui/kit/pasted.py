"""What a field takes of a paste: all of it or, with the reason said, nothing."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 65_536
"""Characters that a field takes at once; more would hold up the keys for seconds."""

_BREAK: Final = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")

_AROUND: Final = "\t\n\r\v\f\x85\u2028\u2029\u200b\ufeff"
"""What is copied along at the ends and would only be in the way."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class NotTaken(Exception):
    """A field takes nothing of a paste; `str()` says why, without any of it."""


def line_of(text: str) -> str:
    """What a field of one line takes.

    Raises:
        NotTaken: it is more than a line, or what cannot be typed.
    """
    line = text.strip(_AROUND)
    _check(line)
    if breaks := len(_BREAK.findall(line)):
        raise NotTaken(f"it has {breaks + 1:,} lines, and one fits here")
    if "\t" in line:
        raise NotTaken("it has a tab in it, as the cells of a table have")
    return line


def lines_of(text: str) -> str:
    """What a field of several lines takes, its lines ended as everywhere.

    Raises:
        NotTaken: it is too long, or cannot be typed.
    """
    lines = _BREAK.sub("\n", text.removeprefix("\ufeff"))
    _check(lines)
    return lines


def _check(text: str) -> None:
    if len(text) > LONGEST:
        raise NotTaken(f"it has {len(text):,} characters; {LONGEST:,} fit here")
    if (found := _CONTROL.search(_BREAK.sub("", text))) is not None:
        raise NotTaken(f"it has the control character U+{ord(found[0]):04X} in it")
