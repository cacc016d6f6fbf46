"""Paths: of the configuration file, of its home, and those that people write.

Only `os.path`: every worker process runs this, and importing `pathlib` costs milliseconds.
"""

from __future__ import annotations

import os
from typing import Final

from storage_core.errors import ConfigurationError

CONFIG_NAME: Final = "storage.toml"

LOCAL_SCHEMES: Final = ("file://", "local://")
"""The URL schemes that fsspec has for the local file system."""


def prefect_home() -> str:
    """`$PREFECT_HOME`, else `~/.prefect`, as an absolute path."""
    return absolute(os.environ.get("PREFECT_HOME") or "~/.prefect")


def config_path(given: str | os.PathLike[str] | None = None) -> str:
    """The configuration file: `given`, else `$STORAGE_CONFIG`, else `storage.toml` in the home."""
    chosen = os.fspath(given) if given is not None else os.environ.get("STORAGE_CONFIG")
    return absolute(chosen) if chosen else os.path.join(prefect_home(), CONFIG_NAME)


def command(words: str, path: str) -> str:
    """The command line `storage WORDS` for the file at `path`, as a person has to type it."""
    if path == config_path():
        return f"storage {words}"
    # Imported only for a hint: workers do without it.
    from shlex import quote

    return f"storage {words} --config {quote(path)}"


def local_folder(base_path: str) -> str | None:
    """The path if `base_path` is one, or a `file://` or `local://` URL; None for other URLs."""
    for scheme in LOCAL_SCHEMES:
        if base_path.startswith(scheme):
            return base_path[len(scheme) :]
    return None if "://" in base_path or "::" in base_path else base_path


def absolute(path: str, folder: str | None = None) -> str:
    """`path` with `~` expanded and made absolute from `folder` (default: the current one).

    Raises:
        ConfigurationError: it is relative, and the current folder was deleted.
    """
    expanded = os.path.expanduser(path)
    if not os.path.isabs(expanded):
        try:
            expanded = os.path.join(folder or os.getcwd(), expanded)
        except FileNotFoundError:
            raise ConfigurationError(
                f"{path} is relative, and the current folder was deleted; write the whole path"
            ) from None
    return os.path.normpath(expanded)


def shortened(path: str) -> str:
    """`path` for display: the home directory as `~`."""
    home = os.path.expanduser("~").rstrip(os.sep)
    if home and (path == home or path.startswith(home + os.sep)):
        return "~" + path[len(home) :]
    return path


def join_url(root: str, prefix: str | None) -> str:
    """`root/prefix`, or `root` alone."""
    return f"{root}/{prefix}" if prefix else root
