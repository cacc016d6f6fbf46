"""What changing the settings or the name of one configuration does to the file's text.

Called by `ConfigFile` under the lock, so that settings and name change in one step or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from os.path import dirname
from typing import TYPE_CHECKING, Any, NamedTuple

from storage_core.config import edit, names
from storage_core.config.entries import storage_tables
from storage_core.config.forget import Moved, moved_by
from storage_core.declaration.table import read_settings, with_absolute_paths
from storage_core.declaration.validation import validated
from storage_core.types import type_named

if TYPE_CHECKING:
    from storage_core.config.entries import Entry
    from storage_core.declaration.configuration import StorageConfiguration


class Revision(NamedTuple):
    """A changed text."""

    text: str
    saved: StorageConfiguration
    moved: tuple[Moved, ...]
    """Secrets that left the file in favour of a reference."""

    def __repr__(self) -> str:
        return f"<Revision of {self.saved.name!r}>"


def with_settings(
    text: str,
    path: str,
    entry: Entry,
    changes: Mapping[str, Any],
    cls: type[StorageConfiguration] | None = None,
) -> Revision:
    """`text` with other settings in one table.

    Written are the keys that `changes` names, and those whose values can only be read as typed by
    a person, such as a number in quotes.

    Args:
        text: the file's.
        path: the file; the paths of what is returned in `saved` are absolute, from its folder.
        entry: the configuration as it stands there.
        changes: settings by name; None and "" remove one.
        cls: the type that it is to have; None: its own.

    Raises:
        InvalidSettings: a setting would be wrong.
        ConfigurationError: its type is unknown, and no other is given.
    """
    cls = cls or entry.cls or type_named(entry.type)
    typed = with_absolute_paths(cls, changes)
    values = validated(cls, {**entry.settings, **typed})
    mended = {fault.name for fault in read_settings(cls, entry.settings)[1]} & entry.settings.keys()
    written: dict[str, Any] = {
        key: values.get(key)
        for key in {**typed, **dict.fromkeys(sorted(mended))}
        if key in mended or entry.table.get(key) != values.get(key) or key not in entry.table
    }
    moved = tuple(moved_by(replace(entry, type=cls.type), written))
    if entry.type != cls.type:
        written = {"type": cls.type, **written}
    return Revision(
        edit.update_table(text, ("storage", entry.name), {**_lacking_id(entry), **written}),
        cls(name=entry.name, id=entry.id, **with_absolute_paths(cls, values, dirname(path))),
        moved,
    )


def with_name(text: str, tables: Mapping[str, Any], entry: Entry, new: str) -> str:
    """`text` with another name for one table; the default goes along.

    Args:
        text: the file's.
        tables: what `text` says, but for the settings of this configuration.
        entry: the configuration as it stood there before any change.
        new: its name from now on.

    Raises:
        ConfigurationError, ConfigConflict: the name cannot be taken.
    """
    names.require_text(new, "the name")
    if new.strip() == entry.name:
        return text
    name = names.check_new_name(new, storage_tables(tables))
    path = ("storage", entry.name)
    # An ID derived from the old name is written down first: the configuration stays itself.
    text = edit.update_table(text, path, _lacking_id(entry))
    text = edit.rename_table(text, path, name)
    return edit.set_root(text, "default", name) if tables.get("default") == entry.name else text


def _lacking_id(entry: Entry) -> dict[str, Any]:
    return {} if "id" in entry.table else {"id": entry.id}
