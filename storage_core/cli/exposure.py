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
    """A warning if the file holds secrets, and others than its owner can read it."""
    mode = loose_mode(found.source)
    held = [f"{name} ({setting.label})" for name, setting in worth_hiding(found)]
    if mode is not None and held:
        yield (
            f"{shortened(found.source)} has the mode {mode:04o} and holds secrets as they are: "
            f"{', '.join(held)}; run: {command('validate --fix', found.source)}"
        )


def stored_plain(found: Configurations) -> Iterator[str]:
    """Warnings about secrets in the file itself, each with the command that moves it."""
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
            # Without the -- it would be taken for an option.
            move = (
                command(f"move-secret --setting {setting}", found.source) + f" -- {name} {target}"
            )
        else:
            move = command(f"move-secret {name} {target} --setting {setting}", found.source)
        yield f"{place}: {secret.setting.label} stands in the file as it is; run: {move}"


def stored_in_options(found: Configurations) -> Iterator[str]:
    """Warnings about secrets in tables such as Options, where each key takes a reference."""
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
    """Warnings about configurations that cannot be opened or look like mistakes."""
    return map(str, (*doubts(found, lines=True), *cautions(found, lines=True)))


def passwords_in_urls(found: Configurations) -> Iterator[str]:
    """Warnings about passwords in URLs, where no reference can replace them."""
    for name, setting in worth_hiding(found):
        if not setting.secret and setting.form != "table":
            line = line_of(found.text, ("storage", name, setting.name))  # all are in the own file
            message = (
                f"{name}: the password in {setting.label} stands in the file as it is; give it in "
                "options, or a setting of its own, where a reference such as env:NAME can stand"
            )
            yield str(Problem(message, found.source, line))


def misremapped(found: Configurations, key_mistakes: KeyMistakes | None) -> Iterator[str]:
    """Warnings about mistakes in the app's remapped keys."""
    for path, message in key_mistakes(found.tables) if key_mistakes else ():
        yield str(Problem(message, found.source, line_of(found.text, path)))


def warn_of(found: Configurations, name: str, keys: Collection[str]) -> None:
    """Print warnings about a configuration that was just saved, and about exposed secrets.

    What merely looks like a mistake is reported only for the settings in `keys`.
    """
    for doubt in (*doubts(found), *cautions_of(found, name, keys)):
        if doubt.name == name:
            output.warn(str(doubt))
    warn_if_exposed(found)


def warn_if_exposed(found: Configurations) -> None:
    """Print a warning if others can read the secrets in the file."""
    for warning in exposed(found):
        output.warn(warning)
