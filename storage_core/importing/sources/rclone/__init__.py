"""rclone: the remotes in rclone.conf and in variables.

    dialect.py   parses the text of the file, which is not ordinary INI
    hidden.py    obscured passwords, encrypted files
    remote.py    one remote: its options, from the file and from variables
    s3.py …      what remotes of each type become

A remote names no bucket; an alias may.
"""

from __future__ import annotations

import os
import re
import shutil
from functools import partial
from posixpath import normpath
from typing import TYPE_CHECKING, Final

from storage_core.importing.files import bytes_of
from storage_core.importing.made import InexpressibleError, Made, found_entry
from storage_core.importing.sources.rclone import azure, gcs, s3, servers
from storage_core.importing.sources.rclone.dialect import DEFAULT, Sections, parsed
from storage_core.importing.sources.rclone.hidden import decrypted
from storage_core.importing.sources.rclone.remote import Remote, environment
from storage_core.paths import absolute

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from storage_core.importing.found import Found

LABEL: Final = "rclone"

_TYPES: Final[Mapping[str, Callable[[Remote, str], Made]]] = {
    "s3": s3.s3,
    "azureblob": azure.azure,
    "google cloud storage": gcs.gcs,
    "googlecloudstorage": gcs.gcs,
    "gcs": gcs.gcs,
    "local": servers.local,
    "webdav": servers.webdav,
    "sftp": servers.sftp,
    "ftp": servers.ftp,
}
_CHANGING: Final = frozenset(
    {"crypt", "compress", "chunker", "hasher", "cache", "combine", "union"}
)
"""Types that store blobs in other remotes in a form of rclone's own."""

_TARGET: Final = re.compile(r"(:?[\w.+@][\w.+@ -]*)(,[^:]*)?:(.*)", re.DOTALL)
_IN_VARIABLES: Final = re.compile("RCLONE_CONFIG_(.+?)_TYPE")


def places() -> list[str]:
    """The paths where rclone looks for its file; it reads the first that exists."""
    if given := os.environ.get("RCLONE_CONFIG"):
        return [absolute(given)]
    found = []
    if program := shutil.which("rclone"):
        found.append(os.path.join(os.path.dirname(os.path.realpath(program)), "rclone.conf"))
    if folder := os.environ.get("XDG_CONFIG_HOME"):
        found.append(os.path.join(absolute(folder), "rclone", "rclone.conf"))
    if os.path.isabs(home := os.path.expanduser("~")):
        found += [
            os.path.join(home, ".config", "rclone", "rclone.conf"),
            os.path.join(home, ".rclone.conf"),
        ]
    return found


def found(path: str | None = None) -> list[Found]:
    """The remotes in rclone's file and variables; only those in `path`, if it is given.

    Raises:
        ConfigurationError: the file cannot be read, or rclone would refuse the whole file.
    """
    variables = {} if path else environment()
    file = _in_folder(absolute(path)) if path else _file()
    sections = _sections(file) if file else Sections()
    return _remotes(sections, variables, file)


def found_in(text: str, place: str) -> list[Found]:
    """The remotes in a piece of an rclone.conf.

    Args:
        text: the piece.
        place: where it is from, for messages.

    Raises:
        ConfigurationError: rclone would refuse it.
    """
    return _remotes(parsed(text, place), {}, place)


def _remotes(sections: Sections, variables: Mapping[str, str], file: str | None) -> list[Found]:
    names = dict.fromkeys([*_made_by_variables(variables), *sections.names()])
    remotes = {name: Remote(name, sections, variables) for name in names}
    return [
        found_entry(
            partial(_made, remote, "", remotes, ()),
            source="rclone",
            entry=f"remote {name}",
            place=(file if remote.stands_in_file else remote.variable("type")) or "",
            name=name,
        )
        for name, remote in remotes.items()
        if name != DEFAULT or remote.has_type
    ]


def _made(
    remote: Remote, path: str, remotes: Mapping[str, Remote], aliases: tuple[str, ...]
) -> Made:
    """What a remote becomes.

    Args:
        remote: the remote.
        path: the path below the remote that aliases name.
        remotes: all remotes.
        aliases: the aliases that have led to this remote.

    Raises:
        InexpressibleError: it cannot be imported.
    """
    kind = remote.text("type")
    if not kind:
        raise InexpressibleError("it has no type, so rclone does not take it for a remote")
    if make := _TYPES.get(kind):
        return make(remote, path)
    if kind in _CHANGING:
        raise InexpressibleError(
            f"its type is {kind}, in whose remotes rclone keeps blobs in a form of its own"
        )
    if kind != "alias":
        raise InexpressibleError(f"its type is {kind}, which Storage does not have")
    if remote.name in aliases:
        way = " → ".join([*aliases[aliases.index(remote.name) :], remote.name])
        raise InexpressibleError(f"its aliases lead in a circle: {way}")
    target = remote.text("remote")
    if not target:
        raise InexpressibleError("it is an alias of nothing (remote)")
    name, below = _target(target)
    joined = _joined(below, path)
    if name is None:
        return servers.folder(joined)
    if name not in remotes:
        raise InexpressibleError(f"it is an alias of {name}, which is no remote")
    return _made(remotes[name], joined, remotes, (*aliases, remote.name))


def _target(text: str) -> tuple[str | None, str]:
    """The name of the remote that an alias leads to (None for the disk), and the path below it."""
    before = text.partition(":")[0]
    if ":" not in text or "/" in before:
        return None, text
    found = _TARGET.fullmatch(text)
    if found is None or found[1].startswith(":") or found[2]:
        raise InexpressibleError("it is an alias of a connection string, not of a remote by name")
    return found[1], found[3]


def _joined(first: str, second: str) -> str:
    """Join two paths as rclone does."""
    path = "/".join(filter(None, (first.rstrip("/") if second else first, second)))
    return normpath(path) if path else ""


def _made_by_variables(variables: Mapping[str, str]) -> list[str]:
    return [
        matched[1].lower()
        for name in sorted(variables)
        if variables[name] and (matched := _IN_VARIABLES.fullmatch(name))
    ]


def _file() -> str | None:
    """The file that rclone would read; None if there is none."""
    if "RCLONE_CONFIG" in os.environ and _is_nowhere(os.environ["RCLONE_CONFIG"]):
        return None
    return next(filter(os.path.lexists, places()), None)


def _is_nowhere(path: str) -> bool:
    """Whether a path tells rclone to use no file at all."""
    return path in ("", os.devnull) or os.path.basename(path) == "notfound"


def _in_folder(path: str) -> str:
    inner = os.path.join(path, "rclone.conf")
    return inner if os.path.isfile(inner) else path


def _sections(file: str) -> Sections:
    # Keep bytes that are not UTF-8: they may be in a comment, or in one remote of many.
    text = bytes_of(file).decode(errors="surrogateescape")
    return parsed(decrypted(text, file), file)
