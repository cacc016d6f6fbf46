"""What a URL says about a server to sign in to."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from storage_core.errors import ConfigurationError


def server_in(url: str, shown: str) -> dict[str, Any]:
    """The host, port, username and password that are in the URL, unquoted.

    Args:
        url: the URL.
        shown: the URL as it may be shown.

    Raises:
        ConfigurationError: the port is not valid.
    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        # Its text may hold a part of a password.
        raise ConfigurationError(
            f"{shown} names no port that there is; correct it, and write # / ? @ in a password as "
            "%23 %2F %3F %40"
        ) from None
    given = {
        "host": parts.hostname,
        "port": port,
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def path_in(url: str) -> str:
    """The path as it is written in the URL, a `#` in it included."""
    parts = urlsplit(url)
    return f"{parts.path}#{parts.fragment}" if parts.fragment else parts.path


def require_host(options: dict[str, Any], protocol: str, shown: str) -> None:
    """Raise `ConfigurationError` where neither the URL nor the options name a server."""
    if "host" not in options:
        raise ConfigurationError(f"{shown} names no server; write {protocol}://HOST")
