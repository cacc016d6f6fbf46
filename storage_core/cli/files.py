"""The blob that a command is about, and files and pipes that are stored or written."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from io import RawIOBase
from typing import IO, TYPE_CHECKING, BinaryIO, Final, Protocol, cast

from storage_core.backends.base import CHUNK_SIZE
from storage_core.blobpath import BlobPath, blob_path
from storage_core.cli import output
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.disk_advice import unkept, words
from storage_core.keys import Naming, parse_key
from storage_core.paths import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage_core.keys import Kind
    from storage_core.store import Store

_LARGE: Final = 16 * 1024 * 1024
"""Bytes; less than that is read into memory. Pipes and /proc have no true size: reading tells."""


class Address(Protocol):
    """A blob that the command line names, by key or by path."""

    field: str
    """The key of its name in JSON."""

    @property
    def name(self) -> str:
        """The key or the path."""

    def read(self, store: Store) -> bytes:
        """Return its bytes."""

    def fetch(self, store: Store, file: str) -> int:
        """Write it to a file, whole or not at all; return its size in bytes."""

    def pour(self, store: Store) -> None:
        """Write it to standard output, in bounded memory if the storage can do that.

        A blob whose name is the hash of its bytes is verified before the first byte is written.
        """

    def delete(self, store: Store) -> None:
        """Remove it."""


class ByKey:
    """A blob under a key of a store, verified if its name is the hash of its bytes."""

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

    def pour(self, store: Store) -> None:
        """Write it to standard output."""
        with store.open(self.name) as blob:
            pieces = _pieces(blob, self.name)
            if Naming(store.configuration.naming).is_hash(parse_key(self.name)):
                with _spooled(pieces) as spool:
                    _pour(_pieces(spool, self.name))
            else:
                _pour(pieces)

    def delete(self, store: Store) -> None:
        """Remove it."""
        store.delete(self.name)


class ByPath:
    """A blob at any path below the location."""

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

    def pour(self, store: Store) -> None:
        """Write it to standard output."""
        with store.backend.open(self._path) as blob:
            _pour(_pieces(blob, self._path))

    def delete(self, store: Store) -> None:
        """Remove it."""
        store.backend.delete(self._path)

    def write(self, store: Store, file: BinaryIO) -> None:
        """Store the content of a file. An existing blob is an error, not replaced."""
        store.backend.put_stream(self._path, file, overwrite=False)


def address(key: str | None, path: str | None) -> Address:
    """The blob of a command that takes either a key or a path.

    Raises:
        WrongUsage: both are given, or neither.
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
    """Store the bytes of a file; return their key and their number.

    Raises:
        CommandFailed: the file cannot be read.
        StorageError: see `Store.write`.
    """
    try:
        if _is_large(path):
            return store.write_file(path, kind, key=key), os.path.getsize(path)
        file = open(path, "rb")  # noqa: SIM115 (entered below)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    with file:
        return streamed(store, file, kind, key, shortened(path))


def streamed(
    store: Store, file: BinaryIO, kind: Kind, key: str | None, name: str = "standard input"
) -> tuple[str, int]:
    """Store what comes from a pipe, in bounded memory; return its key and its number of bytes.

    If the name is the hash of the bytes, they are kept in a temporary file until it is known.

    Args:
        store: the store to write to.
        file: the pipe.
        kind: the kind of the blob.
        key: the chosen key; None for a generated one.
        name: the name of the pipe, for messages.

    Raises:
        CommandFailed: the pipe cannot be read, or the temporary file cannot be written.
        StorageError: see `Store.write`.
    """
    try:
        first = file.read(_LARGE)
    except OSError as error:
        raise CommandFailed(f"cannot read {name} ({words(error)})") from error
    if len(first) < _LARGE:
        return store.write(first, kind, key=key), len(first)
    rest = _Pipe(first, file, name)
    naming = Naming(store.configuration.naming)
    if not naming.needs_bytes(key):
        target = naming.key(kind, key, lambda: "")
        store.backend.put_stream(target.path, cast("BinaryIO", rest), overwrite=key is None)
        return str(target), rest.size
    with _spooled(_pieces(rest, rest.name)) as spool:
        return store.write_file(spool.name, kind, key=key), rest.size


class _Pipe(RawIOBase):
    """A pipe whose beginning has been read already, as a file from the start; counts its bytes."""

    def __init__(self, first: bytes, rest: BinaryIO, name: str) -> None:
        self.name = name
        self._first = first
        self._rest = rest
        self.size = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Some bytes, none at the end; never all at once, which might not fit into memory."""
        wanted = size if 0 < size <= CHUNK_SIZE else CHUNK_SIZE
        data, self._first = self._first[:wanted], self._first[wanted:]
        data = data or self._rest.read(wanted)
        self.size += len(data)
        return data


@contextmanager
def _spooled(pieces: Iterator[bytes]) -> Iterator[IO[bytes]]:
    """Write all pieces to a temporary file, and yield it at its beginning."""
    # Loaded only for large pipes, and for blobs that are verified first.
    from tempfile import NamedTemporaryFile

    try:
        opened = NamedTemporaryFile()  # noqa: SIM115 (closed below)
    except OSError as error:
        raise CommandFailed(unkept("the blob", error)) from error
    with opened as spool:
        for piece in pieces:
            try:
                spool.write(piece)
                spool.flush()
            except OSError as error:
                raise CommandFailed(unkept("the blob", error)) from error
        spool.seek(0)
        yield spool


def _pieces(file: IO[bytes] | RawIOBase, name: str) -> Iterator[bytes]:
    """The rest of a file in pieces; an error has `name` in it."""
    while True:
        try:
            piece = file.read(CHUNK_SIZE)
        except OSError as error:
            raise CommandFailed(f"cannot read {name} ({words(error)})") from error
        if not piece:
            return
        yield piece


def _pour(pieces: Iterator[bytes]) -> None:
    for piece in pieces:
        output.emit_bytes(piece)


def unreadable(path: str, error: OSError | ValueError) -> CommandFailed:
    """The error for a file on this machine that cannot be read."""
    why = getattr(error, "strerror", None) or "not a valid path"
    return CommandFailed(f"cannot read {shortened(path)} ({why})")


def _is_large(path: str) -> bool:
    status = os.stat(path)
    return stat.S_ISREG(status.st_mode) and status.st_size > _LARGE
