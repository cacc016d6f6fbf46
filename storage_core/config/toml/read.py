"""From the file's bytes to plain tables. Called by everything that reads the configuration file.

Standard library only (`tomllib`): worker processes run this at every start.
"""

from __future__ import annotations

import re
from typing import Any, Final

from storage_core.errors import ConfigurationError
from storage_core.paths import shortened

VERSION: Final = 1
"""The newest `version` of the file that this program knows."""

MAX_SIZE: Final = 16 * 1024 * 1024
"""Bytes. A larger file is no configuration file but a mistake, and reading it would hang."""

_POSITION: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

_OPEN: Final = "a text is not closed where its line ends"
_IN_WORDS: Final = {
    "Illegal character '\\n'": _OPEN,
    "Found invalid character '\\n'": _OPEN,
    "Unescaped '\\\\' in a string": r"in a text \ is written \\",
    "Unclosed array": "a [ is not closed",
    "Unclosed inline table": "a { is not closed",
    "Invalid value": "this is no value; a text stands in quotation marks",
    "Invalid statement": "this is neither a setting nor a table",
    "Invalid initial character for a key part": "this is no key; quote it if it is meant as one",
    "Expected '=' after a key in a key/value pair": "there is no = after the key",
    "Expected ']' at the end of a table declaration": "the ] behind the name of a table is missing",
    "Expected newline or end of document after a statement": "there is something behind the value",
    "Cannot overwrite a value": "this key stands there twice",
}
"""What the parser says most often, for people who do not know its words."""


def read_text(path: str) -> str:
    """The text of the file, empty when there is none.

    Raises:
        ConfigurationError: it cannot be read, is no file, is too large or is not UTF-8.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_SIZE + 1)
    except FileNotFoundError:
        return ""
    except IsADirectoryError:
        raise ConfigurationError(
            f"{shortened(path)} is a folder; the configuration file goes there: move the folder, "
            "or name another file with --config or STORAGE_CONFIG"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a valid path"
        raise ConfigurationError(
            f"cannot read {shortened(path)} ({reason}); allow reading it, or name another file "
            "with --config or STORAGE_CONFIG"
        ) from error
    return decode(data, path)


def decode(data: bytes, path: str) -> str:
    """`data` as text. A byte order mark is kept, so that saving keeps it too.

    Raises:
        ConfigurationError: it is too large or not UTF-8.
    """
    if len(data) > MAX_SIZE:
        raise ConfigurationError(
            f"{shortened(path)} is larger than {MAX_SIZE // 1024 // 1024} MiB; "
            "this is not a configuration file"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        # The exception holds the file's bytes: it must not become the cause.
        raise ConfigurationError(
            f"{shortened(path)}:{line}: not UTF-8 text; save the file as UTF-8"
        ) from None


def parse(text: str, path: str) -> dict[str, Any]:
    """The tables in `text`.

    Raises:
        ConfigurationError: it is not TOML; the message has the line.
    """
    import tomllib

    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        message = str(error)
        found = _POSITION.search(message)
        if found is None:
            place, what = "", "a number has too many digits, or tables are nested too deeply"
        elif found[1]:
            said = message[: found.start()]
            place, what = f":{found[1]}", f"{_IN_WORDS.get(said, said)} (column {found[2]})"
        else:
            place = f":{text.count(chr(10)) + 1}"
            what = "the file ends where a value, a quotation mark or a bracket is missing"
        raise ConfigurationError(
            f"{shortened(path)}{place}: not TOML: {what}; mend that line by hand"
        ) from None


def read(path: str) -> dict[str, Any]:
    """The tables of the file, none when there is no file; raises `ConfigurationError`."""
    return parse(read_text(path), path)
