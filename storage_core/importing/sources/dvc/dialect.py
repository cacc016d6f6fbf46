"""The text of a DVC configuration file, read as the library configobj does, which DVC has for it.

What differs from other INI files: a `#` begins a comment anywhere outside of quotes, a comma there
makes a list, quotes around a value are none of it, and nothing may be said twice.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from storage_core.importing.files import wrong

Section: TypeAlias = dict[str, str | None]
"""The settings of a section by their names in lower case; None for what is a list."""

_SECTION: Final = re.compile(
    r"\s*((?:\[\s*)+)(\"\s*\S.*?\s*\"|'\s*\S.*?\s*'|[^'\"\s].*?)((?:\s*\])+)\s*(?:#.*)?"
)
_LONGEST_SECTION: Final = 300
"""Characters of a line that may be a section: the pattern takes its time with long ones."""

_ITEM: Final = re.compile(r"(?:\".*?\"\s*|'.*?'\s*|[^'\",#][^,#]*),\s*")
_QUOTES: Final = "\"'"
_TRIPLE: Final = ('"""', "'''")


def parsed(text: str, path: str) -> dict[str, Section]:
    """The sections of a file by their names in lower case; those inside of others are left out.

    Args:
        text: what stands in it.
        path: of it, for errors.

    Raises:
        ConfigurationError: DVC would refuse it.
    """
    sections: dict[str, Section] = {}
    written: dict[str, set[str]] = {}
    name, inside = "", ""
    lines = text.split("\n")
    numbers = iter(range(len(lines)))
    for number in numbers:
        line = lines[number]
        if not line.strip() or line.strip().startswith("#"):
            continue

        def no_line(what: str, remedy: str, number: int = number) -> Exception:
            return wrong(path, what, remedy, number + 1)

        is_short = len(line) <= _LONGEST_SECTION
        if is_short and (section := _SECTION.fullmatch(line)):
            depth = section[1].count("[")
            if depth != section[3].count("]") or (depth > 1 and not name):
                raise no_line("has brackets that do not match", "write [NAME]")
            if depth > 1:
                outer = inside.split("\n")[: depth - 2]
                inside = "\n".join([*outer, _unquoted(section[2])])
            else:
                name, inside = _unquoted(section[2]), ""
                # Names that differ in their case alone are one for DVC; the last one counts.
                sections[name.lower()] = {}
            if f"{name}\n{inside}" in written:
                raise no_line("has a section that is there before", "make one of both")
            written[f"{name}\n{inside}"] = set()
            continue
        pair = _pair(line.strip())
        if pair is None:
            raise no_line("is no line of a DVC configuration", "write NAME = VALUE")
        key, text = pair
        value: str | None
        if text[:3] in _TRIPLE:
            quoted = _in_three_quotes(lines, number, text)
            if quoted is None:
                raise no_line("has three quotes that do not end", "close them")
            value, more = quoted
            for _ in range(more):
                next(numbers)
        else:
            try:
                value = _value(text)
            except ValueError:
                raise no_line("has quotes that do not match", "close them") from None
        seen = written.setdefault(f"{name}\n{inside}", set())
        if key in seen:
            raise no_line("says something that was said before", "take one of them out")
        seen.add(key)
        if inside:
            continue
        if not name and key.lower() == "remote":
            raise no_line("has remote above all sections", "write [core] above it")
        if name:
            sections[name.lower()][key.lower()] = value
    return sections


def _pair(line: str) -> tuple[str, str] | None:
    """The key of a line, and what stands behind its `=`; None where it has none."""
    if line[0] in _QUOTES:
        end = line.find(line[0], 1)
        while end != -1 and not line[end + 1 :].lstrip().startswith("="):
            end = line.find(line[0], end + 1)
        if end == -1:
            return None
        key, rest = line[1:end], line[end + 1 :].lstrip()[1:]
    else:
        key, equals, rest = line.partition("=")
        key = key.strip()
        if not equals or not key:
            return None
    return key, rest.lstrip()


def _value(text: str) -> str | None:
    """What stands behind `=`; None for a list. Raises `ValueError` where it cannot be read."""
    start = 0
    while item := _ITEM.match(text, start):
        start = item.end()
    if text[start:].partition("#")[0].strip() == "," and start == 0:
        return None
    try:
        last = _single(text[start:])
    except ValueError:
        if start == 0:
            raise
        return _single(text)
    return None if start else last


def _single(text: str) -> str:
    """A value by itself, with a comment or without."""
    if text[:1] in ("'", '"'):
        end = text.find(text[0], 1)
        while end != -1 and text[end + 1 :].lstrip()[:1] not in ("", "#"):
            end = text.find(text[0], end + 1)
        if end == -1:
            raise ValueError
        return text[1:end]
    value = text.partition("#")[0].rstrip()
    if "," in value:
        raise ValueError
    return _unquoted(value)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _in_three_quotes(lines: list[str], number: int, first: str) -> tuple[str, int] | None:
    """The value that begins in a line, and how many lines more it takes; None if it never ends."""
    quote, rest = first[:3], first[3:]
    end = re.compile(rf"(.*?){re.escape(quote)}\s*(?:#.*)?")
    parts = [rest]
    for more, line in enumerate([rest, *lines[number + 1 :]]):
        if quote not in line:
            parts[more:] = [line]
            continue
        matched = end.fullmatch(line)
        return ("\n".join([*parts[:more], matched[1]]), more) if matched else None
    return None
