"""Finds what is at a path and below it, in as few requests as possible.

A page of 1,000 names is one request. Where folders are only beginnings of paths, those below a
folder are derived from the paths of the blobs.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from storage_core.blobpath import Prefix
from storage_core.errors import AccessDenied, BlobNotFound, ConfigurationError
from storage_core.fs.errors import NotSupported
from storage_core.fs.identity import published
from storage_core.fs.spot import FILE
from storage_core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from storage_core.backends.base import Entry, Info
    from storage_core.fs.spot import Spot

    Infos = dict[str, dict[str, Any]]


def info(spot: Spot) -> dict[str, Any]:
    """The info of a file or folder.

    Raises:
        BlobNotFound: nothing is there.
    """
    if not spot.inner:
        return spot.folder_info()
    found = _head(spot)
    if found is not None:
        return spot.file_info(found)
    if spot.backend.has_folder(spot.folder):
        return spot.folder_info()
    raise BlobNotFound(f"{spot.backend.location} holds no {printable(spot.inner)}")


def exists(spot: Spot) -> bool:
    """Whether there is a file or folder."""
    try:
        info(spot)
    except BlobNotFound:
        return False
    return True


def is_file(spot: Spot) -> bool:
    """Whether there is a file."""
    return bool(spot.inner) and _head(spot) is not None


def _head(spot: Spot) -> Info | None:
    """What is known about a file; None if there is none, but perhaps a folder."""
    try:
        return spot.backend.head(spot.blob)
    except BlobNotFound:
        return None
    except (AccessDenied, ConfigurationError) as error:
        if not isinstance(error.__cause__, IsADirectoryError | NotADirectoryError):
            raise
        return None


def is_folder(spot: Spot) -> bool:
    """Whether there is a folder."""
    return not spot.inner or spot.backend.has_folder(spot.folder)


def modified(spot: Spot) -> datetime:
    """When a file was written, in UTC."""
    found = spot.backend.head(spot.blob).modified
    if found is None:
        raise NotSupported(
            f"{spot.backend.location} does not say when {printable(spot.inner)} was written"
        )
    return found.astimezone(UTC)


def fingerprint(spot: Spot) -> str:
    """A text that changes with the file, and differs from that of any other file."""
    found = spot.backend.head(spot.blob)
    said = published(spot.identity), spot.inner, found.size, found.version, str(found.modified)
    return sha256(repr(said).encode()).hexdigest()


def children(spot: Spot) -> list[dict[str, Any]]:
    """What a folder holds, sorted by name; for a file, the file itself.

    Raises:
        BlobNotFound: nothing is there.
    """
    is_file = _is_no_folder(spot)
    entries = [] if is_file else [*spot.backend.list(spot.folder, delimiter=True)]
    # An object store may have a file and a folder of the same name.
    found = {(made["name"], made["type"]): made for made in map(spot.entry_info, entries)}
    if entries or not spot.inner or (spot.backend.has_folders and not is_file):
        return [found[each] for each in sorted(found) if each[0] != spot.path]
    return [spot.file_info(spot.backend.head(spot.blob))]


def below(spot: Spot, *, maxdepth: int | None, with_folders: bool) -> Infos:
    """Everything below a path, by name; for a file, the file itself; empty if nothing is there.

    Args:
        spot: the path.
        maxdepth: how many levels to go down; None for all.
        with_folders: whether to include folders, even the one at the path itself.
    """
    found: Infos = {}
    is_there = not spot.inner
    for entry in _entries(spot, maxdepth, with_folders=with_folders):
        is_there = True
        made = spot.entry_info(entry)
        # A folder of the same name does not hide a file.
        if made["type"] == FILE or made["name"] not in found:
            found[made["name"]] = made
        if with_folders and not entry.is_folder:
            for folder in _above(entry.path, spot.inner):
                made = spot._replace(inner=folder).folder_info()
                found.setdefault(made["name"], made)
    if not is_there:
        try:
            here = info(spot)
        except BlobNotFound:
            return {}
        found[here["name"]] = here
    elif with_folders and spot.path:
        found[spot.path] = spot.folder_info()
    return {
        name: found[name] for name in sorted(found) if with_folders or found[name]["type"] == FILE
    }


def _entries(spot: Spot, maxdepth: int | None, *, with_folders: bool) -> Iterator[Entry]:
    if _is_no_folder(spot):
        return
    backend, top = spot.backend, spot.folder
    if maxdepth is None and not (with_folders and backend.has_folders):
        yield from backend.list(top)
        return
    waiting = deque([(top, 1)])
    while waiting:
        prefix, depth = waiting.popleft()
        for entry in backend.list(prefix, delimiter=True):
            yield entry
            if entry.is_folder and (maxdepth is None or depth < maxdepth):
                waiting.append((Prefix(f"{entry.path}/"), depth + 1))


def _is_no_folder(spot: Spot) -> bool:
    """Whether it is known without listing that there is no folder, but perhaps a file."""
    backend = spot.backend
    return bool(spot.inner) and backend.has_folders and not backend.has_folder(spot.folder)


def _above(path: str, top: str) -> Iterator[str]:
    """The folders between a path and the one that it is below."""
    end = path.rfind("/")
    while end > len(top):
        yield path[:end]
        end = path.rfind("/", 0, end)
