"""Which secrets an edit moves out of the configuration file, and taking them out of its history.

Called by `ConfigFile` with every edit of settings, whatever it is about: `storage move-secret`, the
app's `m`, a form, `storage edit`, a program. What the file has given up must not be kept elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from storage_core.config import edit, history, replace
from storage_core.config.entries import storage_tables
from storage_core.config.read import parse
from storage_core.errors import ConfigurationError
from storage_core.paths import shortened
from storage_core.redaction import secret_spans
from storage_core.references import LITERAL, is_reference

if TYPE_CHECKING:
    from storage_core.config.entries import Entry
    from storage_core.config.history import Version


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
    for setting in entry.cls.settings() if entry.cls else ():
        if setting.secret or setting.form == "table":
            yield from _replacements(before.get(setting.name), written.get(setting.name))
    new = {text for text in _texts(written) if is_reference(text)} - {*_texts(before)}
    if new:
        # The password of a URL has no reference in its place: that stands in Options.
        for password in _passwords(before) - _passwords({**before, **written}):
            yield Moved(password, min(new))


def forget(path: str, moved: Moved) -> None:
    """Take a secret that has moved out of the configuration file at `path` out of its history too.

    In every version, settings that hold it get the reference instead; a version in which it stands
    anywhere else is removed.

    Raises:
        ConfigurationError: a version cannot be read or written; the message names it.
    """
    for version in history.versions(path):
        text = history.text_of(version)
        try:
            cleaned = _without(text, version.path, moved)
        except ConfigurationError:
            cleaned = text
        if moved.secret in cleaned or _holds(cleaned, version.path, moved.secret):
            _remove(version)
        elif cleaned != text:
            replace.write(version.path, cleaned, replace.fingerprint(version.path))


def _replacements(before: object, after: object) -> Iterator[Moved]:
    if isinstance(before, dict) and isinstance(after, dict) and set(after) != {"ref"}:
        for key in before.keys() & after.keys():
            yield from _replacements(before[key], after[key])
        return
    old, new = _bare(before), _bare(after)
    if isinstance(old, str) and old and not is_reference(old) and is_reference(new):
        yield Moved(old.removeprefix(LITERAL), str(new))


def _bare(value: object) -> object:
    """What `{ref = "…"}`, the form of a reference inside of Options, holds."""
    return value["ref"] if isinstance(value, dict) and set(value) == {"ref"} else value


def _passwords(table: Mapping[str, Any]) -> set[str]:
    return {text[start:end] for text in _texts(table) for start, end in secret_spans(text)}


def _without(text: str, path: str, moved: Moved) -> str:
    for name, table in storage_tables(parse(text, path)).items():
        settings: dict[str, Any] = table if isinstance(table, dict) else {}
        new = {key: _put(moved, value, moved.reference) for key, value in settings.items()}
        changes = {key: value for key, value in new.items() if value != settings[key]}
        if changes:
            text = edit.update_table(text, ("storage", name), changes)
    return text


def _put(moved: Moved, value: Any, reference: object) -> Any:
    """`value` with `reference` wherever it is the secret."""
    if value in (moved.secret, LITERAL + moved.secret):
        return reference
    if isinstance(value, dict):
        # Inside of a table, a reference is a table of its own.
        inner = moved.reference if set(value) == {"ref"} else {"ref": moved.reference}
        return {key: _put(moved, each, inner) for key, each in value.items()}
    return value


def _holds(text: str, path: str, secret: str) -> bool:
    try:
        return any(secret in each for each in _texts(parse(text, path)))
    except ConfigurationError:
        return False


def _remove(version: Version) -> None:
    try:
        os.unlink(version.path)
    except OSError as error:
        raise ConfigurationError(
            f"the secret is still in {shortened(version.path)} ({error.strerror}); delete that file"
        ) from error


def _texts(value: object) -> Iterator[str]:
    """Every text inside of plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
