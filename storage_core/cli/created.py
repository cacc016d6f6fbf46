"""The output of `storage create`, both with questions and with options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.cli import entries, output
from storage_core.cli.exposure import warn_of
from storage_core.config.file import ConfigFile

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration


def report(path: str, saved: StorageConfiguration, *, is_default: bool, as_json: bool) -> None:
    """Print what was created."""
    name = saved.name or ""
    if as_json:
        output.emit_json(entries.saved_as_json(ConfigFile(path).load(), name))
        return
    output.emit(f"Created {saved.label} {output.safe(name)}")
    # On a line of its own, so that no terminal breaks it.
    output.emit(f"ID: {saved.id}")
    if is_default:
        output.emit("It is the default now.")
    warn_of(ConfigFile(path).load(), name, saved.given())
