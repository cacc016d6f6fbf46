"""Finds where each header, key and value of a TOML text begins and ends.

`tomllib` says what a text means, this module only where its parts stand. A text that `tomllib`
refuses is scanned as far as possible and never raises here. Offsets count characters.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from storage_core.config.toml.plain import BOM

Path: TypeAlias = tuple[str, ...]
"""The names that lead from the root of the document to a table or a value."""

# Without possessive quantifiers and atomic groups, which Python gets wrong up to 3.11.4
# (python/cpython#106052). Time is linear all the same: no text can be repeated in two ways.
_TRIVIA: Final = re.compile(r"[ \t\r\n]*(?:#[^\n]*[ \t\r\n]*)*")
_REST_OF_LINE: Final = re.compile(r"[^\n]*\n?")
_PART: Final = re.compile(r"""[A-Za-z0-9_-]+|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\n]*'""")
_SPACE: Final = re.compile(r"[ \t]*")
_DOT: Final = re.compile(r"[ \t]*\.[ \t]*")
_EQUALS: Final = re.compile(r"[ \t]*=[ \t]*")
_COMMA: Final = re.compile(",")
_HEADER: Final = re.compile(r"\[\[?[ \t]*")
_SIMPLE_HEADER: Final = re.compile(r"\[([A-Za-z0-9_-]+)(?:\.([A-Za-z0-9_-]+))?(?=\])")
_SCALAR: Final = re.compile(
    r'''"""[^"\\]*(?:(?:\\.|"{1,2}(?!"))[^"\\]*)*"{3,5}'''
    r"""|'''[^']*(?:'{1,2}(?!')[^']*)*'{3,5}"""
    r'''|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'''
    r"""|'[^'\n]*'"""
    r"""|[^\s,\[\]{}#"'=]+(?:[ ]\d\d:[^\s,\[\]{}#"'=]+)?""",
    re.DOTALL,
)
_SIMPLE: Final = re.compile(rf"([A-Za-z0-9_-]+)[ \t]*=[ \t]*({_SCALAR.pattern})", re.DOTALL)
_SIMPLE_LINES: Final = re.compile(
    r"""(?:[ \t]*(?:[A-Za-z0-9_-]+[ \t]*=[ \t]*"""
    r"""(?:"(?!"")[^"\\\n]*(?:\\.[^"\\\n]*)*"|'(?!'')[^'\n]*'|[A-Za-z0-9+.:-]+)[ \t]*|)"""
    r"""(?:\#[^\n]*|)\r?\n){1,1000}"""  # not all at once: each line is remembered meanwhile
)
_CLOSES: Final = {"[": "]", "{": "}"}
_DEEPEST_IMPLIED: Final = 16


class Part(NamedTuple):
    """One name of a key or header, and where it is written."""

    name: str
    start: int
    end: int


class Entry(NamedTuple):
    """One `key = value`."""

    path: Path
    """Its full path, the header's names included."""
    parts: tuple[Part, ...]
    """The names written here: the last ones of `path`."""
    line: int
    value: int
    """Where the value begins."""
    end: int
    """Where the value ends."""


@dataclass(eq=False)  # Not frozen: a scan of 1,000 takes 4.1 ms instead of 5.0.
class Block:
    """What stands between one header and the next; the first block has no header and no path."""

    text: str = field(repr=False)
    path: Path
    is_array: bool
    """Whether the header has double brackets: `[[NAME]]`."""
    parts: tuple[Part, ...]
    line: int
    start: int
    """Where the line of the header begins."""
    end: int
    """Where the line of the next header begins, or the text ends."""

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The keys in it, found on demand: an edit looks at few blocks of a large file."""
        return tuple(_Scanner(self.text, self.line, self.start, self.end).entries(self))


def line_of(text: str, path: Path) -> int | None:
    """The line (from 1) of the key or table with this full path, however it is written."""
    return lines(text).get(path)


def line_of_item(text: str, path: Path, index: int) -> int | None:
    """The line (from 1) of one item of the array of plain values that has this full path."""
    array = next((e for block in scan(text) for e in block.entries if e.path == path), None)
    if array is None or not text.startswith("[", array.value):
        return None
    scanner = _Scanner(text, array.line, array.value + 1)
    scanner.skip(_TRIVIA)
    for _ in range(index):
        if not scanner.skip(_SCALAR):
            return None
        scanner.skip(_TRIVIA)
        scanner.skip(_COMMA)
        scanner.skip(_TRIVIA)
    return scanner.line(scanner.at) if scanner.at < array.end - 1 else None


def lines(text: str) -> dict[Path, int]:
    """The line (from 1) of every key and table; of the first one if it is written twice.

    A table without header or keys of its own has the line of the first thing inside it.
    """
    exact: dict[Path, int] = {}
    implied: dict[Path, int] = {}
    for path, line in _places(text):
        exact.setdefault(path, line)
        for length in range(1, min(len(path), _DEEPEST_IMPLIED)):
            implied.setdefault(path[:length], line)
    return implied | exact


def scan(text: str) -> tuple[Block, ...]:
    """Take `text` apart into its blocks, the one before the first header included."""
    return tuple(_Scanner(text).blocks())


def inline_entries(text: str, table: Entry) -> tuple[Entry, ...]:
    """The entries of an inline table; none if the value of `table` is something else."""
    if not text.startswith("{", table.value):
        return ()
    scanner = _Scanner(text, table.line, table.value + 1)
    found = []
    while entry := scanner.entry(table.path):
        found.append(entry)
        scanner.skip(_TRIVIA)
        if not text.startswith(",", scanner.at):
            break
        scanner.at += 1
    return tuple(found)


def _places(text: str) -> Iterator[tuple[Path, int]]:
    pending: list[Entry] = []
    for block in scan(text):
        if block.path:
            yield block.path, block.line
        pending = list(reversed(block.entries))
        while pending:
            entry = pending.pop()
            yield entry.path, entry.line
            pending.extend(reversed(inline_entries(text, entry)))


class _Scanner:
    """Walks over a text once, from `at` on; no value with brackets goes beyond `end`."""

    def __init__(self, text: str, line: int = 1, at: int = 0, end: int | None = None) -> None:
        self.text = text
        self.at = at
        self._end = len(text) if end is None else end
        self._line = line
        self._line_at = at
        self._unclosed = False

    def blocks(self) -> Iterator[Block]:
        text = self.text
        start = self.at = len(BOM) if text.startswith(BOM) else 0
        path: Path = ()
        is_array = False
        parts: tuple[Part, ...] = ()
        line = 1
        while True:
            while self.skip(_SIMPLE_LINES):
                pass
            self.skip(_TRIVIA)
            if self.at >= len(text):
                break
            if text[self.at] == "[":
                here = max(start, text.rfind("\n", 0, self.at) + 1)
                array = text.startswith("[[", self.at)
                if (names := self._header()) is not None:
                    yield Block(text, path, is_array, parts, line, start, here)
                    start, is_array, parts, line = here, array, names, self.line(here)
                    path = tuple(part.name for part in names)
            else:
                self.entry(path)
            self.skip(_REST_OF_LINE)
        yield Block(text, path, is_array, parts, line, start, len(text))

    def entries(self, block: Block) -> Iterator[Entry]:
        if block.parts:
            self.at = block.parts[-1].end
            self.skip(_REST_OF_LINE)
        while True:
            self.skip(_TRIVIA)
            if self.at >= block.end:
                break
            if entry := self.entry(block.path):
                yield entry
            self.skip(_REST_OF_LINE)

    def entry(self, prefix: Path) -> Entry | None:
        """The `key = value` that begins here, or None."""
        self.skip(_TRIVIA)
        start = self.at
        if simple := _SIMPLE.match(self.text, start):
            part = Part(simple[1], start, simple.end(1))
            self.at = simple.end()
            return Entry((*prefix, part.name), (part,), self.line(start), simple.start(2), self.at)
        parts = self._parts()
        if parts is None or not self.skip(_EQUALS):
            return None
        value = self.at
        end = self._value_end(value)
        if end is None:
            return None
        self.at = end
        path = prefix + tuple(part.name for part in parts)
        return Entry(path, parts, self.line(start), value, end)

    def line(self, offset: int) -> int:
        """The line of `offset`, which never goes backwards."""
        self._line += self.text.count("\n", self._line_at, offset)
        self._line_at = max(offset, self._line_at)
        return self._line

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Step over `pattern`; returns whether it was here."""
        match = pattern.match(self.text, self.at)
        if match is None:
            return False
        self.at = match.end()
        return True

    def _header(self) -> tuple[Part, ...] | None:
        if simple := _SIMPLE_HEADER.match(self.text, self.at):
            # A short cut for nearly all: a scan of 1,000 takes 5.0 ms instead of 5.9.
            self.at = simple.end()
            first = Part(simple[1], *simple.span(1))
            return (first, Part(simple[2], *simple.span(2))) if simple[2] else (first,)
        closing = "]]" if self.text.startswith("[[", self.at) else "]"
        self.skip(_HEADER)
        parts = self._parts()
        self.skip(_SPACE)
        return parts if self.text.startswith(closing, self.at) else None

    def _parts(self) -> tuple[Part, ...] | None:
        parts = []
        while True:
            match = _PART.match(self.text, self.at)
            name = None if match is None else _name(match[0])
            if match is None or name is None:
                return None
            parts.append(Part(name, match.start(), match.end()))
            self.at = match.end()
            if not self.skip(_DOT):
                return tuple(parts)

    def _value_end(self, at: int) -> int | None:
        scalar = _SCALAR.match(self.text, at)
        if scalar is not None:
            return scalar.end()
        if self._unclosed or not self.text.startswith(("[", "{"), at):
            return None
        open_brackets: list[str] = []
        while at < self._end:
            character = self.text[at]
            if character in _CLOSES:
                open_brackets.append(character)
                at += 1
            elif character == _CLOSES[open_brackets[-1]]:
                open_brackets.pop()
                at += 1
                if not open_brackets:
                    return at
            elif character == "," or (character == "=" and open_brackets[-1] == "{"):
                at += 1
            elif (scalar := _SCALAR.match(self.text, at)) is not None:
                at = scalar.end()
            else:
                return None
            trivia = _TRIVIA.match(self.text, at)
            at = trivia.end() if trivia else at
        # Nothing up to the end closes it, so nothing closes a later one either: searching again for
        # each would take quadratic time.
        self._unclosed = True
        return None


def _name(written: str) -> str | None:
    if written[0] == "'":
        return written[1:-1]
    if written[0] != '"':
        return written
    if "\\" not in written:
        return written[1:-1]
    try:
        (name,) = tomllib.loads(f"{written} = 0")
    except ValueError:
        return None
    return str(name)
