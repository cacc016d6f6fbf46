"""Where each secret of a configuration is kept. No value is looked at, and no disk, no keyring."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from storage_core.printable import printable
from storage_core.references import VARIABLE, check_reference, is_reference
from tui.session.sources import HERE

if TYPE_CHECKING:
    from storage_core.config.model.entry import Entry
    from storage_core.declaration.setting import Setting


class Kept(NamedTuple):
    """One secret, and where it is."""

    label: str
    """Of the setting; of what is in a table with the key."""

    where: str
    """The reference; empty where it stands in the file itself."""

    source: str = HERE
    """One of `SIGNS`."""

    is_set: bool | None = None
    """Of an environment variable: whether it is set."""


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
    from storage_core.redaction import secret_spans

    if setting.is_reference(value):
        if setting.secret or setting.reference:
            yield _referred(setting.label, value)
    elif setting.secret or secret_spans(value, bare=setting.form == "url"):
        yield Kept(setting.label, "")


def _in_table(setting: Setting, table: dict[str, Any]) -> Iterator[Kept]:
    from storage_core.declaration.tables import plain_in

    for keys, reference in _references(table):
        yield _referred(_label(setting, keys), reference)
    for keys in plain_in(table):
        yield Kept(_label(setting, keys), "")


def _references(value: Any, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        if set(value) == {"ref"} and is_reference(value["ref"]):
            yield keys, value["ref"]
            return
        for key, inner in value.items():
            yield from _references(inner, (*keys, str(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner, keys)


def _label(setting: Setting, keys: tuple[str, ...]) -> str:
    return printable(f"{setting.label}: {'.'.join(keys)}")


def _referred(label: str, reference: str) -> Kept:
    try:
        check_reference(reference)
    except ValueError:
        # What merely looks like a reference may be the secret.
        return Kept(label, "")
    scheme, _, target = reference.partition(":")
    is_set = bool(os.environ.get(target)) if scheme == VARIABLE else None
    return Kept(label, printable(reference), scheme, is_set)
