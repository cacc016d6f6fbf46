"""Where secrets can be kept: one sign and one word for each place, wherever it is shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from storage_core.paths import shown_home
from storage_core.redaction import secret_spans
from storage_core.references import SCHEMES, is_reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from storage_core.declaration.setting import Setting

HERE: Final = "here"
"""In the configuration file itself, where whoever sees the file can read it."""

SIGNS: Final = {HERE: "⚠", "env": "$", "file": "≡", "keyring": "⚿"}

WORDS: Final = {
    HERE: "in this file",
    "env": "environment variable",
    "file": "file",
    "keyring": "keyring",
}


def said(source: str) -> str:
    """A place in words, with its sign."""
    return f"{WORDS[source]} {SIGNS[source]}"


def proposed(name: str, setting: str, *, only: bool) -> tuple[str, str, str]:
    """A place of each kind for a secret.

    Args:
        name: the configuration.
        setting: the key of the setting.
        only: whether the configuration has no other secret; two must not share a place.
    """
    whole = name if only else f"{name}-{setting}"
    base = whole.replace("/", "-")
    variable = re.sub(r"\W", "_", f"{name}_{setting}", flags=re.ASCII).upper()
    return (
        f"keyring:storage/{base}",
        f"file:{shown_home()}/{base}.secret",
        f"env:{variable}",
    )


def source_of(value: str) -> str:
    """Where a secret is kept: `HERE`, or the scheme of a reference."""
    return value.partition(":")[0] if is_reference(value) else HERE


def sources_of(settings: Iterable[Setting], values: Mapping[str, Any]) -> tuple[str, ...]:
    """All places where the secrets of one configuration are kept, in the order of `SIGNS`.

    Args:
        settings: of its type.
        values: what the file says, by setting.
    """
    found = set(_sources(settings, values))
    return tuple(source for source in SIGNS if source in found)


def _sources(settings: Iterable[Setting], values: Mapping[str, Any]) -> Iterator[str]:
    for setting in settings:
        value = values.get(setting.name)
        if setting.form == "table" and isinstance(value, dict) and value:
            yield from _in_table(value)
        elif isinstance(value, str) and value:
            if setting.secret:
                yield source_of(value)
            elif setting.is_reference(value):
                yield value.partition(":")[0]
            elif secret_spans(value, bare=setting.form == "url"):
                yield HERE


def _in_table(table: dict[str, Any]) -> Iterator[str]:
    # Only here: few configurations have tables, and its patterns take 3 ms to make.
    from storage_core.declaration.tables import plain_in

    if any(True for _ in plain_in(table)):
        yield HERE
    yield from _references_in(table)


def _references_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("ref")
        if set(value) == {"ref"} and is_reference(reference, SCHEMES):
            yield source_of(str(reference))
        else:
            for inner in value.values():
                yield from _references_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references_in(inner)
