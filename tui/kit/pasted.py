"""What a field takes of a paste: all of it, or nothing with a reason."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 65_536
"""The most characters that a field takes at once; more would block keys for seconds."""

_BREAK: Final = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")

_AROUND: Final = "\t\n\r\v\f\x85\u2028\u2029\u200b\ufeff"
"""Characters that are stripped at the ends, since they are copied along by mistake."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class NotTaken(Exception):
    """A paste that a field does not take; `str()` says why, without quoting it."""


def line_of(text: str) -> str:
    """The text that a field of one line takes.

    Raises:
        NotTaken: the text is more than a line, or has characters that cannot be typed.
    """
    line = text.strip(_AROUND)
    _check(line)
    if breaks := len(_BREAK.findall(line)):
        raise NotTaken(f"it has {breaks + 1:,} lines, and one fits here")
    if "\t" in line:
        raise NotTaken("it has a tab in it, as the cells of a table have")
    return line


def lines_of(text: str) -> str:
    """The text that a field of several lines takes, with line ends normalised.

    Raises:
        NotTaken: the text is too long, or has characters that cannot be typed.
    """
    lines = _BREAK.sub("\n", text.removeprefix("\ufeff"))
    _check(lines)
    return lines


def _check(text: str) -> None:
    if len(text) > LONGEST:
        raise NotTaken(f"it has {len(text):,} characters; {LONGEST:,} fit here")
    if (found := _CONTROL.search(_BREAK.sub("", text))) is not None:
        raise NotTaken(f"it has the control character U+{ord(found[0]):04X} in it")
