"""Earlier versions of the configuration file, as their list shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage_core.config import history
from storage_core.config.model.entry import storage_tables
from storage_core.config.toml.read import parse
from storage_core.errors import ConfigurationError

if TYPE_CHECKING:
    from storage_core.config.history import Version


class KeptVersion(NamedTuple):
    """One version that can be brought back."""

    version: Version
    when: str
    """When it was replaced, in local time, as shown."""

    changes: str
    """The changes that replaced it, without values: what bringing it back would undo."""

    names: tuple[str, ...] | None
    """The configurations in it, the default marked; None when it is not readable as TOML."""


def kept_versions(path: str) -> list[KeptVersion]:
    """The kept versions of the configuration file at `path`, newest first; reads each of them."""
    return [
        KeptVersion(
            version, f"{version.when.astimezone():%Y-%m-%d %H:%M:%S}", changes, _names(version)
        )
        for version, changes in history.versions_with_changes(path)
    ]


def _names(version: Version) -> tuple[str, ...] | None:
    try:
        tables = parse(history.text_of(version), version.path)
    except ConfigurationError:
        return None
    default = tables.get("default")
    return tuple(f"★ {name}" if name == default else name for name in storage_tables(tables))
