"""Where each secret of a configuration is kept, without access to the disk or a keyring."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from storage_core.printable import printable
from storage_core.references import VARIABLE
from tui.session.sources import HERE, references_in, source_in, source_of

if TYPE_CHECKING:
    from storage_core.config.model.entry import Entry
    from storage_core.declaration.setting import Setting


class Kept(NamedTuple):
    """One secret, and where it is."""

    label: str
    """The setting's label; for a secret inside a table, followed by its key."""

    where: str
    """The reference; empty if the secret is in the file itself."""

    source: str = HERE
    """One of `SIGNS`."""

    is_set: bool | None = None
    """For an environment variable, whether it is set."""


def secrets_of(entry: Entry) -> Iterator[Kept]:
    """The secrets of a configuration, in the order of its settings."""
    return secrets_in(entry.cls.settings() if entry.cls else (), entry.settings)


def secrets_in(settings: Iterable[Setting], values: Mapping[str, Any]) -> Iterator[Kept]:
    """The secrets among the values of these settings, in their order."""
    for setting in settings:
        value = values.get(setting.name)
        if setting.form == "table" and isinstance(value, dict):
            yield from _in_table(setting, value)
        elif isinstance(value, str) and value:
            yield from _in_setting(setting, value)


def _in_setting(setting: Setting, value: str) -> Iterator[Kept]:
    if source := source_in(setting, value):
        yield _kept(setting.label, value, source)


def _in_table(setting: Setting, table: dict[str, Any]) -> Iterator[Kept]:
    from storage_core.declaration.tables import plain_in

    for keys, reference in references_in(table):
        yield _kept(_label(setting, keys), reference, source_of(reference))
    for keys in plain_in(table):
        yield Kept(_label(setting, keys), "")


def _label(setting: Setting, keys: tuple[str, ...]) -> str:
    return printable(f"{setting.label}: {'.'.join(keys)}")


def _kept(label: str, value: str, source: str) -> Kept:
    if source == HERE:
        return Kept(label, "")
    target = value.partition(":")[2]
    is_set = bool(os.environ.get(target)) if source == VARIABLE else None
    return Kept(label, printable(value), source, is_set)
