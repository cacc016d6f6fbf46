"""What differs between two texts of the configuration file, setting by setting, secrets masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from storage_core.config.model.entry import storage_tables
from storage_core.config.model.names import id_of, is_id
from storage_core.config.toml.text import TextError, parse
from storage_core.declaration.display import masked, shown
from storage_core.errors import StorageError
from storage_core.printable import printable
from storage_core.types import type_named

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration

GONE: Final = "-"
NEW: Final = "+"

_TOP_KEYS: Final = ("default", "version", "storage")
"""Keys at the top of the file that have lines of their own."""


class Difference(NamedTuple):
    """One line of what changed."""

    sign: str
    """`GONE` or `NEW`; empty for a heading, and where values are not shown."""

    text: str
    """Fit for drawing."""


def differences(older: str, newer: str) -> list[Difference]:
    """The changes from `older` to `newer`; of a secret, only that it changed."""
    try:
        before, after = parse(older), parse(newer)
    except TextError:
        return [Difference("", "One of the two is not readable as TOML.")]
    found = [*_top(before, after), *_tables(storage_tables(before), storage_tables(after))]
    return found or [Difference("", "Comments, order or spacing only.")]


def _top(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in ("version", "default"):
        yield from _changed(name, before.get(name), after.get(name), _plain)
    for name in dict.fromkeys((*before, *after)):
        if name not in _TOP_KEYS and before.get(name) != after.get(name):
            # Its value may be anything, even a secret.
            yield Difference("", printable(f"{name} changed"))


def _tables(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    gone = {id_of(name, table): name for name, table in old.items() if name not in new}
    came_from = {
        name: gone[id]
        for name, table in new.items()
        if name not in old and (id := id_of(name, table)) in gone
    }
    for name, table in old.items():
        if name not in new and name not in came_from.values():
            yield from _table(GONE, name, table)
    for name, table in new.items():
        was = came_from.get(name, name)
        if was not in old:
            yield from _table(NEW, name, table)
        elif was != name or old[was] != table:
            yield from _edited(was, name, old[was], table)


def _table(sign: str, name: str, table: object) -> Iterator[Difference]:
    yield Difference(sign, _heading(name))
    settings = table if isinstance(table, Mapping) else {}
    for key, value in settings.items():
        yield Difference(sign, f"  {_line(key, value, settings)}")


def _edited(was: str, name: str, old: object, new: object) -> Iterator[Difference]:
    if was != name:
        yield Difference(GONE, _heading(was))
    yield Difference(NEW if was != name else "", _heading(name))
    before = old if isinstance(old, Mapping) else {}
    after = new if isinstance(new, Mapping) else {}
    for key in dict.fromkeys((*before, *after)):
        for each in _changed(
            key,
            before.get(key),
            after.get(key),
            lambda name, value, settings=after or before: _line(name, value, settings),
        ):
            yield each._replace(text=f"  {each.text}")


def _changed(name: str, old: Any, new: Any, line: Any) -> Iterator[Difference]:
    if old == new:
        return
    if old is not None:
        yield Difference(GONE, line(name, old))
    if new is not None:
        yield Difference(NEW, line(name, new))


def _plain(name: str, value: Any) -> str:
    # Anything but these could be a secret in the wrong place.
    is_name = name == "default" and isinstance(value, str)
    return printable(f"{name} = {value if is_name or isinstance(value, int) else '…'}")


def _heading(name: str) -> str:
    return printable(f"[storage.{name}]")


def _line(key: str, value: Any, settings: Mapping[str, Any]) -> str:
    cls = _class(settings.get("type"))
    # Anything else could be a secret in the wrong place.
    if (key == "id" and is_id(value)) or (key == "type" and cls):
        return printable(f"{key} = {value}")
    setting = cls.setting_named(key) if cls else None
    try:
        said = shown(setting, value) if setting else str(masked(None, value))
    except (TypeError, ValueError, AttributeError):
        said = "********"
    return printable(f"{key} = {said}")


def _class(type_: object) -> type[StorageConfiguration] | None:
    try:
        return type_named(type_) if isinstance(type_, str) else None
    except StorageError:
        return None
