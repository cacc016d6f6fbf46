"""Reads files of other tools as text, INI, JSON and YAML; errors name the line of a mistake.

No error contains text of a file, nor is it raised from an exception that does.
"""

from __future__ import annotations

import json
import os
import stat
from configparser import (
    ConfigParser,
    DuplicateOptionError,
    DuplicateSectionError,
    Error,
    MissingSectionHeaderError,
    ParsingError,
    RawConfigParser,
)
from typing import TYPE_CHECKING, Any, Final, TypeVar

from storage_core.errors import ConfigurationError
from storage_core.paths import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Parser = TypeVar("Parser", bound=RawConfigParser)

LARGEST: Final = 4 * 1024 * 1024
"""The most bytes of a file that is read: a person's configuration is far smaller."""

_MARK: Final = b"\xef\xbb\xbf"

_DEEPEST: Final = 100
"""Levels of tables and lists within one another. No configuration needs as many, and not every
parser, nor what walks through its result, can be trusted with any number of them."""


def text_of(path: str, *, takes_mark: bool = False) -> str:
    """Read a file as text, with `\\n` as line ends.

    Args:
        path: the path of a regular file.
        takes_mark: whether the tool accepts a byte order mark at the beginning.

    Raises:
        ConfigurationError: it cannot be read, or is not UTF-8.
    """
    data = bytes_of(path)
    if data.startswith(_MARK):
        if not takes_mark:
            raise wrong(path, "begins with a byte order mark", "save it as UTF-8 without one", 1)
        data = data[len(_MARK) :]
    try:
        text, line = data.decode(), 0
    except UnicodeDecodeError as error:
        text, line = "", data.count(b"\n", 0, error.start) + 1
    if line:
        # Raised here, outside of `except`: the UnicodeDecodeError contains the bytes.
        raise wrong(path, "is no UTF-8 text", "save it as UTF-8", line)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def ini_of(path: str, text: str, parser: Parser) -> Parser:
    """Read an INI file into `parser`, and return it.

    Args:
        path: the path of the file, for errors.
        text: the text of the file.
        parser: a parser with the options that the tool uses.

    Raises:
        ConfigurationError: it is not an INI file, or has something twice.
    """
    said: tuple[str, str, int | None] | None = None
    try:
        parser.read_string(text)
    except DuplicateSectionError as error:
        said = f"has [{error.section}] twice", "make one section of both", error.lineno
    except DuplicateOptionError as error:
        name = f"{error.option} in [{error.section}]"
        said = f"has {name} twice", "take one of them out", error.lineno
    except MissingSectionHeaderError as error:
        said = "has a setting above all sections", "write [NAME] above it", error.lineno
    except ParsingError as error:
        line = error.errors[0][0] if error.errors else None
        said = "is no line of an INI file", "write NAME = VALUE", line
    except (Error, ValueError, AttributeError):
        # configparser raises AttributeError for a continuation line that continues nothing.
        said = "is no INI file", "mend it", None
    if said:
        # Raised here, outside of `except`: those exceptions contain lines of the file.
        raise wrong(path, *said)
    return parser


def values_of(path: str, text: str, parser: ConfigParser, section: str) -> dict[str, str]:
    """The settings of a section, with each `%(…)s` replaced.

    Raises:
        ConfigurationError: a `%` in one of them cannot be replaced.
    """
    found: dict[str, str] = {}
    for option in parser[section]:
        try:
            found[option] = parser[section][option]
        except Error:
            continue
    if broken := [each for each in parser[section] if each not in found]:
        raise wrong(
            path,
            f"has a % in {broken[0]} of [{section}] that stands for nothing",
            "write %% for a percent sign",
            line_of(text, section, broken[0]),
        )
    return found


def json_of(path: str, text: str) -> Any:
    """The value of a JSON file.

    Raises:
        ConfigurationError: it is not JSON, or is nested too deeply.
    """
    line: int | None = None
    try:
        value = json.loads(text)
        if not is_deep(value):
            return value
    except json.JSONDecodeError as error:
        # Not raised from here: the `doc` of the error is the whole text.
        line = error.lineno
    except (ValueError, RecursionError):
        pass
    raise wrong(path, "is no JSON", "mend it, or have the tool write it again", line)


def is_deep(value: Any) -> bool:
    """Whether a JSON value is nested more deeply than any configuration."""
    level = [value]
    for _ in range(_DEEPEST + 1):
        level = [inner for each in level for inner in _inner(each)]
    return bool(level)


def _inner(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def yaml_of(path: str, text: str) -> Any:
    """The value of a YAML file.

    Raises:
        ConfigurationError: it is not YAML, or is nested too deeply.
    """
    import yaml

    # The loader in C, if there is one: the other takes a minute for the largest file.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    line: int | None = None
    depth = 0
    try:
        for event in yaml.parse(text, loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                line = event.start_mark.line + 1
                break
        else:
            return yaml.load(text, loader)
    except yaml.MarkedYAMLError as error:
        if mark := error.problem_mark or error.context_mark:
            line = mark.line + 1
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError):
        pass
    # Raised here, outside of `except`: those exceptions contain text of the file.
    raise wrong(path, "is no YAML", "mend it", line)


def line_of(text: str, section: str, option: str | None = None) -> int | None:
    """The line number of a section of an INI file, or of an option in it; None if not found."""
    inside = False
    for number, line in _lines(text):
        if line.startswith("["):
            inside = line.rstrip().startswith(f"[{section}]")
            if inside and option is None:
                return number
        elif inside and option and line[:1] not in ("", " ", "\t", "#", ";"):
            name = line.replace(":", "=", 1).partition("=")[0]
            if name.strip().lower() == option.lower():
                return number
    return None


def wrong(path: str, what: str, remedy: str, line: int | None = None) -> ConfigurationError:
    """Make an error about a file.

    Args:
        path: the path of the file.
        what: what is wrong with it.
        remedy: what a person can do about it.
        line: the number of the line, if it is known.
    """
    where = f", line {line}" if line else ""
    return ConfigurationError(f"{shortened(path)}{where}: {what}; {remedy}")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return enumerate(text.split("\n"), 1)


def require_regular(path: str) -> None:
    """Raise unless `path` is a regular file: opening or reading a pipe might never end.

    Raises:
        ConfigurationError: it is a folder, a pipe or a device, or does not exist.
        OSError: its status cannot be read.
        ValueError: it is not a valid path.
    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise wrong(path, "does not exist", "correct the path") from None
    if stat.S_ISDIR(mode):
        raise wrong(path, "is a folder", "name a file in it")
    if not stat.S_ISREG(mode):
        raise wrong(path, "is no regular file", "name a file, or paste what it says into -")


def bytes_of(path: str) -> bytes:
    """The bytes of a file.

    Args:
        path: the path of a regular file.

    Raises:
        ConfigurationError: it cannot be read, or is too large for a configuration.
    """
    try:
        require_regular(path)
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a valid path"
        raise wrong(path, f"cannot be read ({why})", "allow reading it") from error
    if len(data) > LARGEST:
        raise wrong(
            path,
            f"is larger than {LARGEST // 1024 // 1024} MiB, so it is no configuration",
            "name another file",
        )
    return data
