"""A configuration for printing, as JSON or as labels with values; secrets are masked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from storage_core.declaration.display import masked, masked_settings, shown
from storage_core.keys import KINDS

if TYPE_CHECKING:
    from storage_core.config.model.entries import Configurations
    from storage_core.config.model.entry import Entry


def as_json(entry: Entry, *, default: str | None) -> dict[str, Any]:
    """One element of `storages` in `storage ls --json`."""
    return {
        "id": entry.id,
        "name": entry.name,
        "type": entry.type or None,
        "default": entry.name == default,
        "location": location(entry) or None,
        "error": "; ".join(str(problem) for problem in entry.problems) or None,
        "settings": masked_settings(entry.cls.settings() if entry.cls else (), entry.settings),
    }


def saved_as_json(configurations: Configurations, name: str) -> dict[str, Any]:
    """The JSON of the configuration `name` after a change."""
    return as_json(configurations.find(name), default=configurations.default)


def location(entry: Entry) -> str:
    """Where its blobs are; empty if it is broken."""
    return entry.configuration.location if entry.configuration else ""


def type_label(entry: Entry) -> str:
    """The label of its type; if that is unknown, the word in the file."""
    return entry.cls.label if entry.cls else entry.type or "?"


def details(entry: Entry, *, is_default: bool) -> Iterator[tuple[str, str]]:
    """Everything about one configuration, as (label, value)."""
    cls = entry.cls
    yield "Name", entry.name
    yield "Type", f"{cls.label} ({cls.type})" if cls else entry.type or "?"
    yield "ID", entry.id
    yield "Default", "yes" if is_default else "no"
    for name, value in entry.settings.items():
        setting = cls.setting_named(name) if cls else None
        yield (
            setting.label if setting else name,
            shown(setting, value) if setting else str(masked(None, value)),
        )
    if entry.configuration is not None:
        for kind in KINDS:
            yield f"{kind.capitalize()} land at", entry.configuration.blob_location(kind)
