"""Removing secrets from the history once they have been moved out of the file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from storage_core.config.history.kept import files
from storage_core.config.model.entry import storage_tables
from storage_core.config.saving import replace
from storage_core.config.toml import edit
from storage_core.config.toml.read import decode, parse
from storage_core.declaration.configuration import texts_in
from storage_core.errors import ConfigurationError, StorageError
from storage_core.paths import shortened
from storage_core.references import LITERAL

if TYPE_CHECKING:
    from storage_core.config.secrets.moved import Moved


def forget(path: str, moved: Iterable[Moved]) -> None:
    """Remove secrets that were moved out of the configuration file at `path` from its history.

    In every version, a setting that holds such a secret gets the reference instead. A version that
    holds it anywhere else, is not text or cannot be rewritten is deleted.

    Raises:
        ConfigurationError: some versions can neither be read nor deleted; the message names them.
            All others are done.
    """
    moved = tuple(moved)
    left: dict[str, OSError] = {}
    for kept in files(path):
        try:
            _forget_in(kept, moved)
        except FileNotFoundError:
            pass  # Another program has just deleted it as the oldest.
        except OSError as error:
            left[shortened(kept)] = error
    if left:
        them = "that file" if len(left) == 1 else "those files"
        reasons = ", ".join(sorted({error.strerror or "not readable" for error in left.values()}))
        raise ConfigurationError(
            f"the secret may still be in {', '.join(left)} ({reasons}); delete {them}"
        )


def _forget_in(path: str, moved: Iterable[Moved]) -> None:
    before = replace.fingerprint(path)
    with open(path, "rb") as file:
        data = file.read()
    try:
        text = cleaned = decode(data, path)
        for each in moved:
            cleaned = _cleaned(cleaned, path, each)
        if cleaned != text:
            replace.write(path, cleaned, before)
    except StorageError:
        os.unlink(path)


def _cleaned(text: str, path: str, moved: Moved) -> str:
    """`text` without the secret; raises `ConfigurationError` if the secret is still in it."""
    values: Iterable[str] = ()
    with suppress(ConfigurationError):
        text = _without(text, path, moved)
    with suppress(ConfigurationError):
        values = texts_in(parse(text, path))
    if any(moved.secret in each for each in (text, *values)):
        raise ConfigurationError(f"{shortened(path)} holds the secret elsewhere")
    return text


def _without(text: str, path: str, moved: Moved) -> str:
    for name, table in storage_tables(parse(text, path)).items():
        settings: dict[str, Any] = table if isinstance(table, dict) else {}
        new = {key: _put(moved, value, moved.reference) for key, value in settings.items()}
        changes = {key: value for key, value in new.items() if value != settings[key]}
        if changes:
            text = edit.update_table(text, ("storage", name), changes)
    return text


def _put(moved: Moved, value: Any, reference: object) -> Any:
    """`value` with the secret replaced by `reference`."""
    if value in (moved.secret, LITERAL + moved.secret):
        return reference
    # Inside a table or a list, a reference is written as {ref = "…"}.
    inner = {"ref": moved.reference}
    if isinstance(value, list):
        return [_put(moved, each, inner) for each in value]
    if isinstance(value, dict):
        put = moved.reference if set(value) == {"ref"} else inner
        return {key: _put(moved, each, put) for key, each in value.items()}
    return value
