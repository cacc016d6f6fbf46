"""Exports configurations as files for other tools, or for Storage on workers.

    chosen.py      what is to be exported, and the text that it becomes
    settings.py    the settings of one configuration as they are exported: secrets, references
    places.py      where a configuration leads, in terms that other tools share
    describing.py  makes a place of a configuration, for each storage type
    names.py       names that another tool accepts
    forms/         a module for each form, which writes the text

Values go in and text comes out: nothing here asks a person, contacts a server or reads the
configuration file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from storage_core.exporting.chosen import Chosen, Written
from storage_core.exporting.forms import form_named

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration

__all__ = ["Written", "export"]


def export(
    configurations: Iterable[StorageConfiguration],
    form: str,
    *,
    default: str | None = None,
    reveal: bool = False,
) -> Written:
    """Write configurations in the form of another tool or of Storage itself.

    Args:
        configurations: with names and absolute paths, as `ConfigFile.load` returns them.
        form: `toml`, `env`, `json`, `rclone`, `fsspec`, `msc` or `python`.
        default: the name of the default; ignored if it is not among them.
        reveal: write secrets as they are, and the values of references in place of references.

    Returns:
        The text of the file, and notes on what is left out or has another name there.

    Raises:
        ConfigurationError: this form cannot express one of them, or a reference cannot be
            resolved.
        ValueError: there is no such form.
    """
    return form_named(form).written(Chosen(tuple(configurations), default, reveal))
