"""A revision: what a change of settings writes into the table of one configuration."""

from __future__ import annotations

from collections.abc import Mapping
from os.path import dirname
from typing import TYPE_CHECKING, Any, NamedTuple

from storage_core.declaration.table import read_settings, with_absolute_paths
from storage_core.declaration.validation import validated
from storage_core.types import type_named

if TYPE_CHECKING:
    from storage_core.config.model.entry import Entry
    from storage_core.declaration.configuration import StorageConfiguration


class Revision(NamedTuple):
    """New settings for one configuration."""

    written: Mapping[str, Any]
    """The keys to write into its table; None removes a key."""

    saved: StorageConfiguration
    """The configuration after the change."""

    def __repr__(self) -> str:
        return f"<Revision of {self.saved.name!r}>"


def revised(
    entry: Entry, changes: Mapping[str, Any], cls: type[StorageConfiguration] | None, path: str
) -> Revision:
    """The revision of one configuration by `changes`.

    It writes the keys that `changes` names, and rewrites values that have the wrong type but are
    understood, such as a number in quotes.

    Args:
        entry: the configuration as it is.
        changes: settings by name; None and "" remove one.
        cls: its new type; None: as before.
        path: the file; paths in `saved` are made absolute from its folder.

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
