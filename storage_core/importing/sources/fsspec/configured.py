"""Files and variables of fsspec's, read as it reads them, each value with where it stands.

In a folder files count in the order of their names, the later more; then the variables, those of a
whole protocol before those of single settings. `[DEFAULT]` of an INI file is in all its sections.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from configparser import ConfigParser
from dataclasses import dataclass, field
from typing import Any, Final

from storage_core.importing.files import ini_of, is_deep, json_of, text_of, values_of, wrong
from storage_core.paths import shortened

_PREFIX: Final = "FSSPEC_"


@dataclass(frozen=True)
class Value:
    """What a setting is set to."""

    value: Any = field(repr=False)
    place: str
    variable: str = ""
    """The variable that says nothing else, if one does."""


@dataclass(frozen=True)
class Configured:
    """All that is said, by protocol and setting."""

    found: Mapping[str, Mapping[str, Value]] = field(default_factory=dict, repr=False)
    broken: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Where what is said of a protocol cannot be used, and why."""

    @property
    def protocols(self) -> set[str]:
        """Those that something is said of."""
        return {*self.found}

    def of(self, protocols: Iterable[str]) -> dict[str, Value]:
        """What is said of a class of these protocols; of the later ones more."""
        merged: dict[str, Value] = {}
        for each in protocols:
            merged |= self.found.get(each, {})
        return merged

    def places(self, protocols: Iterable[str]) -> list[str]:
        """Where that is said."""
        return [*dict.fromkeys(each.place for each in self.of(protocols).values())]


def read(path: str, *, with_variables: bool) -> Configured:
    """What a folder says, or a file, and variables.

    Args:
        path: which may be missing.
        with_variables: whether those count.

    Raises:
        ConfigurationError: a file cannot be read.
    """
    found: dict[str, dict[str, Value]] = {}
    broken: dict[str, tuple[str, str]] = {}
    files = [path]
    if os.path.isdir(path):
        files = [os.path.join(path, name) for name in sorted(os.listdir(path))]
    for file in files if os.path.exists(path) else ():
        if file.endswith(".ini"):
            _of_ini(file, found)
        elif file.endswith(".json"):
            _of_json(file, found, broken)
    if with_variables:
        _of_variables(found, broken)
    return Configured(found, broken)


def _of_ini(path: str, found: dict[str, dict[str, Value]]) -> None:
    text = text_of(path)
    parser = ini_of(path, text, ConfigParser())
    place = shortened(path)
    for section in parser.sections():
        said = values_of(path, text, parser, section)
        found.setdefault(section, {}).update(_values(said, place))


def _of_json(
    path: str, found: dict[str, dict[str, Value]], broken: dict[str, tuple[str, str]]
) -> None:
    said = json_of(path, text_of(path))
    if not isinstance(said, dict):
        raise wrong(path, "is no JSON object", 'write {"s3": {…}}', 1)
    place = shortened(path)
    for protocol, table in said.items():
        try:
            found.setdefault(protocol, {}).update(_values(dict(table), place))
        except (TypeError, ValueError):
            why = "it is no JSON object, which keeps fsspec from being loaded; mend it"
            broken[protocol] = place, why


def _of_variables(found: dict[str, dict[str, Value]], broken: dict[str, tuple[str, str]]) -> None:
    single: list[tuple[str, str, Value]] = []
    for name, text in os.environ.items():
        rest = name.removeprefix(_PREFIX)
        if rest == name or not rest or rest.startswith("_"):
            continue
        value = _parsed(text)
        protocol, underscore, setting = rest.lower().partition("_")
        if underscore:
            # What it holds in another form than the variable is no reference to that.
            is_same = not isinstance(value, str) or value == text
            variable = name if is_same else ""
            single.append((protocol, setting, Value(value, "the environment", variable)))
        elif isinstance(value, dict):
            found.setdefault(protocol, {}).update(_values(value, "the environment"))
        else:
            broken[protocol] = name, "it is no JSON object, so fsspec ignores it"
    for protocol, setting, each in single:
        found.setdefault(protocol, {})[setting] = each


def _values(said: Mapping[str, Any], place: str) -> dict[str, Value]:
    return {name: Value(value, place) for name, value in said.items()}


def _parsed(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if is_deep(value) else value
