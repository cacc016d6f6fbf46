"""The text of an rclone.conf, read as rclone reads it (v1.75, with goconfig 1.0).

It looks like any other INI file and differs in what counts: keys and names keep their case,
sections of one name are one, `[DEFAULT]` is a remote like others, a `#` behind a value belongs to
it, what is missing in `[a.b]` is looked for in `[a]`, and `%(name)s` stands for another value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from storage_core.importing.files import wrong

DEFAULT: Final = "DEFAULT"
"""A section like others, where `%(…)s` is looked for first."""

_BLANK: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What Go takes for white space; Python takes four characters more."""

_VARIABLE: Final = re.compile(r"%\(([^)]+)\)s")
_MOST_ROUNDS: Final = 200
_DEEPEST: Final = 20
_LONGEST: Final = 1 << 16
"""Characters in the longest value that others are put into; rclone itself knows no bound."""


class SelfReferringError(ValueError):
    """A value leads back to itself, or grows without end."""


class Sections:
    """What an rclone.conf says."""

    def __init__(self) -> None:
        """Without anything yet."""
        self._data: dict[str, dict[str, str]] = {}

    def add(self, section: str, key: str | None = None, value: str = "") -> None:
        """A section, and something in it; what it had there before is replaced."""
        values = self._data.setdefault(section or DEFAULT, {})
        if key:
            values[key] = value

    def names(self) -> Iterator[str]:
        """The sections, in the order in which they first appear."""
        return iter(self._data)

    def keys(self, section: str) -> Iterator[str]:
        """The keys that stand in a section itself."""
        return iter(self._data.get(section, ()))

    def value(self, section: str, key: str) -> str | None:
        """A value, with what its `%(…)s` stand for; None where there is none.

        Raises:
            SelfReferringError: it would never end.
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
            # All of these characters go from both ends, not only the brackets themselves.
            name = found[0].lstrip("%(").rstrip(")s")
            other = self._value(DEFAULT, name, depth + 1)
            if other is None:
                other = "" if section == DEFAULT else self._data[section].get(name, "")
            value = value.replace(found[0], other)
            if len(value) > _LONGEST:
                raise SelfReferringError
        return value


def parsed(text: str, path: str) -> Sections:
    """The sections of a file.

    Args:
        text: what stands in it.
        path: of it, for errors.

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
    """The key and the value of a line; None where it has none."""
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
    """Bytes, of which Go makes a text."""
    return len(text.encode(errors="surrogateescape"))
