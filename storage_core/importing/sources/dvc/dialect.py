"""Parses a DVC configuration file as the library configobj does, which DVC uses.

It differs from other INI files: outside of quotes a `#` begins a comment anywhere and a comma makes
a list, quotes around a value are not part of it, and nothing may be defined twice.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from storage_core.importing.files import wrong

Section: TypeAlias = dict[str, str | None]
"""The settings of a section by their names in lower case; None for a list."""

_SECTION: Final = re.compile(
    r"\s*((?:\[\s*)+)(\"\s*\S.*?\s*\"|'\s*\S.*?\s*'|[^'\"\s].*?)((?:\s*\])+)\s*(?:#.*)?"
)
_LONGEST_SECTION: Final = 300
"""The most characters of a line that may be a section: the pattern is slow on long lines."""

_ITEM: Final = re.compile(r"(?:\".*?\"\s*|'.*?'\s*|[^'\",#][^,#]*),\s*")
_QUOTES: Final = "\"'"
_TRIPLE: Final = ('"""', "'''")


def parsed(text: str, path: str) -> dict[str, Section]:
    """The sections of a file by their names in lower case; nested sections are left out.

    Args:
        text: the text of the file.
        path: the path of the file, for errors.

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
                # DVC ignores the case of names; of sections with the same name the last counts.
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
    """The key of a line, and the text after its `=`; None if it has no `=`."""
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
    """The value in the text after `=`; None for a list. Raises `ValueError` if it is malformed."""
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
    """A value that is not a list, from text with or without a comment."""
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
    """The value that begins in a line, and how many more lines it has; None if it never ends."""
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
