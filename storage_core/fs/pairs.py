"""Which file becomes which, where many are copied: fsspec's rules for `cp`, `get` and `put`."""

from __future__ import annotations

import os
from glob import has_magic
from typing import TYPE_CHECKING, Any

from fsspec.implementations.local import LocalFileSystem, make_path_posix, trailing_sep
from fsspec.utils import other_paths, stringify_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    Paths = str | Sequence[str]


def pairs(
    source_fs: Any,
    source: Paths,
    target_fs: Any,
    target: Paths,
    *,
    recursive: bool,
    maxdepth: int | None,
) -> list[tuple[str, str]]:
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
    if not isinstance(source, str | list | tuple):
        source = stringify_path(source)
    if not isinstance(target, str | list | tuple):
        target = stringify_path(target)
    if not isinstance(source, str) and not isinstance(target, str):
        return [*zip(source, target, strict=True)]
    is_one = isinstance(source, str)
    if is_one and isinstance(source_fs, LocalFileSystem):
        source = make_path_posix(source)
    if isinstance(target, str) and isinstance(target_fs, LocalFileSystem):
        target = make_path_posix(target)
    found = source_fs.expand_path(source, recursive=recursive, maxdepth=maxdepth)
    if is_one and (not recursive or maxdepth is not None):
        found = [path for path in found if not (trailing_sep(path) or source_fs.isdir(path))]
        if not found:
            return []
    is_pattern = isinstance(source, str) and has_magic(source)
    is_into = isinstance(target, str) and (trailing_sep(target) or target_fs.isdir(target))
    keeps_name = is_one and (
        len(found) == 1 if is_pattern else is_into and not trailing_sep(str(source))
    )
    is_local = isinstance(target_fs, LocalFileSystem)
    if not is_local:
        target = target_fs._strip_protocol(target)
    targets = other_paths(found, target, exists=keeps_name, flatten=not is_one)
    if is_local and isinstance(target, str):
        _require_inside(target, targets)
    return [*zip(found, targets, strict=True)]


def _require_inside(folder: str, paths: list[str]) -> None:
    top = os.path.abspath(folder)
    for path in paths:
        if os.path.commonpath((top, os.path.abspath(path))) != top:
            raise ValueError(f"{path} would lie outside of {folder}")
