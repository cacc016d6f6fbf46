"""Files that must not be overwritten by accident: those that hold configurations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from storage_core import paths
from storage_core.errors import ConfigurationError

if TYPE_CHECKING:
    from storage_core.config.file import ConfigFile


def why_kept(target: str, file: ConfigFile) -> str:
    """Why `target` must not be overwritten; empty where it may.

    Protected are this run's configuration file, the one that a run without `--config` would use,
    the layers beneath them and the versions in the history, under any path or link.

    Args:
        target: the file that would be replaced, as the person has named it.
        file: the configuration file of this run.
    """
    if any(_is_same(target, each) for each in _configurations(file)):
        return f"{target} is the configuration file itself (or a layer beneath it); name another"
    if _is_in_history(target):
        return f"{target} lies in the history of the configuration file; name another"
    return ""


def _configurations(file: ConfigFile) -> Iterator[str]:
    """The paths of this run's files, and of those that another run without --config would have."""
    from storage_core.config.file import ConfigFile

    named = os.environ.get(paths.FILE_VARIABLE, "")
    for each in (named, *named.split(os.pathsep)):
        try:
            yield paths.absolute(each) if each else ""
        except ConfigurationError:
            pass  # The path cannot be resolved.
    files = [file]
    try:
        files.append(ConfigFile())
    except ConfigurationError:
        pass  # Without --config no file would be found.
    for one in files:
        yield one.source
        try:
            yield from (layer.source for layer in one.load().layers)
        except ConfigurationError:
            pass  # The command itself reads it too, and says what is wrong.


def _is_same(target: str, other: str) -> bool:
    try:
        return os.path.isabs(other) and os.path.samefile(target, other)
    except (OSError, ValueError):
        return False  # One of them does not exist.


def _is_in_history(target: str) -> bool:
    try:
        root = os.path.realpath(os.path.join(paths.prefect_home(), "history"))
        return os.path.realpath(target).startswith(root + os.sep)
    except (ConfigurationError, OSError, ValueError):
        return False  # Without a home folder no history is kept.
