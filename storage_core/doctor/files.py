"""The configuration file, the layers beneath it, their permissions, and the default."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING

from storage_core.doctor.report import NOTE, PROBLEM, Finding, note, problem
from storage_core.errors import StorageError
from storage_core.paths import FILE_VARIABLE, TEXT_VARIABLE, command, is_text, shortened

if TYPE_CHECKING:
    from storage_core.config.file import ConfigFile
    from storage_core.config.layers import Layer
    from storage_core.config.model.entries import Configurations

_SECTION = "file"


def loaded(file: ConfigFile) -> tuple[Configurations | None, list[Finding]]:
    """Load the file and its layers (None if it cannot be read), and return findings about them."""
    try:
        found = file.load()
    except StorageError as error:
        return None, [problem(_SECTION, shortened(file.source), str(error))]
    return found, [
        _own(found),
        *(_layer(each) for each in found.layers if not each.is_own and not each.failure),
        *_default(found),
        *(problem(_SECTION, each.name or "", str(each)) for each in found.problems),
        *_permissions(found),
        *_hidden(found),
        *_looks_wrong(found),
    ]


def _own(found: Configurations) -> Finding:
    how = _why(found)
    if not is_text(found.source) and not os.path.exists(found.source):
        return Finding(
            _SECTION,
            shortened(found.source),
            f"does not exist{how}",
            "that is fine; it is made with the first configuration: storage create",
            NOTE,
        )
    return Finding(
        _SECTION, shortened(found.source), f"{_many(found.layers[0])}{how}{_mode(found.source)}"
    )


def _why(found: Configurations) -> str:
    if is_text(found.source):
        return "; nothing else is read"
    for name in (TEXT_VARIABLE, FILE_VARIABLE):
        if os.environ.get(name):
            named = os.environ[name].split(os.pathsep)[0] or "."
            is_it = name == FILE_VARIABLE and os.path.abspath(named) == found.source
            return ", by STORAGE_CONFIG" if is_it else ", by --config"
    return ""


def _layer(layer: Layer) -> Finding:
    place, line = layer.included_at
    where = f"{shortened(place)}:{line}" if line else shortened(place)
    return Finding(
        _SECTION,
        shortened(layer.source),
        f"{_many(layer)}, beneath, by {where}{_mode(layer.source)}",
    )


def _many(layer: Layer) -> str:
    many = len(layer.storage)
    return "1 configuration" if many == 1 else f"{many} configurations"


def _mode(path: str) -> str:
    try:
        return f", mode {stat.S_IMODE(os.stat(path).st_mode):04o}"
    except (OSError, ValueError):
        return ""


def _default(found: Configurations) -> Iterator[Finding]:
    default = found.default or "Temporary Local Storage"
    place = f" ({shortened(found.default_origin)})" if found.default_origin else ""
    text = f"{default}{place}"
    override = found.override
    if not override:
        yield Finding(_SECTION, "default", text)
    elif " makes " in override:
        yield Finding(_SECTION, "default", f"{override.rstrip('.')}; {text} otherwise", level=NOTE)
    else:
        # Its value is not shown: it is not a known name, so it may be anything.
        yield Finding(
            _SECTION,
            "STORAGE_DEFAULT",
            "names no configuration that can be found",
            "correct or unset it",
            PROBLEM,
        )


def _permissions(found: Configurations) -> Iterator[Finding]:
    from storage_core.config.secrets.audit import loose_mode, worth_hiding
    from storage_core.config.secrets.trust import borrowed, open_to_others

    mode = loose_mode(found.source)
    if mode is not None and next(worth_hiding(found), None) is not None:
        yield Finding(
            _SECTION,
            shortened(found.source),
            f"holds secrets as they are, and has the mode {mode:04o}",
            command("validate --fix", found.source),
            NOTE,
        )
    if mode is not None and mode & 0o022:
        yield Finding(
            _SECTION,
            shortened(found.source),
            f"can be written by others (mode {mode:04o}), who could have data sent elsewhere",
            "chmod go-w on it",
            NOTE,
        )
    for each in open_to_others(found):
        yield note(_SECTION, shortened(each.path), each.message)
    lent = list(borrowed(found))
    if lent:
        many = "1 reference" if len(lent) == 1 else f"{len(lent)} references"
        shown = ", ".join(dict.fromkeys(f"{each.reference} ({each.name})" for each in lent))
        yield Finding(
            _SECTION,
            "other people's files",
            f"hold {many} to what is yours: {shown}",
            "storage validate says where",
            NOTE,
        )


def _hidden(found: Configurations) -> Iterator[Finding]:
    for each in found.hidden:
        yield Finding(
            _SECTION,
            each.name,
            f"that of {shortened(each.by)} hides that of {shortened(each.origin)}",
            level=NOTE,
        )


def _looks_wrong(found: Configurations) -> Iterator[Finding]:
    from storage_core.config.model.cautions import cautions, doubts
    from storage_core.config.secrets.audit import plain_options, plain_secrets

    for each in doubts(found):
        yield problem("storages", each.name or "", _without(each.message, each.name))
    for each in cautions(found):
        yield note("storages", each.name or "", _without(each.message, each.name))
    plain = {each.name for each in plain_secrets(found) if each.origin == found.source}
    plain |= {each.name for each in plain_options(found) if each.origin == found.source}
    if plain:
        yield Finding(
            _SECTION,
            ", ".join(sorted(plain)),
            "a secret stands in the file as it is",
            "storage validate says how to move it",
            NOTE,
        )


def _without(message: str, name: str | None) -> str:
    return message.removeprefix(f"{name}: ")
