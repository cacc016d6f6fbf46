"""Shows JSON indented, otherwise as it was written: numbers, escapes and repeated names stay."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from storage_core.printable import printable
from tui.session.preview.grid import Column, Grid
from tui.session.preview.look import Form, Part, Preview, Text
from tui.session.preview.source import Unreadable

MOST_INDENTED: Final = 512 * 1024
"""Characters that indented JSON may grow to."""

MOST_COLUMNS: Final = 200
"""The most columns of a list of objects that is shown as a table too."""

MOST_CELLS: Final = 20_000

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_DRAWN: Final = re.compile(
    r'(?P<blank>\s+)|(?P<text>"(?:[^"\\]|\\.)*"?)(?P<name>:)?|(?P<mark>[\[\]{},:]+)|[^\s\[\]{},:"]+'
)


def json_preview(text: str, whole: bool, cut: str) -> Preview:
    """Preview JSON, or its beginning, which is called `cut`.

    Raises:
        Unreadable: it is not JSON.
    """
    if not text.strip():
        raise Unreadable("it is empty")
    value: object = None
    try:
        value = json.loads(text, parse_int=Number, parse_float=Number)
    except json.JSONDecodeError as error:
        *_, last = _TOKEN.finditer(text)
        begun = text.lstrip().startswith(("{", "[", '"'))
        if whole or not begun or error.pos < last.start():
            raise Unreadable(f"line {error.lineno} is not JSON") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply to be indented") from None
    lines, complete = _indented(text)
    what = "JSON, indented" if complete else "JSON, indented as far as fits"
    found: list[Form] = [Text(lines, "JSON", parts, cut)]
    if table := _table(value):
        found.append(table)
    return Preview(what, tuple(found))


class Number(str):
    """A number as it is written."""

    __slots__ = ()


_TYPES: Final[dict[type, str]] = {
    Number: "number",
    str: "text",
    bool: "true/false",
    list: "list",
    dict: "object",
}


def _table(value: object) -> Grid | None:
    """A list of objects with mostly the same names, as a table."""
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
        return None
    names = dict.fromkeys(name for row in value for name in row)
    if not 0 < len(names) <= MOST_COLUMNS or len(names) * len(value) > MOST_CELLS:
        return None
    values = [[_cell(row.get(name)) for name in names] for row in value]
    columns = []
    for name in names:
        given = [row[name] for row in value if row.get(name) is not None]
        number = bool(given) and all(isinstance(each, Number) for each in given)
        columns.append(Column(printable(name), _type(given), number))
    rows = [[each if each is None else printable(each) for each in row] for row in values]
    return Grid(columns, rows, values=values)


def _cell(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return _flat(value)


def _flat(value: object) -> str:
    """A value on one line, its numbers as they are written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_flat, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flat(name)}: {_flat(each)}' for name, each in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)


def _type(values: list[object]) -> str:
    """The type that all values have; empty if they differ."""
    kinds = {_TYPES.get(type(value), "") for value in values}
    if kinds == {"number"} and all(str(value).lstrip("-").isdigit() for value in values):
        return "integer"
    return kinds.pop() if len(kinds) == 1 else ""


def looks_like_json(text: str) -> bool:
    """Whether it may be an object or an array."""
    return text.lstrip().startswith(("{", "["))


def parts(line: str) -> Iterator[Part]:
    """Split a line of indented JSON by look: names, values other than text, punctuation."""
    end = 0
    for match in _DRAWN.finditer(line):
        if match.start() > end:
            yield line[end : match.start()], ""
        end = match.end()
        if match["name"]:
            yield match["text"], "name"
            yield ":", "muted"
        elif match["text"] or match["blank"]:
            yield match.group(), ""
        else:
            yield match.group(), "muted" if match["mark"] else "value"
    if end < len(line):
        yield line[end:], ""


def _indented(text: str) -> tuple[tuple[str, ...], bool]:
    """JSON as indented lines, and whether they are all: deep nesting can make it grow too large."""
    lines: list[str] = []
    line: list[str] = []
    depth = size = 0
    opened = ""

    def end(following: int) -> None:
        nonlocal size
        lines.append(printable("".join(line)))
        size += len(lines[-1]) + 2 * following
        line[:] = ["  " * following]

    for match in _TOKEN.finditer(text):
        if size > MOST_INDENTED:
            return (*lines, "…"), False
        token = match.group()
        if opened:
            if token in "]}":
                line.append(token)
                opened = ""
                continue
            depth += 1
            end(depth)
            opened = ""
        if token in ("{", "["):
            line.append(token)
            opened = token
        elif token in ("}", "]"):
            depth -= 1
            end(depth)
            line.append(token)
        elif token == ",":
            line.append(token)
            end(depth)
        else:
            line.append(": " if token == ":" else token)
            if opened:
                depth += 1
                opened = ""
        if token in ("}", "]") and depth == 0:
            break
    if "".join(line).strip():
        end(0)
    return tuple(lines), True
