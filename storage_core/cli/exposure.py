"""Warnings about secrets and likely mistakes in the configuration file, with what to do instead."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from storage_core.cli import output
from storage_core.config.model.cautions import cautions, cautions_of, doubts
from storage_core.config.model.problems import Problem
from storage_core.config.secrets.audit import (
    loose_mode,
    plain_options,
    plain_secrets,
    worth_hiding,
)
from storage_core.config.toml.scan import line_of
from storage_core.paths import command, is_text, shortened

if TYPE_CHECKING:
    from storage_core.cli.app import KeyMistakes
    from storage_core.config.model.entries import Configurations


def exposed(found: Configurations) -> Iterator[str]:
    """Secrets in a file that others than its owner can read."""
    mode = loose_mode(found.source)
    held = [f"{name} ({setting.label})" for name, setting in worth_hiding(found)]
    if mode is not None and held:
        yield (
            f"{shortened(found.source)} has the mode {mode:04o} and holds secrets as they are: "
            f"{', '.join(held)}; run: {command('validate --fix', found.source)}"
        )


def stored_plain(found: Configurations) -> Iterator[str]:
    """Secrets that stand in a file itself, each with the command that moves it."""
    for secret in plain_secrets(found, lines=True):
        place = shortened(secret.origin) + (f":{secret.line}" if secret.line else "")
        if secret.origin != found.source:
            yield (
                f"{place}: {secret.setting.label} stands in the file as it is, for all who include "
                "it; have its keeper write a reference, such as env:NAME, in its place"
            )
            continue
        if is_text(found.source):
            yield (
                f"{place}: {secret.setting.label} stands in the variable as it is; write a "
                "reference, such as env:NAME, in its place"
            )
            continue
        name = shlex.quote(secret.name)
        setting = secret.setting.name
        target = shlex.quote(f"keyring:storage/{secret.name}/{setting}")
        if name.startswith("-"):
            # It would be taken for an option.
            move = (
                command(f"move-secret --setting {setting}", found.source) + f" -- {name} {target}"
            )
        else:
            move = command(f"move-secret {name} {target} --setting {setting}", found.source)
        yield f"{place}: {secret.setting.label} stands in the file as it is; run: {move}"


def stored_in_options(found: Configurations) -> Iterator[str]:
    """Secrets that stand in a table such as Options, which takes a reference key by key."""
    for secret in plain_options(found, lines=True):
        place = shortened(secret.origin) + (f":{secret.line}" if secret.line else "")
        key = ".".join(secret.keys)
        where = "variable" if is_text(secret.origin) else "file"
        whose = do = ""
        if secret.origin != found.source:
            whose, do = ", for all who include it", "have its keeper "
        yield (
            f"{place}: {secret.name}: {key} in {secret.setting.label} stands in the {where} as it "
            f'is{whose}; {do}write {{ref = "env:NAME"}} in its place'
        )


def doubtful(found: Configurations) -> Iterator[str]:
    """What cannot be opened, or looks like a mistake, in any configuration."""
    return map(str, (*doubts(found, lines=True), *cautions(found, lines=True)))


def passwords_in_urls(found: Configurations) -> Iterator[str]:
    """Passwords in URLs: no reference can replace them there."""
    for name, setting in worth_hiding(found):
        if not setting.secret and setting.form != "table":
            line = line_of(found.text, ("storage", name, setting.name))  # only of one's own file
            message = (
                f"{name}: the password in {setting.label} stands in the file as it is; give it in "
                "options, or a setting of its own, where a reference such as env:NAME can stand"
            )
            yield str(Problem(message, found.source, line))


def misremapped(found: Configurations, key_mistakes: KeyMistakes | None) -> Iterator[str]:
    """Mistakes in the app's remapped keys."""
    for path, message in key_mistakes(found.tables) if key_mistakes else ():
        yield str(Problem(message, found.source, line_of(found.text, path)))


def warn_of(found: Configurations, name: str, keys: Collection[str]) -> None:
    """Warn of what is wrong with a configuration that was just saved.

    What merely looks like a mistake is only said of the settings in `keys`.
    """
    for doubt in (*doubts(found), *cautions_of(found, name, keys)):
        if doubt.name == name:
            output.warn(str(doubt))
    warn_if_exposed(found)


def warn_if_exposed(found: Configurations) -> None:
    """Warn that others can read the secrets in the file."""
    for warning in exposed(found):
        output.warn(warning)
