"""Checks of a setting's value.

Each takes the text of one value and returns it as it should be saved, or raises `ValueError` saying
what to write instead. The message never repeats the value, which may be a secret in the wrong
field. `table.py` and `validation.py` use the same checks.
"""

from __future__ import annotations

import os

from storage_core.paths import local_scheme
from storage_core.printable import leaves_no_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, Final

LONGEST: Final = 86_400
"""Seconds in the longest time limit: a day."""

MOST_TAGS: Final = 20
LONGEST_TAG: Final = 32

# Compiled only when needed: many workers would load `re` for nothing else.
_TAG: Final = rf"\w[\w.-]{{0,{LONGEST_TAG - 1}}}"
_URL: Final = r"(?i:https?://[^/?#\s]+[^?#\s]*)"


def plain_text(value: str) -> str:
    """One line of text, not empty."""
    if not value.strip():
        raise ValueError("must not be empty")
    if not value.isprintable() and any(c < " " or c == "\x7f" for c in value):
        raise ValueError("must be one line without control characters")
    return value


def text(value: str) -> str:
    """Text of any number of lines, not empty."""
    if not value.strip():
        raise ValueError("must not be empty")
    return value


def visible(value: str) -> str:
    """One line of text without invisible characters."""
    for place, character in enumerate(plain_text(value), 1):
        if character != " " and leaves_no_mark(character):
            raise ValueError(
                f"must not contain an invisible character: its character {place} is "
                f"U+{ord(character):04X}; delete it"
            )
    return value


def bucket(value: str) -> str:
    """The name of a bucket or container, without scheme or path."""
    value = visible(value)
    if "://" in value:
        raise ValueError("must be the bare name, without a scheme such as s3://")
    if "/" in value or "\\" in value:
        raise ValueError("must be the bare name; what follows a slash goes into Prefix")
    if any(character.isspace() for character in value):
        raise ValueError("must not contain spaces")
    if value in (".", ".."):
        # In the path of a URL these mean folders, so the request would go elsewhere.
        raise ValueError("must be a name; '.' and '..' are none")
    return value


def prefix(value: str) -> str:
    """A path inside a bucket, outer slashes dropped."""
    value = value.strip("/")
    if not value:
        return value
    if any(part in ("", ".", "..") for part in plain_text(value).split("/")):
        raise ValueError("must not contain empty parts, '.' or '..'")
    return value


def http_url(value: str) -> str:
    """An http or https address, without a query."""
    from re import fullmatch

    value = visible(value.strip())
    if not fullmatch(_URL, value):
        raise ValueError("must be an address such as http://127.0.0.1:9000")
    _check_port(value)
    return value


def local_path(value: str) -> str:
    """A path in the local file system; `~` is kept."""
    value = plain_text(value)
    if "://" in value:
        raise ValueError("must be a local path; File Storage takes URLs")
    return value


def whole_path(value: str) -> None:
    """Refuse a relative path, where there is no folder that it could be relative to."""
    scheme = local_scheme(value)
    path = value.removeprefix(scheme)
    if "://" not in path and "::" not in path and not (os.path.isabs(path) or path[:1] == "~"):
        raise ValueError("must be a whole path, such as /data/storage")


def file_path(value: str) -> str:
    """The path of a file; `~` is kept."""
    value = plain_text(value)
    if "://" in value:
        raise ValueError("must be the path of a file on this machine, not a URL")
    return value


def word(value: str) -> str:
    """Text without spaces."""
    if any(character.isspace() for character in visible(value)):
        raise ValueError("must not contain spaces")
    return value


def tags(value: list[Any]) -> list[str]:
    """Short words, each of them once; a `#` before one is dropped."""
    if not all(isinstance(each, str) for each in value):
        raise ValueError('must be a list of words in quotes, such as ["prod", "eu"]')
    from re import fullmatch

    words = [each.removeprefix("#") for each in value]
    if not all(fullmatch(_TAG, word) for word in words):
        raise ValueError(
            "must be words of letters, digits, '.', '_' and '-', "
            f"each at most {LONGEST_TAG} characters long"
        )
    folded = [each.casefold() for each in words]
    if len({*folded}) < len(folded):
        raise ValueError("must not have the same word twice")
    if len(words) > MOST_TAGS:
        raise ValueError(f"must be at most {MOST_TAGS} words")
    return words


def path_or_url(value: str) -> str:
    """A local path or any URL that fsspec knows."""
    value = plain_text(value)
    scheme, separator, rest = value.rpartition("://")
    if (
        separator
        and not rest.strip("/")
        and scheme.split("::")[-1].lower() not in ("memory", "file")
    ):
        raise ValueError("must have what follows the scheme too, such as s3://my-bucket/my-folder")
    if ".." in rest.replace("\\", "/").split("/") and separator:
        raise ValueError("must not contain '..'")
    for part in value.split("::") if separator else ():
        _check_url(part)
    return value


def doubtful(
    name: str, values: Mapping[str, Any], check: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """The complaint of `check` about the setting `name`; nothing if its value is not known yet."""
    value = values.get(name)
    if isinstance(value, str) and value:
        try:
            check(value)
        except ValueError as error:
            yield name, str(error)


def seconds(value: float) -> float:
    """A time limit: more than 0 seconds, at most a day."""
    if not 0 < value <= LONGEST:
        raise ValueError(f"must be a number of seconds above 0 and at most {LONGEST}")
    return value


def _check_url(url: str) -> None:
    from urllib.parse import urlsplit

    try:
        urlsplit(url)
    except ValueError:
        # Its text holds the user and the password.
        raise ValueError(
            "must be a URL; write [ ] # / ? @ in a password as %5B %5D %23 %2F %3F %40"
        ) from None


def _check_port(url: str) -> None:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        ok = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        ok = False
    if not ok:
        raise ValueError(
            "the host or port is not valid; write something like http://127.0.0.1:9000"
        )
