"""Which blob a command is about, and the person's own files that go into one or come out."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from storage_core.blobpath import BlobPath, blob_path
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.keys import parse_key
from storage_core.paths import shortened

if TYPE_CHECKING:
    from storage_core.keys import Kind
    from storage_core.store import Store

_LARGE: Final = 16 * 1024 * 1024
"""Bytes. Smaller files are read at once, and so are pipes and /proc, which tell no true size."""


class Address(Protocol):
    """A blob that a person has named."""

    field: str
    """What JSON calls the name."""

    @property
    def name(self) -> str:
        """As the person has written it."""

    def read(self, store: Store) -> bytes:
        """Its bytes."""

    def fetch(self, store: Store, file: str) -> int:
        """Write it to a file, whole or not at all; gives its size."""

    def delete(self, store: Store) -> None:
        """Remove it."""


class ByKey:
    """A blob of a store's, verified where its name says what it holds."""

    field = "key"

    def __init__(self, key: str) -> None:
        """Check the key."""
        self.name = str(parse_key(key))

    def read(self, store: Store) -> bytes:
        """Its bytes."""
        return store.read(self.name)

    def fetch(self, store: Store, file: str) -> int:
        """Write it to a file."""
        return store.read_file(self.name, file)

    def delete(self, store: Store) -> None:
        """Remove it."""
        store.delete(self.name)


class ByPath:
    """Whatever lies at a path below the location."""

    field = "path"

    def __init__(self, path: str) -> None:
        """Check the path."""
        self._path: BlobPath = blob_path(path)

    @property
    def name(self) -> str:
        """The path."""
        return self._path

    def read(self, store: Store) -> bytes:
        """Its bytes."""
        return store.backend.get(self._path)

    def fetch(self, store: Store, file: str) -> int:
        """Write it to a file."""
        from storage_core.blobs.files import fetch_to_file

        def fetch(target: BinaryIO) -> None:
            store.backend.get_stream(self._path, target)

        return fetch_to_file(file, fetch, None, f"{store.location}: {self._path}")

    def delete(self, store: Store) -> None:
        """Remove it."""
        store.backend.delete(self._path)

    def write(self, store: Store, file: BinaryIO) -> None:
        """Store what a file holds, unless there is something already."""
        store.backend.put_stream(self._path, file, overwrite=False)


def address(key: str | None, path: str | None) -> Address:
    """The blob of a command that takes either.

    Raises:
        WrongUsage: it was given both, or neither.
        InvalidKey: the key or the path is not valid.
    """
    if path is not None:
        if key is not None:
            raise WrongUsage(f"{key} and --path name two blobs; leave one of them out")
        return ByPath(path)
    if key is None:
        raise WrongUsage("name a blob: its KEY, or --path and where it lies below the location")
    return ByKey(key)


def stored(store: Store, path: str, kind: Kind, key: str | None) -> tuple[str, int]:
    """Store the bytes of a file; returns their key and their number.

    Raises:
        CommandFailed: the file cannot be read.
        StorageError: see `Store.write`.
    """
    try:
        if _is_large(path):
            return store.write_file(path, kind, key=key), os.path.getsize(path)
        with open(path, "rb") as file:
            data = file.read()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    return store.write(data, kind, key=key), len(data)


def unreadable(path: str, error: OSError | ValueError) -> CommandFailed:
    """The error for a file of the person's that cannot be read."""
    why = getattr(error, "strerror", None) or "not a valid path"
    return CommandFailed(f"cannot read {shortened(path)} ({why})")


def _is_large(path: str) -> bool:
    status = os.stat(path)
    return stat.S_ISREG(status.st_mode) and status.st_size > _LARGE
