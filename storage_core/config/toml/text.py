"""Parses TOML text, with errors that people understand who do not know the parser."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from storage_core.config.toml.plain import BOM, plain_tables
from storage_core.errors import ConfigurationError
from storage_core.paths import shortened

if TYPE_CHECKING:
    from storage_core.newer_toml import Newer

_READS_NEWER: Final = sys.version_info >= (3, 15)
"""Whether `tomllib` takes TOML 1.1."""

_POSITION: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

_OPEN: Final = "a text is not closed where its line ends"
_IN_WORDS: Final = {
    "Illegal character '\\n'": _OPEN,
    "Found invalid character '\\n'": _OPEN,
    "Unescaped '\\' in a string": r"in a text \ is written \\",
    "Unclosed array": "a [ is not closed",
    "Unclosed inline table": "a { is not closed",
    "Invalid value": "this is no value; a text stands in quotation marks",
    "Invalid statement": "this is neither a setting nor a table",
    "Invalid initial character for a key part": "this is no key; quote it if it is meant as one",
    "Expected '=' after a key in a key/value pair": "there is no = after the key",
    "Expected ']' at the end of a table declaration": "the ] behind the name of a table is missing",
    "Expected newline or end of document after a statement": "there is something behind the value",
    "Cannot overwrite a value": "this key stands there twice",
    "Cannot declare": "this table stands there twice",
}
"""The parser's most frequent messages, and what a person reads instead."""


class TextError(ConfigurationError):
    """An error at a line of a TOML text, whose file is not known here."""

    def __init__(self, line: int | None, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(reason if line is None else f"line {line}: {reason}")

    def in_file(self, path: object) -> ConfigurationError:
        """The same error with the name of the file in front."""
        where = path if self.line is None else f"{path}:{self.line}"
        return ConfigurationError(f"{where}: {self.reason}")


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Have the errors about a text name the file at `path` that it is from."""
    try:
        yield
    except TextError as error:
        raise error.in_file(shortened(path)) from None
    except RecursionError:
        raise ConfigurationError(
            f"{shortened(path)}: its values are nested too deeply; edit it by hand"
        ) from None


def loads(text: str) -> dict[str, Any]:
    """What `text` says.

    Raises:
        TextError: `text` is not TOML 1.0.
    """
    import tomllib

    line: int | None = None
    newer: Newer | None = None
    try:
        tables = tomllib.loads(text.removeprefix(BOM))
        newer = _newer_in(text) if _READS_NEWER else None
        if newer is None:
            return tables
    except RecursionError:
        what = "its values are nested too deeply"
    except ValueError as error:
        message = str(error)
        found = _POSITION.search(message)
        if found is None:
            what = "a number has too many digits"
        elif found[1]:
            said = message[: found.start()]
            if said.startswith("Cannot declare"):
                said = "Cannot declare"
            line, what = int(found[1]), f"{_IN_WORDS.get(said, said)} (column {found[2]})"
        else:
            line = text.count("\n") + 1
            what = "the file ends where a value, a quotation mark or a bracket is missing"
        newer = _newer_in(text)
        if newer and not _is_refused_for(newer, line):
            newer = None
    # Raised out here, without context: newer versions of tomllib keep the text in their exception.
    if newer:
        raise TextError(newer.line, str(newer))
    raise TextError(line, f"not TOML: {what}; mend that line by hand")


def _newer_in(text: str) -> Newer | None:
    # Needed for a file that is refused, and by a Python that would not refuse it.
    from storage_core.newer_toml import newer_syntax

    return newer_syntax(text)


def _is_refused_for(newer: Newer, line: int | None) -> bool:
    """Whether the parser has refused `line` for this newer syntax, and not for a mistake."""
    import tomllib

    try:
        tomllib.loads(newer.rest.removeprefix(BOM))
    except (ValueError, RecursionError):
        return newer.line == line and newer.closed
    return True


@lru_cache(maxsize=2)
def parse(text: str) -> dict[str, Any]:
    """What `text` says, read the quickest way; cached: the result is shared, do not change it.

    One edit needs what it reads several times, and what it writes is what the next one reads.

    Raises:
        TextError: `text` is not TOML 1.0.
    """
    tables = plain_tables(text)
    return parse_strictly(text) if tables is None else tables


@lru_cache(maxsize=2)
def parse_strictly(text: str) -> dict[str, Any]:
    """`parse`, always with `tomllib`: what is saved has to pass there."""
    return loads(text)
