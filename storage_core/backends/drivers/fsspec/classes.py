"""Which class serves a protocol, and which chains of them are refused."""

from __future__ import annotations

from typing import Any, Final

from fsspec import get_filesystem_class

from storage_core.errors import ConfigurationError

_UNCHAINED: Final = frozenset({"ftp", "sftp", "ssh", "gs", "gcs", "az", "abfs", "abfss"})
"""Protocols for which our own drivers are used in place of fsspec's file systems."""

_OURS: Final = "storage"
"""The protocol of `storage_core.fs`."""

_EXTRAS: Final = {"webdav": "webdav", "dav": "webdav"}
"""The extra that installs a missing package, by protocol."""


def class_of(part: str, shown: str) -> Any:
    """The class of a file system; importing it here tells at once what is missing."""
    protocol = part.partition("://")[0].lower()
    if protocol == _OURS:
        # It would lead to a configuration by way of another, or in a circle.
        raise ConfigurationError(
            f"{shown}: {_OURS}:// leads to a configuration; write where that one leads instead"
        )
    try:
        return get_filesystem_class(protocol)
    except ValueError:
        raise ConfigurationError(
            f"{shown}: fsspec knows no file system of this name; correct Base Path"
        ) from None
    except ImportError as error:
        extra = _EXTRAS.get(protocol)
        more = f" (pip install 'storage-config[{extra}]')" if extra else ""
        raise ConfigurationError(f"{shown}: {error}{more}") from error


def refuse_behind_another(url: str, options: dict[str, Any], shown: str) -> None:
    """Refuse a chain that leads to a protocol for which we do not use fsspec's file system.

    fsspec would open its own there, and send credentials to whatever server answers.
    """
    parts = url.split("::")
    chained = [part.partition("://")[0].lower() for part in parts] if len(parts) > 1 else []
    for protocol in (*chained, str(options.get("target_protocol"))):
        if protocol in _UNCHAINED:
            raise ConfigurationError(
                f"{shown}: {protocol} cannot be reached through another file system; write it "
                f"without what stands before ::, as {protocol}://{_begins(protocol)}/FOLDER"
            )


def _begins(protocol: str) -> str:
    return "HOST" if protocol in ("ftp", "sftp", "ssh") else "BUCKET"
