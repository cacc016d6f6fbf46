"""Imports of drivers, which fail or warn where fsspec's configuration or variables are broken."""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from storage_core.errors import ConfigurationError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator


_LEVELS: Final = ("GCSFS_DEBUG", "S3FS_LOGGING_LEVEL")
"""Variables with a logging level, which drivers read when they are imported."""


@contextmanager
def loading() -> Iterator[None]:
    """Import drivers, and other libraries that log, inside this block.

    Raises:
        ConfigurationError: a file or a variable keeps one from being imported.
    """
    try:
        if "fsspec" in sys.modules:
            yield
            _guard_logs()
            return
        with warnings.catch_warnings():
            # fsspec warns on the terminal of variables that it ignores.
            warnings.filterwarnings("ignore", message="Ignoring environment variable FSSPEC")
            yield
        _guard_logs()
    except StorageError:
        raise
    except Exception as error:
        said = _what_broke(error)
        if said is None:
            raise
        raise ConfigurationError(said) from error


def _guard_logs() -> None:
    # The direct engine may have opened places, with secrets, before any library was imported.
    way = sys.modules.get("storage_core.backends.remote.way")
    if way is not None:
        way.guard_all_logs()


def _what_broke(error: Exception) -> str | None:
    for name in _LEVELS:
        if isinstance(error, ValueError) and repr(os.environ.get(name)) in str(error):
            return (
                f"{name} is {os.environ[name]!r}, which is no level of logging, so that its driver "
                "cannot be loaded; write DEBUG, or unset it"
            )
    if (broken := _broken()) is None:
        return None
    path, why = broken
    return (
        f"{path} cannot be read ({why}), so that fsspec cannot be loaded; mend it, or move it "
        "away: no storage takes anything from it"
    )


def _broken() -> tuple[str, str] | None:
    """Which of fsspec's own files cannot be read, and why; read as it reads them."""
    import configparser
    import json

    # fsspec looks for its folder in this way when it is imported, and nowhere else.
    folder = os.environ.get("FSSPEC_CONFIG_DIR", os.path.expanduser("~/.config/fsspec"))
    path = folder
    try:
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            path = os.path.join(folder, name)
            if name.endswith(".ini"):
                ini = configparser.ConfigParser()
                ini.read(path)
                for section in ini:
                    dict(ini[section])
            elif name.endswith(".json"):
                with open(path) as file:
                    for section in (content := json.load(file)):
                        dict(content[section])
    except Exception as error:
        why = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        return path, why or type(error).__name__
    return None
