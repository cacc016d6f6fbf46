"""Reads fsspec's files and variables as fsspec does, each value with its place.

Later values win: first come the files of the folder in the order of their names, then variables for
whole protocols, then those for single settings. `[DEFAULT]` of an INI file is in all its sections.
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
    """The value of a setting, and where it is."""

    value: Any = field(repr=False)
    place: str
    variable: str = ""
    """The variable that holds just this value; empty if none does."""


@dataclass(frozen=True)
class Configured:
    """All values, by protocol and setting."""

    found: Mapping[str, Mapping[str, Value]] = field(default_factory=dict, repr=False)
    broken: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """For protocols whose settings cannot be used: where they are, and why."""

    @property
    def protocols(self) -> set[str]:
        """The protocols that have settings."""
        return {*self.found}

    def of(self, protocols: Iterable[str]) -> dict[str, Value]:
        """The settings of a class with these protocols; those of later protocols win."""
        merged: dict[str, Value] = {}
        for each in protocols:
            merged |= self.found.get(each, {})
        return merged

    def places(self, protocols: Iterable[str]) -> list[str]:
        """The places of those settings."""
        return [*dict.fromkeys(each.place for each in self.of(protocols).values())]


def read(path: str, *, with_variables: bool) -> Configured:
    """Read a folder or a file, and variables.

    Args:
        path: the folder or file, which may be missing.
        with_variables: whether variables are read too.

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
            # If parsing changed the text, a reference to the variable would give another value.
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
