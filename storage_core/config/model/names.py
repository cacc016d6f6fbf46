"""Names and IDs of configurations, and how a REF finds one.

A REF is an exact name, else an exact ID, else (where allowed) an unambiguous start of an ID.
"""

from __future__ import annotations

from storage_core.errors import ConfigConflict, ConfigurationError, StorageNotFound
from storage_core.nearest import nearest
from storage_core.paths import command, shortened
from storage_core.printable import trimmed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Final

SHORTEST_START: Final = 4
"""The fewest characters of an ID that may stand for it."""

MAX_NAME: Final = 200

BUILT_IN: Final = "Temporary Local Storage"
"""What lists call the storage used when no default is set; no configuration may have it."""

_GROUPS: Final = ([8, 4, 4, 4, 12], [32])
_URLS: Final = bytes.fromhex("6ba7b8119dad11d180b400c04fd430c8")
"""The namespace of URLs (RFC 9562)."""


class SharedID(ConfigurationError):
    """Several configurations have the ID that was asked for."""

    def __init__(self, identifier: str, names: list[str]) -> None:
        self.names = names
        super().__init__(
            f"the ID {identifier} stands in several configurations "
            f"({', '.join(map(quoted, names))}); use the name, and give each its own ID"
        )


def is_id(text: object) -> bool:
    """Whether `text` has the form of an ID."""
    if not isinstance(text, str):
        return False
    groups = text.split("-")
    digits = "".join(groups)
    return [*map(len, groups)] in _GROUPS and not digits.strip("0123456789abcdefABCDEF")


def new_id() -> str:
    """A fresh random ID."""
    from uuid import uuid4

    return str(uuid4())


def derived_id(name: str) -> str:
    """The ID of a table without one: a UUID 5 of its name, the same in every process."""
    # By hand: a worker whose tables have no IDs would load `uuid` for nothing else.
    from hashlib import sha1

    digits = sha1(_URLS + f"storage:{name}".encode(), usedforsecurity=False).hexdigest()
    variant = f"{int(digits[16], 16) & 0b0011 | 0b1000:x}"
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def has_id(table: object) -> bool:
    """Whether `table` has a valid ID of its own."""
    return isinstance(table, dict) and is_id(table.get("id"))


def id_of(name: str, table: Any) -> str:
    """The ID that `table` has, or the one derived from `name`."""
    return str(table["id"]).lower() if has_id(table) else derived_id(name)


def check_new_name(name: str, taken: Iterable[str] | Mapping[str, str] = ()) -> str:
    """Return `name`, stripped, if a new configuration can have it.

    Args:
        name: the name.
        taken: the names of others; as a mapping, each with the file that it is in, empty for one's
            own.

    Raises:
        TypeError: it is not text.
        ConfigurationError: it is empty, too long, has control characters, is shaped like an ID or
            is `BUILT_IN`.
        ConfigConflict: another configuration has it.
    """
    require_text(name, "the name")
    name = trimmed(name)
    if not name:
        raise ConfigurationError("the name must not be empty")
    if len(name) > MAX_NAME:
        raise ConfigurationError(f"the name must not be longer than {MAX_NAME} characters")
    if not name.isprintable():
        raise ConfigurationError("the name must not contain control or invisible characters")
    if is_id(name):
        raise ConfigurationError("the name must not look like an ID; choose a word")
    if " ".join(name.casefold().split()) == BUILT_IN.casefold():
        raise ConfigurationError(
            f"{BUILT_IN} is what is used when no default is set; choose another name"
        )
    if name in taken:
        file = taken[name] if isinstance(taken, dict) else ""
        where = f", in {shortened(file)}" if isinstance(file, str) and file else ""
        raise ConfigConflict(f"the name {quoted(name)} is taken{where}; choose another")
    return name


def find(tables: Mapping[str, Any], ref: str, path: str, *, partial: bool = True) -> str:
    """The name of the configuration that `ref` means.

    Args:
        tables: the tables below `[storage]`, by name.
        ref: a name, an ID or, with `partial`, the start of an ID.
        path: the file that they are in.
        partial: whether the start of an ID is enough.

    Raises:
        StorageNotFound: there is none, or the start of an ID fits several.
        SharedID: several configurations have this ID.
        TypeError: `ref` is not text.
    """
    require_text(ref, "a name or an ID of a configuration")
    if ref in tables or (ref := trimmed(ref)) in tables:
        return ref
    wanted = ref.lower()
    if is_id(ref) or (partial and len(ref) >= SHORTEST_START):
        ids = _ids_found(tables)
        exact = [name for name, each in ids.items() if each == wanted]
        if len(exact) > 1:
            raise SharedID(wanted, exact)
        if exact:
            return exact[0]
        fitting = [name for name, each in ids.items() if partial and each.startswith(wanted)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise StorageNotFound(
                f"{quoted(ref)} fits several IDs ({', '.join(map(quoted, fitting[:5]))}); "
                "write more of it, or the name"
            )
    hint = _hint(tables, ref, path)
    ids = {name: id_of(name, table) for name, table in tables.items()}
    if len(ref) >= SHORTEST_START and any(each.startswith(wanted) for each in ids.values()):
        hint = "; it is the start of an ID, but here write the name or the whole ID"
    raise StorageNotFound(f"no storage configuration {quoted(ref)}{hint}")


def _ids_found(tables: Mapping[str, Any]) -> dict[str, str]:
    """For each name, the ID that leads to it.

    A derived ID is written into its table at the first edit, so that it survives renaming. If
    another table without an ID then takes the old name, the ID leads to the table that has it
    written.
    """
    ids = {name: id_of(name, table) for name, table in tables.items()}
    written = {ids[name] for name, table in tables.items() if has_id(table)}
    return {name: each for name, each in ids.items() if has_id(tables[name]) or each not in written}


def require_text(value: object, what: str) -> None:
    """Raise a `TypeError` if `value` is not text; `what` names it in the message."""
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a str, not {type(value).__name__}")


def quoted(name: str) -> str:
    """A name for use in a message: quoted, on one line, shortened."""
    text = repr(name)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _hint(tables: Mapping[str, Any], ref: str, path: str) -> str:
    if meant := nearest(ref, tables):
        return f"; did you mean {quoted(meant)}?"
    if tables:
        return f"; `{command('ls', path)}` shows what there is"
    # The file matters most here: a worker on a cluster may have found another one, or none.
    return f"; none is configured in {shortened(path)}"
