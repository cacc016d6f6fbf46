"""Secrets that stand in the configuration file itself, and who can read them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import Final, NamedTuple

from storage_core.config.model.entries import Configurations
from storage_core.config.model.entry import Entry
from storage_core.declaration.setting import Setting
from storage_core.disk_advice import words
from storage_core.paths import is_text
from storage_core.references import is_reference

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class PlainSecret(NamedTuple):
    """A secret that stands in a file itself."""

    name: str
    """The configuration."""

    setting: Setting
    line: int | None
    origin: str
    """The file."""


class PlainOption(NamedTuple):
    """A secret that stands in a table such as Options, in a file itself."""

    name: str
    """The configuration."""

    setting: Setting
    keys: tuple[str, ...]
    """Of the table, each below those before it."""

    line: int | None
    origin: str
    """The file."""


def plain_secrets(found: Configurations, *, lines: bool = False) -> Iterator[PlainSecret]:
    """Every secret that stands in a file itself, with line numbers if `lines`."""
    for entry in found.entries.values():
        for setting in plain_settings(entry):
            key = ("storage", entry.name, setting.name)
            line = _line(found.layer_of(entry).text, key) if lines else None
            yield PlainSecret(entry.name, setting, line, entry.origin)


def plain_settings(entry: Entry) -> Iterator[Setting]:
    """The settings of one configuration whose secret stands in its file."""
    for setting in entry.cls.settings() if entry.cls else ():
        if setting.secret:
            value = entry.table.get(setting.name)
            if isinstance(value, str) and value and not is_reference(value):
                yield setting


def plain_options(found: Configurations, *, lines: bool = False) -> Iterator[PlainOption]:
    """Every text in a table that is certainly a secret, with line numbers if `lines`."""
    for entry in found.entries.values():
        for setting in entry.cls.settings() if entry.cls else ():
            value = entry.table.get(setting.name)
            if setting.form != "table" or not value:
                continue
            from storage_core.declaration.tables import plain_in

            text = found.layer_of(entry).text
            for keys in plain_in(value):
                table = ("storage", entry.name, setting.name)
                line = _line(text, (*table, *keys)) or _line(text, table) if lines else None
                yield PlainOption(entry.name, setting, keys, line, entry.origin)


def loose_mode(path: str) -> int | None:
    """The file's permission bits if anybody but its owner has permissions; else None."""
    if os.name == "nt" or is_text(path):
        return None
    try:
        mode = stat.S_IMODE(os.stat(path).st_mode)
    except OSError:
        return None
    return mode if mode & OTHERS else None


def worth_hiding(found: Configurations) -> Iterator[tuple[str, Setting]]:
    """What others must not read in one's own file: secrets, URLs with a password, options."""
    from storage_core.redaction import secret_spans

    for entry in found.entries.values():
        if not entry.is_own:
            continue  # A layer is shared: who may read it is up to those who maintain it.
        for setting in entry.cls.settings() if entry.cls else ():
            value = entry.table.get(setting.name)
            if value is None:
                continue
            if setting.secret:
                is_open = isinstance(value, str) and value != "" and not is_reference(value)
            elif setting.form == "table":
                # Imported only here: few files have one, and its patterns take 3 ms to compile.
                from storage_core.declaration.tables import hidden

                is_open = next(hidden(value), None) is not None
            else:
                is_bare = setting.form == "url"
                is_open = isinstance(value, str) and secret_spans(value, bare=is_bare) != []
            if is_open:
                yield entry.name, setting


def holds_secrets(found: Configurations) -> bool:
    """Whether there is anything in one's own file that others must not read."""
    return next(worth_hiding(found), None) is not None


def make_private(path: str) -> None:
    """Take away everybody's permissions but the owner's; raises `ConfigurationError`."""
    from storage_core.errors import ConfigurationError
    from storage_core.paths import shortened

    try:
        os.chmod(path, stat.S_IMODE(os.stat(path).st_mode) & ~OTHERS)
    except OSError as error:
        raise ConfigurationError(
            f"cannot change the permissions of {shortened(path)} ({words(error)}); "
            "ask its owner to run chmod 600 on it"
        ) from error


def _line(text: str, key: tuple[str, ...]) -> int | None:
    # Imported only here: the app needs no lines, and the patterns take 2 ms to compile.
    from storage_core.config.toml.scan import line_of

    return line_of(text, key)
