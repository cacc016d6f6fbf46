"""Problems: what a person has to mend in the file. Here those outside of the storage tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from storage_core.config.model import names
from storage_core.errors import ConfigurationError
from storage_core.nearest import nearest
from storage_core.paths import shortened

VERSION: Final = 1
"""The newest `version` of the file that this program knows."""

_ROOT_KEYS: Final = ("version", "default", "storage", "include")
_OTHER_KEYS: Final = ("app",)

NO_TABLE: Final = "storage must be a table: write [storage.NAME]"


class Problem(NamedTuple):
    """Something in the file that a person has to mend. `str()` gives one line with its place."""

    message: str
    path: str
    line: int | None = None
    name: str | None = None
    """The configuration that has the problem; None if it concerns the whole file."""

    @property
    def brief(self) -> str:
        """The message without the name of the configuration, for where that is shown already."""
        return self.message.removeprefix(header(self.name)) if self.name else self.message

    def __str__(self) -> str:
        place = shortened(self.path) + (f":{self.line}" if self.line else "")
        return f"{place}: {self.message}"


def by_line(problems: Iterable[Problem]) -> list[Problem]:
    """`problems` sorted by line, from the top of the file to the bottom."""
    return sorted(problems, key=lambda problem: problem.line or 0)


def file_problems(
    tables: Mapping[str, Any], known: Collection[str] | None, text: str, path: str
) -> Iterator[Problem]:
    """What is wrong with the file outside of its storage tables.

    Args:
        tables: everything in the file.
        known: what a default may be; None: a layer cannot be read, so that nobody knows.
        text: the file's text, to find lines.
        path: the file.
    """

    def problem(key: str, message: str) -> Problem:
        return Problem(message, path, line_in(text, (key,)))

    version, default, family, _ = (tables.get(key) for key in _ROOT_KEYS)
    numbered = isinstance(version, int) and not isinstance(version, bool) and version > 0
    if "version" in tables and not numbered:
        yield problem("version", f"version must be a number; write version = {VERSION}")
    elif is_newer(tables):
        yield problem(
            "version",
            f"version {version} is newer than this program knows ({VERSION}); "
            "it is read where possible and never rewritten: update the program to edit it",
        )
    if family is not None and not isinstance(family, dict):
        yield problem("storage", NO_TABLE)
    if default is not None and not isinstance(default, str):
        yield problem("default", "default must be the name of a configuration, in quotes")
    elif default and known is not None and default not in known:
        yield problem("default", missing_default(default, known))
    for key in tables:
        if key not in (*_OTHER_KEYS, *_ROOT_KEYS) and (meant := _meant_root_key(key, tables[key])):
            yield problem(key, f"{names.quoted(key)} is unknown; did you mean {meant}?")


def missing_default(default: str, known: Iterable[str]) -> str:
    """The message for a default that names nothing."""
    meant = nearest(default, known)
    hint = f"did you mean {names.quoted(meant)}?" if meant else "choose another default"
    return f"the default {names.quoted(default)} names no storage configuration; {hint}"


def header(name: str) -> str:
    """What every message about the table of `name` begins with."""
    return f"[storage.{toml_key(name)}]: "


def toml_key(name: str) -> str:
    """`name` as written in a TOML header: bare if possible, else quoted."""
    if name and all(c.isascii() and (c.isalnum() or c in "-_") for c in name):
        return name
    from json import dumps

    return dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def is_newer(tables: Mapping[str, Any]) -> bool:
    """Whether the file's `version` is newer than this program's."""
    version = tables.get("version", VERSION)
    return isinstance(version, int) and version > VERSION


def refuse_newer(tables: Mapping[str, Any], path: str) -> None:
    """Raise `ConfigurationError` if the file's `version` is newer than this program."""
    if is_newer(tables):
        raise ConfigurationError(
            f"{shortened(path)} is of version {tables['version']}, newer than this program knows; "
            "update the program to change the file"
        )


def line_in(text: str, key: tuple[str, ...]) -> int | None:
    """The line of `key`. Imports the scanner only here: most files have no problem."""
    from storage_core.config.toml.scan import line_of

    return line_of(text, key)


def _meant_root_key(key: str, value: object) -> str | None:
    """The root key that was meant; None for another program's table that only sounds alike."""
    fits = {
        "version": isinstance(value, int),
        "default": isinstance(value, str),
        "storage": isinstance(value, dict)
        and any(isinstance(inner, dict) and "type" in inner for inner in value.values()),
        "include": isinstance(value, list),
    }
    meant = nearest(key, _ROOT_KEYS)
    return meant if meant and fits[meant] else None
