"""Pairs sources with targets when files are copied, by fsspec's rules for `cp`, `get` and `put`."""

from __future__ import annotations

import os
from glob import has_magic
from typing import TYPE_CHECKING, Any, NamedTuple

from fsspec.implementations.local import LocalFileSystem, make_path_posix, trailing_sep
from fsspec.utils import other_paths, stringify_path

from storage_core.blobs.files import is_written_into
from storage_core.fs.errors import FileMissing, NotSupported, PathInvalid
from storage_core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from storage_core.fs.spot import Spot

    Paths = str | Sequence[str]


class Pair(NamedTuple):
    """A file or folder, and where it goes."""

    source: str
    target: str
    is_folder: bool | None
    """None if that is unknown."""


def expanded(
    fs: Any, given: Paths, *, recursive: bool, maxdepth: int | None
) -> dict[str, bool | None]:
    """The paths that `given` stands for, in order, each with whether it is a folder, if known.

    One listing is enough for both, where fsspec's own `expand_path` gives names only.

    Raises:
        FileNotFoundError: nothing is there.
    """
    found: dict[str, bool | None] = {}

    def take(infos: dict[str, dict[str, Any]]) -> list[str]:
        found.update({name: each["type"] == "directory" for name, each in infos.items()})
        return [name for name, each in infos.items() if each["type"] == "directory"]

    paths = [given] if isinstance(given, str) else given
    for path in map(fs._strip_protocol, paths):
        if has_magic(path):
            folders = take(fs.glob(path, maxdepth=maxdepth, detail=True))
            left = None if maxdepth is None else maxdepth - 1
            if recursive and left != 0:
                for folder in folders:
                    take(fs.find(folder, maxdepth=left, withdirs=True, detail=True))
        elif recursive:
            take(fs.find(path, maxdepth=maxdepth, withdirs=True, detail=True))
        else:
            found.setdefault(path, None)
    if not found:
        raise FileMissing(f"nothing is at {', '.join(map(printable, map(str, paths)))}")
    return {path: found[path] for path in sorted(found)}


def pairs(
    source_fs: Any,
    source: Any,
    target_fs: Any,
    target: Any,
    *,
    recursive: bool,
    maxdepth: int | None,
) -> list[Pair]:
    """Each file or folder that is copied, with where it goes.

    Args:
        source_fs: where `source` is.
        source: a path, a pattern, or a list of such.
        target_fs: where `target` is.
        target: a path, or a list of as many as there are in the other list.
        recursive: whether what is in folders comes along.
        maxdepth: how many levels of it.

    Raises:
        FileNotFoundError: there is no such source.
        ValueError: a name would lead out of the target.
    """
    source, target = (
        each if isinstance(each, str | list | tuple) else stringify_path(each)
        for each in (source, target)
    )
    if not isinstance(source, str) and not isinstance(target, str):
        return [Pair(*each, None) for each in zip(source, target, strict=True)]
    is_one = isinstance(source, str)
    if is_one and isinstance(source_fs, LocalFileSystem):
        source = make_path_posix(source)
    if isinstance(target, str) and isinstance(target_fs, LocalFileSystem):
        target = make_path_posix(target)
    found = expanded(source_fs, source, recursive=recursive, maxdepth=maxdepth)
    if is_one and (not recursive or maxdepth is not None):
        found = {
            path: False
            for path, is_folder in found.items()
            if not trailing_sep(path)
            and not (_is_only_folder(source_fs, path) if is_folder is None else is_folder)
        }
        if not found:
            return []
    is_pattern = is_one and has_magic(source)
    is_into = isinstance(target, str) and (trailing_sep(target) or target_fs.isdir(target))
    keeps_name = is_one and (
        len(found) == 1 if is_pattern else is_into and not trailing_sep(source)
    )
    is_local = isinstance(target_fs, LocalFileSystem)
    if not is_local:
        target = target_fs._strip_protocol(target)
    targets = other_paths([*found], target, exists=keeps_name, flatten=not is_one)
    if is_local and isinstance(target, str):
        _require_inside(target, targets)
    return [*map(Pair, found, targets, found.values())]


def _is_only_folder(fs: Any, path: str) -> bool:
    """Whether there is a folder, and no file of the same name, as an object store may have."""
    return fs.isdir(path) and not fs.isfile(path)


def _require_inside(folder: str, paths: list[str]) -> None:
    top = os.path.abspath(folder)
    for path in paths:
        if os.path.commonpath((top, os.path.abspath(path))) != top:
            raise PathInvalid(f"{printable(path)} would lie outside of {printable(folder)}")


def require_ends(found: list[Pair]) -> None:
    """Refuse pipes and devices among the files of a folder: reading one may never end."""
    for pair in found:
        if not pair.is_folder and is_written_into(pair.source):
            raise NotSupported(
                f"{printable(pair.source)} is no regular file, and may have no end; "
                "leave it out, or store it by itself"
            )


def require_apart(files: list[Pair], spot_at: Callable[[str], Spot]) -> None:
    """Refuse to move files if that would delete what was just written, or could not delete.

    Args:
        files: the files to be moved.
        spot_at: where a path leads.

    Raises:
        NotImplementedError: source and target may be one and the same under two names, or two
            sources have one target.
    """
    sources = set()
    for pair in files:
        spot = spot_at(pair.source)
        spot.backend.require_writable()
        sources.add(spot.address)
    taken: dict[str, str] = {}
    for pair in files:
        address = spot_at(pair.target).address
        source, target = printable(pair.source), printable(pair.target)
        if address in sources:
            raise NotSupported(
                f"{target} may be what {source} is, or another file that is to be "
                "moved; copy, and delete what is no longer needed"
            )
        if (other := taken.setdefault(address, pair.source)) != pair.source:
            raise NotSupported(
                f"{printable(other)} and {source} would both become {target}; "
                "move one of them to another name"
            )
