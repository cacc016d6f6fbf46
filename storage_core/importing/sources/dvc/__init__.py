"""DVC (3.67): the remotes in the config files of a repository, of the user and of the system.

dialect.py   parses the text of a file
levels.py    merges the files, and resolves paths and references
clouds.py, servers.py   what a remote becomes
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from storage_core.importing.files import wrong
from storage_core.importing.made import InexpressibleError, Made, found_entry
from storage_core.importing.sources.dvc import clouds, servers
from storage_core.importing.sources.dvc.levels import Remote, referred, remotes_of
from storage_core.paths import absolute

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from storage_core.importing.found import Found

LABEL: Final = "DVC"

_FOLDER: Final = ".dvc"
_SCHEMES: Final[Mapping[str, Callable[[Remote], Made]]] = {
    "s3": clouds.s3,
    "gs": clouds.gcs,
    "azure": clouds.azure,
    "ssh": servers.ssh,
    "webdav": servers.webdav,
    "webdavs": servers.webdav,
    "http": servers.http,
    "https": servers.http,
}


def places() -> list[str]:
    """The files that DVC reads here, the nearest first."""
    repository = _repository(os.getcwd())
    return [*reversed(_files(repository))]


def found(path: str | None = None) -> list[Found]:
    """The remotes of the repository around the current folder, or of the one at `path`.

    Raises:
        ConfigurationError: there is no repository at `path`, or a file cannot be read.
    """
    remotes, default = remotes_of(_files_at(absolute(path)) if path else reversed(places()))
    return [
        found_entry(
            partial(_made, remote, remotes),
            source="dvc",
            entry=f"remote {name}",
            place=remote.place,
            name=name,
            is_default=name == default,
        )
        for name, remote in remotes.items()
    ]


def _made(remote: Remote, remotes: Mapping[str, Remote]) -> Made:
    """What a remote becomes."""
    whole = referred(remote, remotes)
    url = whole.text("url")
    if not url:
        raise InexpressibleError("it has no url")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise InexpressibleError("its url is none") from None
    if not parts.netloc:
        return servers.folder(whole)
    make = _SCHEMES.get(parts.scheme)
    if make is None:
        raise InexpressibleError(
            f"its url begins with {parts.scheme}://, which Storage does not have"
        )
    return make(whole)


def _files_at(path: str) -> list[str]:
    """The files to read for a repository, or for one of its files, at `path`."""
    if os.path.isfile(path):
        folder, name = os.path.split(path)
        return [path] if name != "config" else [path, os.path.join(folder, "config.local")]
    if not os.path.exists(path):
        # Otherwise a repository in a folder above it would be found.
        raise wrong(path, "does not exist", "correct the path")
    if os.path.basename(path) == _FOLDER:
        path = os.path.dirname(path)
    repository = _repository(path)
    if repository is None:
        raise wrong(path, "is in no DVC repository", "name a folder that has .dvc in it")
    return _files(repository)


def _files(repository: str | None) -> list[str]:
    """The files that DVC reads in a repository, or without one, the nearest last."""
    from platformdirs import site_config_dir, user_config_dir

    folders = [
        os.environ.get("DVC_SYSTEM_CONFIG_DIR") or site_config_dir("dvc", "iterative"),
        os.environ.get("DVC_GLOBAL_CONFIG_DIR") or user_config_dir("dvc", "iterative"),
    ]
    files = [os.path.join(folder, "config") for folder in folders]
    if repository:
        inner = os.path.join(repository, _FOLDER)
        files += [os.path.join(inner, "config"), os.path.join(inner, "config.local")]
    return files


def _repository(folder: str) -> str | None:
    """The nearest folder, at `folder` or above it on the same disk, that has `.dvc`; or None."""
    while not os.path.isdir(os.path.join(folder, _FOLDER)):
        above = os.path.dirname(folder)
        if above == folder or os.path.ismount(folder):
            return None
        folder = above
    return folder
