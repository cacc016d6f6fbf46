"""Plain data on its way into TOML: made plain, compared strictly, and written.

tomlkit writes new values; it never touches what stands in the file already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from storage_core.config.toml.scan import Path
from storage_core.errors import ConfigurationError

if TYPE_CHECKING:
    from tomlkit.items import Item

MISSING: Final = object()
"""Stands for a value that is not there or is to be removed."""


def plain(value: object) -> Any:
    """A copy of `value` made of exactly the types that `tomllib` returns.

    Raises:
        ConfigurationError: TOML cannot express it, for example None in a list or half a character.
    """
    match value:
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case bool() | datetime() | date() | time():
            return value
        case int():
            return int(value)
        case float():
            return float(value)
        case str():
            text = str.__str__(value)
            if not _is_unicode(text):
                raise ConfigurationError("a value holds half a Unicode character; write it anew")
            return text
    raise ConfigurationError(f"a value of type {type(value).__name__} cannot be written as TOML")


def same(one: object, other: object) -> bool:
    """Whether two plain values are the same, types included: 1, 1.0 and true all differ.

    NaN is the same as NaN, and 0.0 is not -0.0.
    """
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, str | int):
        return one == other
    return repr(one) == repr(other)


def dig(data: object, path: Path) -> Any:
    """The value at `path` inside nested tables, or MISSING."""
    for name in path:
        if not isinstance(data, dict) or name not in data:
            return MISSING
        data = data[name]
    return data


def with_value(data: dict[str, Any], path: Path, value: object) -> dict[str, Any]:
    """`data` with one value set or, if MISSING, removed; `data` itself stays as it is."""
    copy = dict(data)
    if len(path) > 1:
        copy[path[0]] = with_value(data.get(path[0], {}), path[1:], value)
    elif value is MISSING:
        copy.pop(path[0], None)
    else:
        copy[path[0]] = value
    return copy


def unwritten(
    path: Path, value: object, done: AbstractSet[Path], tables: AbstractSet[Path] = frozenset()
) -> Iterator[tuple[Path, Any]]:
    """The parts of the `value` at `path` that are still to be written after those in `done`.

    A table that is partly done, or has a header and so is in `tables`, is taken apart; any other
    comes whole.
    """
    if value is MISSING or path in done:
        return
    stands = any(other[: len(path)] == path for other in (*done, *tables))
    if isinstance(value, dict) and stands:
        for key, inner in value.items():
            yield from unwritten((*path, key), inner, done, tables)
    else:
        yield path, value


def written(value: object) -> str:
    """A plain value as TOML on one line, tables inline."""
    return _item(value).as_string()


def written_key(*names: str) -> str:
    """A key or header as TOML, each name quoted only if necessary."""
    import tomlkit

    return ".".join(tomlkit.key(name).as_string() for name in names)


def _item(value: object) -> Item:
    import tomlkit

    if isinstance(value, dict):
        table = tomlkit.inline_table()
        for key, inner in value.items():
            table.append(tomlkit.key(key), _item(inner))
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        for inner in value:
            array.append(_item(inner))
        return array
    return tomlkit.item(value)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
