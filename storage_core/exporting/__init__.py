"""Our configurations in the words of other tools: text that they, or a worker of ours, read.

    chosen.py      what is to be written, and what comes of it
    settings.py    the settings of one configuration as they may leave it: secrets, references
    places.py      where a configuration leads, in terms that every tool has
    describing.py  that, for each storage type
    names.py       names that another tool takes
    forms/         a module for each form, which writes what the others have found

Values go in and text comes out: nothing here asks a person, a server or the configuration file.
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
    """Write configurations in the form of another tool, or of ours.

    Args:
        configurations: with their names, and with whole paths, as `ConfigFile.load` gives them.
        form: `toml`, `env`, `json`, `rclone`, `fsspec`, `msc` or `python`.
        default: the name of the default; it counts if it is among them.
        reveal: whether secrets are written as they are, looked up where they are references.

    Raises:
        ConfigurationError: one of them cannot be expressed in this form, or a value cannot be
            looked up.
        ValueError: there is no such form.
    """
    return form_named(form).written(Chosen(tuple(configurations), default, reveal))
