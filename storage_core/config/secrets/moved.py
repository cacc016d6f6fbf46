"""Which secrets an edit takes out of the configuration file in favour of a reference.

Every edit of settings is looked at, whatever it is about: what the file has given up must not be
kept in its history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from storage_core.declaration.configuration import texts_in
from storage_core.declaration.table import RESERVED, nearest_setting, sounds_secret
from storage_core.redaction import secret_spans
from storage_core.references import LITERAL, is_reference

if TYPE_CHECKING:
    from storage_core.config.model.entries import Entry
    from storage_core.declaration.configuration import StorageConfiguration


class Moved(NamedTuple):
    """A secret that an edit takes out of the file in favour of a reference. Never shown."""

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
        # The password of a URL has no reference in its place: that stands in Options. Neither has
        # what stood under a key that is like no setting's.
        gone = _passwords(before) - _passwords({**before, **written})
        for secret in sorted(gone.union(_dropped_credentials(entry, written))):
            yield Moved(secret, min(new))


def _from_strays(
    cls: type[StorageConfiguration], before: Mapping[str, Any], written: Mapping[str, Any]
) -> Iterator[Moved]:
    """What stood under a key that the type does not know, and now does under the one meant."""
    for key, value in before.items():
        if key in RESERVED or cls.setting_named(key) or written.get(key, value) is not None:
            continue
        nearest = nearest_setting(cls, key)
        setting = cls.setting_named(nearest.name)
        if nearest.meant and setting and setting.secret:
            yield from _replacements(value, written.get(setting.name))


def _dropped_credentials(entry: Entry, written: Mapping[str, Any]) -> Iterator[str]:
    """What stood under keys that the type does not know, where their names sound like a secret."""
    for key, value in entry.settings.items():
        is_stray = entry.cls is not None and entry.cls.setting_named(key) is None
        is_dropped = key in written and written[key] is None
        if is_stray and is_dropped and isinstance(value, str) and sounds_secret(key):
            text = value.removeprefix(LITERAL)
            # A shorter one may be a word that stands elsewhere too.
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
    """What `{ref = "…"}`, the form of a reference inside of Options, holds."""
    return value["ref"] if isinstance(value, dict) and set(value) == {"ref"} else value


def _passwords(table: Mapping[str, Any]) -> set[str]:
    return {text[start:end] for text in texts_in(table) for start, end in secret_spans(text)}
