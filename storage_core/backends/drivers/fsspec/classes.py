"""Which class serves a protocol, and what its URL says."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from fsspec import get_filesystem_class

from storage_core.errors import ConfigurationError

_OWN: Final = {
    "ftp": ("storage_core.backends.drivers.fsspec.ftp", "FTP"),
    "sftp": ("storage_core.backends.drivers.fsspec.sftp", "SFTP"),
    "ssh": ("storage_core.backends.drivers.fsspec.sftp", "SFTP"),
}
"""File systems that are not as fsspec has them."""

_EXTRAS: Final = {"sftp": "sftp", "ssh": "sftp", "webdav": "webdav", "dav": "webdav"}
"""What brings a package that is not there, by protocol."""


def class_of(part: str, shown: str) -> Any:
    """The class of a file system; importing it here tells at once what is missing."""
    try:
        return get_filesystem_class(part.partition("://")[0].lower())
    except ValueError:
        raise ConfigurationError(
            f"{shown}: fsspec knows no file system of this name; correct Base Path"
        ) from None
    except ImportError as error:
        extra = _EXTRAS.get(part.partition("://")[0].lower())
        more = f" (pip install 'storage-config[{extra}]')" if extra else ""
        raise ConfigurationError(f"{shown}: {error}{more}") from error


def own_class(protocol: str) -> Any:
    """The class that is used instead of fsspec's; None where fsspec's is good enough."""
    if protocol not in _OWN:
        return None
    module, name = _OWN[protocol]
    return getattr(import_module(module), name)


def refuse_behind_another(url: str, options: dict[str, Any], shown: str) -> None:
    """Refuse a chain that leads to a file system which is not as fsspec has it.

    fsspec would open its own there, and sign in to whoever answers.
    """
    parts = url.split("::")
    chained = [part.partition("://")[0].lower() for part in parts] if len(parts) > 1 else []
    for protocol in (*chained, str(options.get("target_protocol"))):
        if protocol in _OWN:
            raise ConfigurationError(
                f"{shown}: {protocol} cannot be reached through another file system; write it "
                f"without what stands before ::, as {protocol}://HOST/FOLDER"
            )


def from_url(url: str, shown: str) -> dict[str, Any]:
    """Host, port, user and password; fsspec leaves them as they are quoted in a URL."""
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
