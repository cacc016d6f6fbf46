"""Parses an rclone.conf as rclone does (v1.75, with goconfig 1.0).

It looks like any other INI file, but keys and names are case-sensitive, sections of the same name
are merged, `[DEFAULT]` is a remote like others, a `#` after a value is part of it, keys missing in
`[a.b]` are looked up in `[a]`, and `%(name)s` stands for another value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from storage_core.importing.files import wrong

DEFAULT: Final = "DEFAULT"
"""A section like others, in which names in `%(…)s` are looked up first."""

_BLANK: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""White space in Go; Python has four more characters."""

_VARIABLE: Final = re.compile(r"%\(([^)]+)\)s")
_MOST_ROUNDS: Final = 200
_DEEPEST: Final = 20
_LONGEST: Final = 1 << 16
"""The most characters of a value after replacing `%(…)s` in it; rclone itself has no limit."""


class SelfReferringError(ValueError):
    """A value refers to itself, or grows without end."""


class Sections:
    """The sections of an rclone.conf."""

    def __init__(self) -> None:
        """Start without sections."""
        self._data: dict[str, dict[str, str]] = {}

    def add(self, section: str, key: str | None = None, value: str = "") -> None:
        """Add a section, and a value in it, which replaces an earlier one with the same key."""
        values = self._data.setdefault(section or DEFAULT, {})
        if key:
            values[key] = value

    def names(self) -> Iterator[str]:
        """The names of the sections, in the order in which they first appear."""
        return iter(self._data)

    def keys(self, section: str) -> Iterator[str]:
        """The keys in a section itself, not in the one above it."""
        return iter(self._data.get(section, ()))

    def value(self, section: str, key: str) -> str | None:
        """A value, with each `%(…)s` replaced; None if there is none.

        Raises:
            SelfReferringError: replacing would never end.
        """
        return self._value(section, key, 0)

    def _value(self, section: str, key: str, depth: int) -> str | None:
        section = section or DEFAULT
        if section not in self._data:
            return None
        value = self._data[section].get(key)
        if value is None:
            above, dot, _ = section.rpartition(".")
            return self._value(above, key, depth) if dot else None
        for _ in range(_MOST_ROUNDS):
            found = _VARIABLE.search(value)
            if found is None:
                break
            if depth == _DEEPEST:
                raise SelfReferringError
            # Like goconfig, strip any of these characters from both ends, not just the brackets.
            name = found[0].lstrip("%(").rstrip(")s")
            other = self._value(DEFAULT, name, depth + 1)
            if other is None:
                other = "" if section == DEFAULT else self._data[section].get(name, "")
            value = value.replace(found[0], other)
            if len(value) > _LONGEST:
                raise SelfReferringError
        return value


def parsed(text: str, path: str) -> Sections:
    """Parse the sections of a file.

    Args:
        text: the text of the file.
        path: the path of the file, for errors.

    Raises:
        ConfigurationError: rclone would refuse it.
    """
    result = Sections()
    section, number_of_dashes = DEFAULT, 0
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        line = raw.strip(_BLANK)
        if not line or line[0] in "#;":
            continue
        if line[0] == "[" and line[-1] == "]":
            section, number_of_dashes = line[1:-1].strip(_BLANK), 0
            result.add(section)
            continue
        pair = _pair(line) if section else None
        if pair is None:
            what = (
                "is no line that rclone can read"
                if section
                else "stands in a section without a name"
            )
            raise wrong(path, what, "write NAME = VALUE below a [REMOTE]", number)
        key, value = pair
        if key == "-":
            number_of_dashes += 1
            key = f"#{number_of_dashes}"
        result.add(section, key, value)
    return result


def _pair(line: str) -> tuple[str, str] | None:
    """The key and the value in a line; None if rclone cannot read it."""
    quote = _quote(line, '"""') or next((each for each in '"`' if line[0] == each), "")
    start = 0
    if quote:
        end = line.find(quote, len(quote))
        if end == -1:
            return None
        start, key = end, line[len(quote) : end]
    found = re.compile("[=:]").search(line, start)
    if found is None or found.start() == 0:
        return None
    if not quote:
        key = line[: found.start()].strip(_BLANK)
    value = line[found.end() :].strip(_BLANK)
    quote = "`" if _size(value) >= 2 and value[0] == "`" else _quote(value, '"""')
    if quote:
        end = value.rfind(quote, len(quote))
        if end == -1:
            return None
        return key, value[len(quote) : end]
    return key, value


def _quote(text: str, quote: str) -> str:
    return quote if _size(text) >= 2 * len(quote) and text.startswith(quote) else ""


def _size(text: str) -> int:
    """The length in bytes, as Go counts it."""
    return len(text.encode(errors="surrogateescape"))
