"""Copies one blob and reads it back, or compares it with the one that is there.

Nothing is ever replaced. What is written is read back, because servers that store other bytes than
they were sent do not report it (moto, rclone and s3rver ignore the checksum of a PUT).
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from tempfile import TemporaryFile, gettempdir
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, NamedTuple

from storage_core.backends.base import CHUNK_SIZE
from storage_core.disk_advice import words
from storage_core.errors import BlobExists, BlobNotFound, IntegrityError, StorageError
from storage_core.keys import is_content_name, is_key
from storage_core.printable import printable
from storage_core.transfers.events import TransferEvent, failed, plain
from storage_core.transfers.streams import Digest, Sink, Source, digest_of

if TYPE_CHECKING:
    from typing import TypeAlias

    from storage_core.store import Store

    There: TypeAlias = int | Literal["absent", "unknown"] | None
    """What the target's listing says about a path: its size, or None if it has no sizes; "absent"
    if it does not have the path; "unknown" if there is no listing."""

_SMALL: Final = 1024 * 1024
"""Bytes that are held in memory; more is streamed."""

_LARGE: Final = 64 * 1024 * 1024
"""Bytes from which on a blob counts as large: few of these are in temporary files at a time."""

_spools: Final = BoundedSemaphore(4)
"""Limits how many large blobs are in temporary files; each is fetched and sent in parallel parts,
so more of them would not be faster."""


class Item(NamedTuple):
    """One blob to be copied or compared."""

    path: str
    size: int | None
    there: There


class Copier:
    """Copies blobs from one store into another."""

    def __init__(self, source: Store, target: Store) -> None:
        """Take two opened stores."""
        self.source = source
        self.target = target
        self._names_are_hashes = "hash" in (
            source.configuration.naming,
            target.configuration.naming,
        )
        self._is_remote = source.configuration.has_server
        self._is_far = self._is_remote and target.configuration.has_server

    def copy(self, item: Item) -> TransferEvent:
        """Copy or compare a blob; a failure becomes an event too."""
        try:
            return self._settled(item)
        except Exception as error:
            return failed(item.path, item.size, error)

    def foreseen(self, item: Item) -> TransferEvent:
        """The event that `copy` would give, as far as sizes tell."""
        try:
            is_there = self._looked_up(item) != "absent"
        except Exception as error:
            return failed(item.path, item.size, error)
        return TransferEvent("skipped" if is_there else "planned", item.path, item.size)

    def hash_in(self, path: str) -> str | None:
        """The SHA-256 of the bytes, if one of the stores names the blob by it; else None."""
        name = path.rpartition("/")[2]
        return name if self._names_are_hashes and is_key(path) and is_content_name(name) else None

    def conflict(self, path: str, there: int | None = None, here: int | None = None) -> BlobExists:
        """The error for a blob that differs in the target; it names the sizes if they are given."""
        why = "its bytes differ" if there is None else f"{there} bytes instead of {here}"
        return BlobExists(
            f"{self.target.location} holds another blob {printable(path)} ({why}), which stays; "
            "delete one of the two, or transfer to another place"
        )

    def _settled(self, item: Item) -> TransferEvent:
        path, size, _ = item
        there = self._looked_up(item)
        if there == "absent":
            try:
                return TransferEvent("copied", path, self._new(path, size))
            except BlobExists:
                # Another writer was faster, or this is a repetition after a worker was lost.
                there = None
        if isinstance(there, int) and there == size and self.hash_in(path):
            return TransferEvent("skipped", path, size)
        here = self._digest(self.source, path, size)
        if here != self._digest(self.target, path, size):
            raise self.conflict(path)
        return TransferEvent("skipped", path, here.size)

    def _looked_up(self, item: Item) -> There:
        """What the target has under the path.

        Raises:
            BlobExists: it has another size.
        """
        there = item.there
        if there == "unknown":
            try:
                there = self.target.backend.head(item.path).size
            except BlobNotFound:
                return "absent"
        if isinstance(there, int) and item.size is not None and there != item.size:
            raise self.conflict(item.path, there, item.size)
        return there

    def _new(self, path: str, size: int | None) -> int:
        """Copy a blob that the target lacks, and return its size in bytes."""
        sent = self._sent(path, size)
        try:
            came = self._digest(self.target, path, size)
        except StorageError as error:
            made = plain(error)
            raise type(made)(f"{error}; it was stored, and not verified: run it again") from error
        if came != sent:
            self.target.backend.delete(path)
            raise IntegrityError(
                f"{self.target.location} gave back other bytes of {printable(path)} than it was "
                "sent, so it was deleted there again; see what is wrong with that storage"
            )
        return sent.size

    def _sent(self, path: str, size: int | None) -> Digest:
        """Store a blob, hashing what is read.

        Raises:
            BlobExists: there is one already.
        """
        expected = self.hash_in(path)
        if size is not None and size <= _SMALL:
            data = self._get(path)
            digest = digest_of(data)
            self._require(expected, digest, path)
            self.target.backend.put(path, data, overwrite=False)
            return digest
        if self._is_far or (self._is_remote and expected):
            return self._sent_from_disk(path, size, expected)
        with self._opened(path) as file:
            before = _state(file)
            if expected:
                self._require(expected, _read_through(file), path)
                file.seek(0)
            source = Source(file)
            self.target.backend.put_stream(path, source.file, overwrite=False)
            if _state(file) != before:
                self.target.backend.delete(path)
                raise StorageError(f"{printable(path)} changed while it was copied; run it again")
            return source.digest

    def _sent_from_disk(self, path: str, size: int | None, expected: str | None) -> Digest:
        """Fetch a blob into a temporary file in parallel parts, and send it in parallel parts."""
        with ExitStack() as stack:
            if size is None or size > _LARGE:
                stack.enter_context(_spools)
            try:
                spool = stack.enter_context(TemporaryFile())
                sink = Sink(spool.write)
                self._fetch(path, sink)
                spool.flush()
            except OSError as error:
                raise StorageError(
                    f"cannot keep {printable(path)} in a temporary file in {gettempdir()} "
                    f"({words(error)}); make room, or name another folder with TMPDIR"
                ) from error
            self._require(expected, sink.digest, path)
            spool.seek(0)
            self.target.backend.put_stream(path, spool, overwrite=False)
            return sink.digest

    def _require(self, expected: str | None, digest: Digest, path: str) -> None:
        if expected is not None and expected != digest.sha256:
            raise IntegrityError(
                f"{self.source.location}: {printable(path)}: the name is the hash of other bytes; "
                "restore the blob from a backup, or delete it"
            )

    def _get(self, path: str) -> bytes:
        try:
            return self.source.backend.get(path)
        except BlobNotFound as error:
            raise self._gone(path) from error

    def _fetch(self, path: str, sink: Sink) -> None:
        try:
            self.source.backend.get_stream(path, sink.file)
        except BlobNotFound as error:
            raise self._gone(path) from error

    def _opened(self, path: str) -> BinaryIO:
        try:
            return self.source.backend.open(path)
        except BlobNotFound as error:
            raise self._gone(path) from error

    def _gone(self, path: str) -> BlobNotFound:
        return BlobNotFound(
            f"{printable(path)} is not in {self.source.location} any more: it was deleted after "
            "it had been listed"
        )

    def _digest(self, store: Store, path: str, size: int | None) -> Digest:
        if store is self.source and size is not None and size <= _SMALL:
            return digest_of(self._get(path))
        if size is not None and size <= _SMALL:
            return digest_of(store.backend.get(path))
        sink = Sink()
        if store is self.source:
            self._fetch(path, sink)
        else:
            store.backend.get_stream(path, sink.file)
        return sink.digest


def _read_through(file: BinaryIO) -> Digest:
    sink = Sink()
    while chunk := file.read(CHUNK_SIZE):
        sink.write(chunk)
    return sink.digest


def _state(file: BinaryIO) -> tuple[int, int] | None:
    """The size and time of a file of this machine; None for one elsewhere, or in memory."""
    try:
        found = os.fstat(file.fileno())
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
