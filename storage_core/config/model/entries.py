"""Storage configurations made from plain tables, with every problem found and its line.

One broken table never hides the others: it is an entry with problems and no configuration.
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Iterator, Mapping
from os.path import dirname
from typing import Any

from storage_core.config.model import names
from storage_core.config.model.problems import (
    Problem,
    file_problems,
    header,
    is_newer,
    line_in,
    toml_key,
)
from storage_core.declaration.configuration import StorageConfiguration
from storage_core.declaration.table import read_settings, with_absolute_paths
from storage_core.errors import ConfigurationError, StorageNotFound
from storage_core.light import dataclass, field
from storage_core.paths import shortened
from storage_core.types import type_named

_NAMED = 10
"""Configurations that a `repr` names."""


@dataclass(frozen=True)
class Entry:
    """One table below `[storage]`, intact or broken."""

    name: str
    id: str
    type: str
    """As written; empty if missing."""

    table: Mapping[str, Any] = field(repr=False)
    """As it stands in the file, secrets included."""

    configuration: StorageConfiguration | None
    """With paths made absolute from the file's folder; None if the table has problems."""

    problems: tuple[Problem, ...] = ()
    """Most helpful first; `by_line` sorts them by their place in the file."""

    by_hand: bool = False
    """Whether only a text editor can mend it: not a table, or an unquoted dot in its name."""

    @property
    def cls(self) -> builtins.type[StorageConfiguration] | None:
        """The class of its type; None if the type is unknown."""
        try:
            return type_named(self.type)
        except ConfigurationError:
            return None

    @property
    def settings(self) -> dict[str, Any]:
        """The table without its ID and type, secrets included."""
        return {key: value for key, value in self.table.items() if key not in ("id", "type")}

    @property
    def tags(self) -> tuple[str, ...]:
        """The words to find it by, as far as they are words."""
        value = self.table.get("tags")
        words = value if isinstance(value, list) else []
        return tuple(each.removeprefix("#") for each in words if isinstance(each, str))

    @property
    def read_only(self) -> bool:
        """Whether nothing is written or deleted through it."""
        return self.table.get("read_only") is True

    @property
    def marks(self) -> str:
        """What a list says of it beside its location: that it is read-only, and its tags."""
        words = ["read-only"] if self.read_only else []
        return " ".join([*words, *(f"#{tag}" for tag in self.tags)])

    def opened(self) -> StorageConfiguration:
        """The configuration, or `ConfigurationError` with its first problem."""
        if self.configuration is None:
            raise ConfigurationError(str(self.problems[0]))
        return self.configuration


class Configurations(Mapping[str, StorageConfiguration]):
    """What the file holds: the intact configurations by name, and every problem."""

    def __init__(self, tables: Mapping[str, Any], text: str, path: str) -> None:
        self.path = path
        """The absolute path of the file, which need not exist."""

        self.tables: Mapping[str, Any] = tables
        """Everything in the file, tables of other programs included."""

        self.text = text
        """The text of the file, secrets included."""

        storage = storage_tables(tables)
        self.entries: dict[str, Entry] = {}
        """Every table below `[storage]`, in the file's order, the broken ones included."""

        seen: dict[str, str] = {}
        for name, table in storage.items():
            entry = read_entry(name, table, text, path, seen)
            self.entries[name] = entry
            seen.setdefault(entry.id, name)
        default = tables.get("default")
        self.default: str | None = default if isinstance(default, str) else None
        """The name of the default, as written; None: Temporary Local Storage."""

        self.problems: tuple[Problem, ...] = (
            *file_problems(tables, storage, text, path),
            *(problem for entry in self.entries.values() for problem in entry.problems),
        )
        """Everything a person has to mend."""

    @property
    def newer(self) -> bool:
        """Whether the file was written for a newer version of this program."""
        return is_newer(self.tables)

    @property
    def override(self) -> str:
        """One line on what `STORAGE_DEFAULT` changes in this process; empty if it is not set."""
        ref = os.environ.get("STORAGE_DEFAULT")
        if not ref:
            return ""
        try:
            return f"STORAGE_DEFAULT makes {self.find(ref, partial=False).name} the default here."
        except StorageNotFound:
            return f"STORAGE_DEFAULT is {ref}, but there is none of this name or ID."

    def find(self, ref: str, *, partial: bool = True) -> Entry:
        """The entry that `ref` means: a name, an ID or (if `partial`) the start of an ID.

        Raises:
            StorageNotFound: there is none, or the start of an ID fits several.
        """
        return self.entries[find_name(self.tables, ref, self.text, self.path, partial=partial)]

    def __repr__(self) -> str:
        """Where they are and what they are called; no settings, which may be secret."""
        listed = ", ".join(map(repr, [*self.entries][:_NAMED]))
        more = len(self.entries) - _NAMED
        listed += f" and {more} more" if more > 0 else ""
        problems = f", {len(self.problems)} problem(s)" if self.problems else ""
        return (
            f"<Configurations in {self.path!r}: {listed or 'none'}; "
            f"default {self.default!r}{problems}>"
        )

    def __getitem__(self, name: str) -> StorageConfiguration:
        configuration = self.entries[name].configuration
        if configuration is None:
            raise KeyError(name)
        return configuration

    def __iter__(self) -> Iterator[str]:
        return (name for name, entry in self.entries.items() if entry.configuration is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def storage_tables(tables: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tables below `[storage]`; empty if `storage` is not a table."""
    storage = tables.get("storage")
    return storage if isinstance(storage, dict) else {}


def find_name(
    tables: Mapping[str, Any], ref: str, text: str, path: str, *, partial: bool = True
) -> str:
    """`names.find` below `[storage]`; an error about a shared ID has its line."""
    try:
        return names.find(storage_tables(tables), ref, path, partial=partial)
    except names.SharedID as error:
        last = error.names[-1]
        line = line_in(text, ("storage", last, "id"))
        raise ConfigurationError(str(Problem(str(error), path, line, last))) from None


def refuse_newer(tables: Mapping[str, Any], path: str) -> None:
    """Raise `ConfigurationError` if the file's `version` is newer than this program."""
    if is_newer(tables):
        raise ConfigurationError(
            f"{shortened(path)} is of version {tables['version']}, newer than this program knows; "
            "update the program to change the file"
        )


def read_entry(
    name: str, table: Any, text: str, path: str, seen: Mapping[str, str] | None = None
) -> Entry:
    """The entry for one table.

    Args:
        name: its name.
        table: its value; people write these by hand, so it can be anything.
        text: the file's text, to find lines of problems.
        path: the file.
        seen: the IDs of earlier tables, each with the name of its table.
    """
    found: list[tuple[tuple[str, ...], str]] = []
    cls: type[StorageConfiguration] | None = None
    values: dict[str, Any] = {}
    by_hand = not isinstance(table, dict) or _unquoted_dot(table) is not None
    if not isinstance(table, dict):
        found.append(
            ((), f"must be a table: write [storage.{toml_key(name)}] on a line of its own")
        )
        table = {}
    elif nested := _unquoted_dot(table):
        found.append(((nested,), _quote_the_dot(name, nested)))
    elif not name.strip():
        found.append(((), "the name is empty; give it one"))
    elif not isinstance(table.get("type"), str):
        found.append(((), 'type is missing; add a line such as type = "local"'))
    else:
        try:
            cls = type_named(table["type"])
        except ConfigurationError as error:
            found.append((("type",), str(error)))
    found += [(("id",), message) for message in _id_faults(table, seen or {})]
    if cls is not None:
        values, faults = read_settings(cls, table)
        values = with_absolute_paths(cls, values, dirname(path))
        found += [((fault.name,), f"{fault.name} {fault.message}") for fault in faults]
    identifier = names.id_of(name, table)
    return Entry(
        name=name,
        id=identifier,
        type=table["type"] if isinstance(table.get("type"), str) else "",
        table=table,
        configuration=cls(name=name, id=identifier, **values) if cls and not found else None,
        problems=tuple(
            Problem(
                f"{header(name)}{message}",
                path,
                line_in(text, ("storage", name, *key)) or line_in(text, ("storage", name)),
                name,
            )
            for key, message in found
        ),
        by_hand=by_hand,
    )


def _id_faults(table: Mapping[str, Any], seen: Mapping[str, str]) -> Iterator[str]:
    if "id" not in table:
        return
    if not names.is_id(table["id"]):
        yield "id must be a UUID; remove the line, and one is derived from the name"
    elif (other := seen.get(table["id"].lower())) is not None:
        yield (
            f"id is also that of [storage.{toml_key(other)}]; remove the line here, "
            "and one is derived from the name"
        )


def _unquoted_dot(table: Mapping[str, Any]) -> str | None:
    """The key of an inner table that looks like a configuration of its own."""
    return next(
        (
            key
            for key, inner in table.items()
            if isinstance(inner, dict)
            and key != "options"
            and ("type" in inner or "type" not in table)
            and not _is_json(table.get("type"), key)
        ),
        None,
    )


def _is_json(type_name: Any, key: str) -> bool:
    """Whether a key is a setting that takes JSON, such as a key file, which has its own `type`."""
    if not isinstance(type_name, str):
        return False
    try:
        setting = type_named(type_name).setting_named(key)
    except ConfigurationError:
        return False
    return setting is not None and setting.form == "json"


def _quote_the_dot(name: str, nested: str) -> str:
    whole = toml_key(f"{name}.{nested}")
    return f"the name has a dot, which TOML takes for a table inside; write [storage.{whole}]"
