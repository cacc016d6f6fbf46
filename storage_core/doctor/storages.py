"""Each configuration: which engine it uses and why, and whether its references can be resolved."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from storage_core.declaration.engines import ENGINES, VARIABLE
from storage_core.doctor.report import NOTE, PROBLEM, Finding, problem, split
from storage_core.errors import ConfigurationError, StorageError
from storage_core.paths import expanded
from storage_core.references import is_reference, resolve

if TYPE_CHECKING:
    from storage_core.config.model.entries import Configurations
    from storage_core.config.model.entry import Entry

_SECTION: Final = "storages"

PATIENCE: Final = 1.0
"""Seconds to wait for a keyring; one that is asking the person in a window takes longer."""


def findings(found: Configurations) -> Iterator[Finding]:
    """Yield what is found of each; configurations with problems are reported by `files`."""
    for entry in found.entries.values():
        if entry.configuration is None:
            continue
        yield from _of(entry)


def _of(entry: Entry) -> Iterator[Finding]:
    configuration = entry.opened()
    facts = [configuration.label]
    try:
        if engine := configuration.engine_here:
            facts.append(f"engine {engine} ({_why(entry)})")
    except ConfigurationError as error:
        # A variable that names no engine is reported by `environment`, without its value.
        if os.environ.get(VARIABLE, "auto") in ENGINES:
            yield problem(_SECTION, entry.name, str(error))
    if entry.read_only:
        facts.append("read-only")
    led = [*_references(entry)]
    for path, reference in led:
        yield from _unresolved(entry.name, path, reference)
    facts += [f"{path} = {reference}" for path, reference in led]
    yield from _certificates(entry)
    yield Finding(_SECTION, entry.name, ", ".join(facts))


def _why(entry: Entry) -> str:
    if os.environ.get(VARIABLE):
        return f"by {VARIABLE}"
    if entry.settings.get("engine", "auto") != "auto":
        return "by its setting"
    return "auto"


def _references(entry: Entry) -> Iterator[tuple[str, str]]:
    """The references of a configuration, each after the name of its setting, with dots."""
    for setting in entry.cls.settings() if entry.cls else ():
        value = entry.settings.get(setting.name)
        if setting.form == "table":
            yield from _within(setting.name, value)
        elif isinstance(value, str) and setting.is_reference(value):
            yield setting.name, value


def _within(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if set(value) == {"ref"} and is_reference(value["ref"]):
            yield path, value["ref"]
            return
        for key, inner in value.items():
            yield from _within(f"{path}.{key}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _within(path, inner)


def _unresolved(name: str, path: str, reference: str) -> Iterator[Finding]:
    scheme, _, target = reference.partition(":")
    try:
        if scheme == "file" and (said := _would_wait(target)):
            yield Finding(_SECTION, name, f"{path}: {said}", "", NOTE)
        elif scheme == "keyring":
            yield from _of_keyring(name, path, reference)
        else:
            resolve(reference, path)
    except StorageError as error:
        yield Finding(_SECTION, name, *split(str(error)), PROBLEM)


def _would_wait(path: str) -> str:
    try:
        mode = os.stat(expanded(path)).st_mode
    except (OSError, ValueError):
        return ""
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return ""
    return f"{path} is a pipe or a device, which was not read"


def _of_keyring(name: str, path: str, reference: str) -> Iterator[Finding]:
    from storage_core.keyrings import never_ask

    never_ask()
    said: list[StorageError] = []

    def look() -> None:
        try:
            resolve(reference, path)
        except StorageError as error:
            said.append(error)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if thread.is_alive():
        yield Finding(
            _SECTION,
            name,
            f"{path}: the keyring does not answer within {PATIENCE:g} s",
            "unlock it; it may be asking for its password",
            NOTE,
        )
    for error in said:
        yield Finding(_SECTION, name, *split(str(error)), PROBLEM)


def _certificates(entry: Entry) -> Iterator[Finding]:
    bundle = entry.settings.get("ca_bundle")
    if not isinstance(bundle, str) or is_reference(bundle, ("env",)):
        return
    try:
        path = getattr(entry.configuration, "trusted", None)
        if isinstance(path, str) and not os.path.exists(path):
            yield Finding(
                _SECTION,
                entry.name,
                f"ca_bundle leads to {path}, which is not there",
                "correct it, or bring the file back",
                PROBLEM,
            )
    except ConfigurationError as error:
        yield problem(_SECTION, entry.name, str(error))
