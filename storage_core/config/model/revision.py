"""What changing settings of one configuration writes into the file."""

from __future__ import annotations

from collections.abc import Mapping
from os.path import dirname
from typing import TYPE_CHECKING, Any, NamedTuple

from storage_core.declaration.table import read_settings, with_absolute_paths
from storage_core.declaration.validation import validated
from storage_core.types import type_named

if TYPE_CHECKING:
    from storage_core.config.model.entries import Entry
    from storage_core.declaration.configuration import StorageConfiguration


class Revision(NamedTuple):
    """Other settings for one configuration."""

    written: Mapping[str, Any]
    """What goes into its table, by key; None removes one."""

    saved: StorageConfiguration
    """The configuration as it is then."""

    def __repr__(self) -> str:
        return f"<Revision of {self.saved.name!r}>"


def revised(
    entry: Entry, changes: Mapping[str, Any], cls: type[StorageConfiguration] | None, path: str
) -> Revision:
    """The revision that `changes` make of one configuration.

    Written are the keys that `changes` names, and those whose values can only be read as typed by
    a person, such as a number in quotes.

    Args:
        entry: the configuration as it is.
        changes: settings by name; None and "" remove one.
        cls: the type that it is to have; None: its own.
        path: the file; the paths in `saved` are absolute, from its folder.

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
    if entry.type != cls.type:
        written = {"type": cls.type, **written}
    if "id" not in entry.table:
        written = {"id": entry.id, **written}
    saved = cls(name=entry.name, id=entry.id, **with_absolute_paths(cls, values, dirname(path)))
    return Revision(written, saved)
