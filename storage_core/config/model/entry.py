"""One table below `[storage]`: what a worker needs of the file."""

from __future__ import annotations

from os.path import dirname

from storage_core.config.model import names
from storage_core.declaration.table import (
    read_settings,
    relative_paths,
    with_absolute_paths,
)
from storage_core.errors import ConfigurationError
from storage_core.light import dataclass, field
from storage_core.paths import is_text, shortened
from storage_core.types import type_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterator, Mapping
    from typing import Any, Final

    from storage_core.config.model.problems import Problem
    from storage_core.declaration.configuration import StorageConfiguration

_NO_FOLDER: Final = (
    "is relative, but there is no file whose folder it could start from; write all of it"
)


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

    origin: str = ""
    """The absolute path of the file that it is in, or `STORAGE_CONFIG_TEXT`."""

    is_own: bool = True
    """Whether that is one's own file; a configuration in a layer beneath is never changed."""

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
        """The words to find it by, without a leading `#`; what is not text is left out."""
        value = self.table.get("tags")
        words = value if isinstance(value, list) else []
        return tuple(each.removeprefix("#") for each in words if isinstance(each, str))

    @property
    def read_only(self) -> bool:
        """Whether nothing is written or deleted through it."""
        return self.table.get("read_only") is True

    @property
    def marks(self) -> str:
        """What a list shows beside its location: that it is read-only, and its tags."""
        words = ["read-only"] if self.read_only else []
        return " ".join([*words, *(f"#{tag}" for tag in self.tags)])

    def opened(self) -> StorageConfiguration:
        """The configuration, or `ConfigurationError` with its first problem."""
        if self.configuration is None:
            raise ConfigurationError(str(self.problems[0]))
        return self.configuration


def storage_tables(tables: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tables below `[storage]`; empty if `storage` is not a table."""
    storage = tables.get("storage")
    return storage if isinstance(storage, dict) else {}


def find_name(
    tables: Mapping[str, Any], ref: str, text: str, path: str, *, partial: bool = True
) -> str:
    """`names.find` below `[storage]`; an error about a shared ID says its line."""
    try:
        return names.find(storage_tables(tables), ref, path, partial=partial)
    except names.SharedID as error:
        from storage_core.config.model.problems import Problem, line_in

        last = error.names[-1]
        line = line_in(text, ("storage", last, "id"))
        raise ConfigurationError(str(Problem(str(error), path, line, last))) from None


def read_entry(
    name: str,
    table: Any,
    text: str,
    path: str,
    seen: Mapping[str, tuple[str, str]] | None = None,
    *,
    is_own: bool = True,
) -> Entry:
    """The entry for one table.

    Args:
        name: its name.
        table: its value; people write these by hand, so it can be anything.
        text: the file's text, to find lines of problems.
        path: the file.
        seen: the IDs of earlier tables, each with the name of its table and its file.
        is_own: whether it is one's own file.
    """
    found: list[tuple[tuple[str, ...], str]] = []
    cls: type[StorageConfiguration] | None = None
    values: dict[str, Any] = {}
    by_hand = not isinstance(table, dict) or _unquoted_dot(table) is not None
    if not isinstance(table, dict):
        header = f"[storage.{_toml_key(name)}]"
        found.append(((), f"must be a table: write {header} on a line of its own"))
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
    found += [(("id",), message) for message in _id_faults(table, seen or {}, path)]
    if cls is not None:
        values, faults = read_settings(cls, table)
        if is_text(path):
            found += [((each,), f"{each} {_NO_FOLDER}") for each in relative_paths(cls, values)]
        else:
            values = with_absolute_paths(cls, values, dirname(path))
        found += [((fault.name,), f"{fault.name} {fault.message}") for fault in faults]
    identifier = names.id_of(name, table)
    return Entry(
        name=name,
        id=identifier,
        type=table["type"] if isinstance(table.get("type"), str) else "",
        table=table,
        configuration=cls(name=name, id=identifier, **values) if cls and not found else None,
        problems=_problems(name, found, text, path) if found else (),
        by_hand=by_hand,
        origin=path,
        is_own=is_own,
    )


def _problems(
    name: str, found: list[tuple[tuple[str, ...], str]], text: str, path: str
) -> tuple[Problem, ...]:
    from storage_core.config.model.problems import Problem, header, line_in

    return tuple(
        Problem(
            f"{header(name)}{message}",
            path,
            line_in(text, ("storage", name, *key)) or line_in(text, ("storage", name)),
            name,
        )
        for key, message in found
    )


def _toml_key(name: str) -> str:
    from storage_core.config.model.problems import toml_key

    return toml_key(name)


def _id_faults(
    table: Mapping[str, Any], seen: Mapping[str, tuple[str, str]], path: str
) -> Iterator[str]:
    if "id" not in table:
        return
    if not names.is_id(table["id"]):
        yield "id must be a UUID; remove the line, and one is derived from the name"
    elif (other := seen.get(table["id"].lower())) is not None:
        name, file = other
        where = "here" if file == path else f"there, in {shortened(file)}, or here"
        yield (
            f"id is also that of [storage.{_toml_key(name)}]; remove the line {where}, "
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
    whole = _toml_key(f"{name}.{nested}")
    return f"the name has a dot, which TOML takes for a table inside; write [storage.{whole}]"
