"""Doubts and cautions: what can be saved but not opened, and what looks like a mistake."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from storage_core.config.model.entries import Configurations
from storage_core.config.model.entry import Entry
from storage_core.config.model.names import has_id
from storage_core.config.model.problems import Problem

if TYPE_CHECKING:
    from storage_core.declaration.setting import Setting


def doubts(found: Configurations, *, lines: bool = False) -> Iterator[Problem]:
    """What can be saved but not opened, with line numbers if `lines`, which takes longer."""
    from storage_core.config.toml.scan import line_of

    for entry in found.entries.values():
        if entry.cls is None or entry.problems:
            continue
        for key, message in entry.cls.doubts_before(entry.settings):
            path = ("storage", entry.name)
            text = found.layer_of(entry).text if lines else ""
            line = (line_of(text, (*path, key)) or line_of(text, path)) if text else None
            yield Problem(f"{entry.name}: {key} {message}", entry.origin, line, entry.name)


def cautions(found: Configurations, *, lines: bool = False) -> Iterator[Problem]:
    """What looks like a mistake, with line numbers if `lines`, which takes longer.

    References are left out: they need to lead somewhere on the machine that uses the storage, not
    on this one.
    """
    from storage_core.config.toml.scan import line_of

    yield from _ids_of_others(found, lines=lines)
    for entry in found.entries.values():
        values = {
            name: _without_references(each)
            for name, each in entry.settings.items()
            if not (entry.cls and _is_reference(entry.cls.setting_named(name), each))
        }
        for problem, key in _cautions(entry, values):
            text = found.layer_of(entry).text if lines else ""
            line = line_of(text, ("storage", entry.name, key)) if text else None
            yield problem._replace(line=line)


def _ids_of_others(found: Configurations, *, lines: bool) -> Iterator[Problem]:
    """Cautions about tables whose derived ID leads to another table; see `names.find`."""
    from storage_core.config.toml.scan import line_of

    written = {each.id: each for each in found.entries.values() if has_id(each.table)}
    for entry in found.entries.values():
        if not has_id(entry.table) and (other := written.get(entry.id)) is not None:
            line = line_of(found.layer_of(entry).text, ("storage", entry.name)) if lines else None
            message = (
                f"{entry.name}: its ID follows from its name, and leads to {other.name}, in which "
                "it is written; write an id of its own"
            )
            yield Problem(message, entry.origin, line, entry.name)


def cautions_of(found: Configurations, name: str, keys: Collection[str]) -> Iterator[Problem]:
    """What looks like a mistake in some settings of one configuration, references included."""
    entry = found.entries[name]
    for problem, key in _cautions(entry, entry.settings):
        if key in keys:
            yield problem


def _is_reference(setting: Setting | None, value: object) -> bool:
    return setting is not None and setting.is_reference(value)


def _without_references(value: Any) -> Any:
    """A table without the references in it; anything else as it is."""
    if not isinstance(value, dict):
        return value
    return {
        name: _without_references(inner)
        for name, inner in value.items()
        if not (isinstance(inner, dict) and set(inner) == {"ref"})
    }


def _cautions(entry: Entry, values: Mapping[str, Any]) -> Iterator[tuple[Problem, str]]:
    from storage_core.declaration.table import with_absolute_paths

    if entry.cls is None or entry.problems:
        return
    placed = with_absolute_paths(entry.cls, values, os.path.dirname(entry.origin))
    for key, message in entry.cls.cautions(placed):
        yield Problem(f"{entry.name}: {key}: {message}", entry.origin, None, entry.name), key
