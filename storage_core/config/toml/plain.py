"""Reads the part of TOML that nearly every configuration file stays within, without a parser.

    # comment
    [storage.NAME]        or [storage."a name"]
    key = "text"          or 'text', true, 12, 2.5, ["one", "two"], a '''text of several lines'''

A worker that reads such a file need not load `tomllib`, which with `re` and `typing` takes 12 of
its 38 ms; of 1,000 configurations it reads one in a fifth of the time. Whatever else stands in a
text, and whatever is wrong with it, is left to `tomllib` and its messages.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final, TypeVar

    T = TypeVar("T")

BOM: Final = "\ufeff"
_BARE: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_ESCAPES: Final = {'"': '"', "\\": "\\", "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_LONGEST_NUMBER: Final = 15


class _NotPlain(Exception):
    """The text holds something that `tomllib` has to read, or refuse."""


def plain_tables(text: str) -> dict[str, Any] | None:
    """Exactly what `tomllib` would make of `text`; None if it takes `tomllib` to read it."""
    try:
        return _tables(text.removeprefix(BOM).replace("\r\n", "\n"))
    except _NotPlain:
        return None


def _tables(text: str) -> dict[str, Any]:
    root: dict[str, Any] = {}
    table = root
    keys: set[str] = set()
    lines = iter(text.split("\n"))
    for whole_line in lines:
        line = _printable(whole_line)
        key, _, value = line.partition(" = ")
        is_text = value[:1] == '"' == value[-1:] and value.count('"') == 2 and "\\" not in value
        if is_text and key in keys and key not in table:
            # A short cut for most lines: with 1,000 configurations it saves 1.4 ms of 5.
            table[key] = value[1:-1]
            continue
        line = line.strip()
        if not line or line[0] == "#":
            continue
        if line[0] == "[":
            table = _opened(root, line)
            continue
        key, _, value = line.partition("=")
        key, value = key.rstrip(), value.lstrip()
        if not _is_bare(key) or key in table:
            raise _NotPlain
        keys.add(key)
        if value[:3] == "'''":
            table[key] = _of_several_lines(whole_line, lines)
        else:
            table[key] = _value(value)
    return root


def _opened(root: dict[str, Any], header: str) -> dict[str, Any]:
    """The table that a header begins; it must be a new one."""
    if header[-1] != "]":
        raise _NotPlain
    *above, name = _names(header[1:-1])
    table = root
    for each in above:
        table = table.setdefault(each, {})
        if not isinstance(table, dict):
            raise _NotPlain
    if name in table:
        raise _NotPlain
    new: dict[str, Any] = {}
    table[name] = new
    return new


def _names(header: str) -> list[str]:
    """The names in a header; the last one may stand in quotation marks."""
    last = []
    if header[-1:] == '"':
        header, dot, name = header[:-1].partition('."')
        if not dot or '"' in name or "\\" in name:
            raise _NotPlain
        last = [name]
    names = header.split(".")
    if not all(map(_is_bare, names)):
        raise _NotPlain
    return names + last


def _value(written: str) -> Any:
    mark = written[:1]
    if mark == '"' and "\\" in written:
        return _with_escapes(written)
    if mark and mark in "\"'":
        # Three marks begin a text of several lines; here two are an empty text, and more follows.
        value, closed, behind = written[1:].partition(mark)
        return _alone(value, behind if closed else mark)
    if mark == "[":
        return _texts(written)
    word = written.partition("#")[0].rstrip()
    return word == "true" if word in ("true", "false") else _number(word)


def _of_several_lines(line: str, lines: Iterator[str]) -> str:
    """The text in three marks that begins in `line`, and perhaps ends in one of `lines`."""
    rest = line.partition("'''")[2]
    # A break right behind the marks does not count.
    parts = [rest] if rest else []
    while "'''" not in rest:
        rest = _printable(next(lines, "\n"))
        parts.append(rest)
    last, _, behind = rest.partition("'''")
    return _alone("\n".join([*parts[:-1], last]), behind)


def _with_escapes(written: str) -> str:
    made = []
    at, mark = 1, 0
    while True:
        if mark < at:  # Searching anew at each escape would take quadratic time.
            mark = written.find('"', at)
        escape = written.find("\\", at)
        if mark < 0:
            raise _NotPlain
        if escape < 0 or mark < escape:
            made.append(written[at:mark])
            return _alone("".join(made), written[mark + 1 :])
        meant = _ESCAPES.get(written[escape + 1 : escape + 2])
        if meant is None:
            raise _NotPlain
        made += (written[at:escape], meant)
        at = escape + 2


def _texts(written: str) -> list[str]:
    """An array of texts on one line."""
    before, *rest = written.split('"')
    texts, between = rest[::2], rest[1::2]
    if before.strip() != "[" or len(texts) != len(between) or not texts or "\\" in written:
        raise _NotPlain
    if any(each.strip() != "," for each in between[:-1]) or between[-1].lstrip()[:1] != "]":
        raise _NotPlain
    return _alone(texts, between[-1].lstrip()[1:])


def _number(word: str) -> float:
    whole, point, part = word.partition(".")
    is_one = _is_digits(whole) and (whole == "0" or whole[0] != "0") and len(word) < _LONGEST_NUMBER
    if is_one and not point:
        return int(word)
    if is_one and _is_digits(part):
        return float(word)
    raise _NotPlain


def _alone(value: T, behind: str) -> T:
    """`value`, if only a comment follows it on the line."""
    if behind and behind.lstrip()[:1] not in ("", "#"):
        raise _NotPlain
    return value


def _printable(line: str) -> str:
    """`line`, if it has no control character, tab or blank other than a space."""
    if line.isprintable():
        return line
    raise _NotPlain


def _is_bare(name: str) -> bool:
    """Whether a key may be written without quotation marks."""
    return name != "" and not name.strip(_BARE)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()
