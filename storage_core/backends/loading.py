"""Imports of drivers, which fail or complain where files and variables of fsspec's are broken."""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage_core.errors import ConfigurationError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def loading() -> Iterator[None]:
    """Import drivers in here.

    Raises:
        ConfigurationError: a file keeps fsspec from being imported.
    """
    if "fsspec" in sys.modules:
        yield
        return
    try:
        with warnings.catch_warnings():
            # fsspec warns of variables that it ignores, on the terminal.
            warnings.filterwarnings("ignore", message="Ignoring environment variable FSSPEC")
            yield
    except StorageError:
        raise
    except Exception as error:
        broken = _broken()
        if broken is None:
            raise
        path, why = broken
        raise ConfigurationError(
            f"{path} cannot be read ({why}), so that fsspec cannot be loaded; mend it, or move it "
            "away: no storage takes anything from it"
        ) from error


def _broken() -> tuple[str, str] | None:
    """Which of fsspec's own files cannot be read, and why; read as it reads them."""
    import configparser
    import json

    # As it stands when fsspec is imported: it looks nowhere else.
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
