"""Copies files from and to the local disk."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from storage_core.blobs.files import fetch_to_file, is_written_into
from storage_core.fs import listing
from storage_core.fs.errors import both_families

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage_core.fs.spot import Spot


def get_file(spot: Spot, path: Any, name: str, callback: Any) -> None:
    """Write a file to a local one; make a local folder for a folder.

    Args:
        spot: the file or folder.
        path: the local one.
        name: what messages call the file.
        callback: is told how many bytes have been moved.
    """
    with both_families():
        blob = spot.blob
        if is_written_into(path):
            size = fetch_to_file(path, lambda file: spot.backend.get_stream(blob, file), None, name)
            callback.set_size(size)
            callback.absolute_update(size)
            return
    try:
        with _new_file(os.fspath(path)) as file, both_families():
            spot.backend.get_stream(blob, file)
            size = file.tell()
    except (FileNotFoundError, IsADirectoryError):
        with both_families():
            is_folder = listing.is_folder(spot)
        if not is_folder:
            raise
        os.makedirs(path, exist_ok=True)
        return
    callback.set_size(size)
    callback.absolute_update(size)


@contextmanager
def _new_file(path: str) -> Iterator[Any]:
    """A local file that gets its name when it is complete.

    An existing file is replaced and keeps its mode; for a link, its target is replaced. Unlike
    `fetch_to_file` it does not wait for the disk, since there may be thousands of files, and it
    raises the system's own errors, as every file system of fsspec does.
    """
    target = os.path.realpath(path) if os.path.islink(path) else path
    folder, name = os.path.split(target)
    if folder:
        os.makedirs(folder, exist_ok=True)
    mode = None
    with suppress(FileNotFoundError):
        mode = os.stat(target).st_mode
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(21, os.strerror(21), path)
    temporary = os.path.join(folder, f".{name[:50]}.{token_hex(4)}.tmp")
    # While it is written, a private file must not be readable by more people than afterwards.
    first = 0o666 if mode is None else 0o600
    try:
        with open(temporary, "xb", opener=lambda path, flags: os.open(path, flags, first)) as file:
            yield file
            if mode is not None and os.name != "nt":
                os.fchmod(file.fileno(), stat.S_IMODE(mode))
        os.replace(temporary, target)
    except BaseException:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise


def put_file(spot: Spot, path: Any, callback: Any, *, overwrite: bool) -> None:
    """Store what a local file holds, and tell `callback` how many bytes have been moved."""
    with open(path, "rb") as file, both_families():
        size = os.fstat(file.fileno()).st_size
        callback.set_size(size)
        spot.backend.put_stream(spot.blob, file, overwrite=overwrite)
    callback.absolute_update(size)
