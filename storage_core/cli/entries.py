"""Prepares a configuration for printing, as JSON or as labels with values; masks secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from storage_core.declaration.display import masked, masked_settings, shown
from storage_core.keys import KINDS
from storage_core.paths import shortened

if TYPE_CHECKING:
    from storage_core.config.model.entries import Configurations
    from storage_core.config.model.entry import Entry


def as_json(entry: Entry, found: Configurations) -> dict[str, Any]:
    """The configuration as an element of `storages` in `storage ls --json`."""
    made: dict[str, Any] = {
        "id": entry.id,
        "name": entry.name,
        "type": entry.type or None,
        "default": entry.name == found.default,
        "location": location(entry) or None,
        "error": "; ".join(str(problem) for problem in entry.problems) or None,
        "settings": masked_settings(entry.cls.settings() if entry.cls else (), entry.settings),
        "origin": entry.origin,
    }
    if hides := found.hidden_by(entry.name):
        made["hides"] = hides
    return made


def saved_as_json(configurations: Configurations, name: str) -> dict[str, Any]:
    """The JSON of the configuration `name` after a change."""
    return as_json(configurations.find(name), configurations)


def location(entry: Entry) -> str:
    """Where its blobs are; empty if it is broken."""
    return entry.configuration.location if entry.configuration else ""


def type_label(entry: Entry) -> str:
    """The label of its type; if the type is unknown, its name in the file."""
    return entry.cls.label if entry.cls else entry.type or "?"


def origin(entry: Entry, found: Configurations) -> str:
    """The included file that it is from, if any, and what it hides; empty if neither."""
    place = "" if entry.is_own else shortened(entry.origin)
    hidden = [shortened(each) for each in found.hidden_by(entry.name)]
    hides = f"hides that of {' and '.join(hidden)}" if hidden else ""
    return ", ".join(filter(None, (place, hides)))


def details(entry: Entry, found: Configurations) -> Iterator[tuple[str, str]]:
    """Everything about one configuration, as (label, value)."""
    cls = entry.cls
    yield "Name", entry.name
    yield "Type", f"{cls.label} ({cls.type})" if cls else entry.type or "?"
    yield "ID", entry.id
    yield "Default", "yes" if entry.name == found.default else "no"
    if not entry.is_own:
        yield "From", shortened(entry.origin)
    for hidden in found.hidden_by(entry.name):
        yield "Hides", f"that of {shortened(hidden)}"
    for name, value in entry.settings.items():
        setting = cls.setting_named(name) if cls else None
        yield (
            setting.label if setting else name,
            shown(setting, value) if setting else str(masked(None, value)),
        )
    if entry.configuration is not None:
        for kind in KINDS:
            yield f"{kind.capitalize()} land at", entry.configuration.blob_location(kind)
