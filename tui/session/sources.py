"""Where secrets can be kept: one sign and one word for each place, wherever it is shown."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from storage_core.paths import shown_home
from storage_core.references import SCHEMES, check_reference, is_reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting

HERE: Final = "here"
"""In the configuration file itself, where anybody who sees the file can read it."""

SIGNS: Final = {HERE: "⚠", "env": "$", "file": "≡", "keyring": "⚿"}
"""The most exposed first."""

WORDS: Final = {
    HERE: "in this file",
    "env": "environment variable",
    "file": "file",
    "keyring": "keyring",
}


ELSEWHERE: Final = {"env": "a variable", "file": "a file of its own", "keyring": "the keyring"}
"""The same, as part of a sentence."""


def said(source: str) -> str:
    """A place in words, with its sign."""
    return f"{WORDS[source]} {SIGNS[source]}"


def proposed(name: str, setting: str, *, only: bool) -> tuple[str, str, str]:
    """Propose a place of each kind for a secret.

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
    scheme, colon, _ = value.partition(":")
    if not colon or scheme not in SCHEMES:
        return HERE
    try:
        check_reference(value)
    except ValueError:
        # Text that merely looks like a reference may be the secret.
        return HERE
    return scheme


def source_in(setting: Setting, value: str) -> str:
    """Where the secret in the value of a setting is kept; empty if there is none in it."""
    if setting.secret:
        return source_of(value)
    if ":" in value and setting.is_reference(value):
        return source_of(value) if setting.reference else ""
    if "@" in value or "=" in value:
        # Imported only here: few settings have one, and its patterns take long to compile.
        from storage_core.redaction import secret_spans

        return HERE if secret_spans(value, bare=setting.form == "url") else ""
    return ""


def references_in(value: Any, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """The references in a table, each with the keys that lead to it."""
    if isinstance(value, dict):
        if set(value) == {"ref"} and is_reference(value["ref"]):
            yield keys, value["ref"]
            return
        for key, inner in value.items():
            yield from references_in(inner, (*keys, str(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from references_in(inner, keys)


def sources_of(cls: type[StorageConfiguration], values: Mapping[str, Any]) -> tuple[str, ...]:
    """Where the secrets of one configuration are kept, each place once, the most exposed first.

    The first frame waits for this of every configuration: 1,000 of them take 1 ms.

    Args:
        cls: its type.
        values: what the file says, by setting.
    """
    settings = _by_name(cls)
    found: set[str] = set()
    for name, value in values.items():
        if (setting := settings.get(name)) is None or not value:
            continue
        if isinstance(value, str):
            # Most values cannot hold a secret, such as the name of a bucket.
            plain = not (setting.secret or ":" in value or "@" in value or "=" in value)
            if not plain and (source := source_in(setting, value)):
                found.add(source)
        elif setting.form == "table" and isinstance(value, dict):
            found |= _in_table(value)
    return tuple(source for source in SIGNS if source in found) if found else ()


def _in_table(table: dict[str, Any]) -> set[str]:
    # Imported only here: few configurations have tables, and its patterns take 3 ms to compile.
    from storage_core.declaration.tables import plain_in

    found = {source_of(reference) for _, reference in references_in(table)}
    return found | {HERE} if next(plain_in(table), None) is not None else found


@cache
def _by_name(cls: type[StorageConfiguration]) -> dict[str, Setting]:
    return {setting.name: setting for setting in cls.settings()}
