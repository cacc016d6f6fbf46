"""Reads the file into plain tables. Standard library only: every worker process runs this."""

from __future__ import annotations

import os

from storage_core.config.toml.plain import plain_tables
from storage_core.errors import ConfigurationError
from storage_core.paths import TEXT_VARIABLE, is_pipe, is_text, opened, shortened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

MAX_SIZE: Final = 16 * 1024 * 1024
"""Bytes. A larger file is a mistake, and reading it would take very long."""

BASE64: Final = "base64:"
"""What the variable begins with if the text is encoded, to fit on one line."""


def read_text(source: str) -> str:
    """The text of the file, empty if there is no file; or that of the variable.

    Raises:
        ConfigurationError: it cannot be read, is not a file, is too large or is not UTF-8.
    """
    if is_text(source):
        return decode(_variable(), source)
    try:
        if is_pipe(source):
            raise ConfigurationError(
                f"{shortened(source)} is a pipe, not a file; put the file there, or name another "
                "one with --config or STORAGE_CONFIG"
            )
        with opened(source) as file:
            data = file.read(MAX_SIZE + 1)
    except FileNotFoundError:
        return ""
    except IsADirectoryError:
        raise ConfigurationError(
            f"{shortened(source)} is a folder; the configuration file goes there: move the folder, "
            "or name another file with --config or STORAGE_CONFIG"
        ) from None
    except (OSError, ValueError) as error:
        from storage_core.disk_advice import advice

        reason = getattr(error, "strerror", None) or "not a valid path"
        do = advice(error) or "allow reading it"
        raise ConfigurationError(
            f"cannot read {shortened(source)} ({reason}); {do}, or name another file "
            "with --config or STORAGE_CONFIG"
        ) from error
    return decode(data, source)


def _variable() -> bytes:
    value = os.fsencode(os.environ.get(TEXT_VARIABLE, ""))
    if not value.lstrip().startswith(BASE64.encode()):
        return value
    from binascii import Error, a2b_base64

    encoded = b"".join(value.split()).removeprefix(BASE64.encode())
    try:
        return a2b_base64(encoded, strict_mode=True)
    except Error:
        # The exception may say what the text holds.
        raise ConfigurationError(
            f"{TEXT_VARIABLE}: what follows {BASE64} is not base64; encode the file anew: "
            "base64 < storage.toml"
        ) from None


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
    tables = plain_tables(text)
    if tables is not None:
        return tables
    # Its imports cost more than all else that most workers do.
    from storage_core.config.toml.text import loads, naming

    with naming(path):
        return loads(text)
