"""Finds the secrets that an edit replaces by references.

Every edit of settings is searched, whatever its purpose: a secret that was moved out of the file
must not stay in the file's history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from storage_core.declaration.configuration import texts_in
from storage_core.declaration.faults import nearest_setting, sounds_secret
from storage_core.declaration.setting import RESERVED
from storage_core.redaction import secret_spans
from storage_core.references import LITERAL, is_reference

if TYPE_CHECKING:
    from storage_core.config.model.entry import Entry
    from storage_core.declaration.configuration import StorageConfiguration


class Moved(NamedTuple):
    """A secret that a reference has replaced. Never shown."""

    secret: str
    reference: str

    def __repr__(self) -> str:
        return f"<Moved to {self.reference}>"


def moved_by(entry: Entry, written: Mapping[str, Any]) -> Iterator[Moved]:
    """The plain secrets of a configuration that an edit replaces by references.

    Args:
        entry: the configuration as it is.
        written: the settings that the edit writes.
    """
    before = entry.table
    if cls := entry.cls:
        for setting in cls.settings():
            if setting.secret or setting.form == "table":
                yield from _replacements(before.get(setting.name), written.get(setting.name))
        yield from _from_strays(cls, before, written)
    new = {text for text in texts_in(written) if is_reference(text)} - {*texts_in(before)}
    if new:
        # Two kinds of secret have no reference in their own place: the password of a URL, whose
        # reference stands in Options, and what stood under a key unlike any setting's.
        gone = _passwords(before) - _passwords({**before, **written})
        for secret in sorted(gone.union(_dropped_credentials(entry, written))):
            yield Moved(secret, min(new))


def _from_strays(
    cls: type[StorageConfiguration], before: Mapping[str, Any], written: Mapping[str, Any]
) -> Iterator[Moved]:
    """Secrets under an unknown key, replaced by a reference under the key that was meant."""
    for key, value in before.items():
        if key in RESERVED or cls.setting_named(key) or written.get(key, value) is not None:
            continue
        nearest = nearest_setting(cls, key)
        setting = cls.setting_named(nearest.name)
        if nearest.meant and setting and setting.secret:
            yield from _replacements(value, written.get(setting.name))


def _dropped_credentials(entry: Entry, written: Mapping[str, Any]) -> Iterator[str]:
    """Values of removed unknown keys whose names sound like a secret."""
    for key, value in entry.settings.items():
        is_stray = entry.cls is not None and entry.cls.setting_named(key) is None
        is_dropped = key in written and written[key] is None
        if is_stray and is_dropped and isinstance(value, str) and sounds_secret(key):
            text = value.removeprefix(LITERAL)
            # A shorter one may be an ordinary word that is used elsewhere too.
            if len(text) >= 8 and not is_reference(value):
                yield text


def _replacements(before: object, after: object) -> Iterator[Moved]:
    if isinstance(before, dict) and isinstance(after, dict) and set(after) != {"ref"}:
        for key in before.keys() & after.keys():
            yield from _replacements(before[key], after[key])
        return
    if isinstance(before, list) and isinstance(after, list):
        for one, other in zip(before, after, strict=False):
            yield from _replacements(one, other)
        return
    old, new = _bare(before), _bare(after)
    if isinstance(old, str) and old and not is_reference(old) and is_reference(new):
        yield Moved(old.removeprefix(LITERAL), str(new))


def _bare(value: object) -> object:
    """The reference inside `{ref = "…"}`, its form in Options; else `value` itself."""
    return value["ref"] if isinstance(value, dict) and set(value) == {"ref"} else value


def _passwords(table: Mapping[str, Any]) -> set[str]:
    return {text[start:end] for text in texts_in(table) for start, end in secret_spans(text)}
