"""Receives an archive: the result is the tar that its key names, or an error."""

from __future__ import annotations

from hashlib import sha256
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from storage_core.backends.base import CHUNK_SIZE
from storage_core.blobs.compression import Damaged, decoder
from storage_core.blobs.files import damaged
from storage_core.disk_advice import unkept
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from storage_core.blobs.archive.key import ArchiveKey


class TooLarge(StorageError):
    """More bytes come than are allowed."""


class Checking:
    """A file to write the blob into: it decompresses gzip or zstd, and hashes the result."""

    def __init__(
        self,
        archive: ArchiveKey,
        location: str,
        *,
        keep: IO[bytes] | None = None,
        at_most: int | None = None,
    ) -> None:
        """Begin.

        Args:
            archive: what the key says.
            location: of the storage, for messages.
            keep: the bytes of the tar are written to it.
            at_most: how many of them may come.

        Raises:
            UnsupportedOperation: the package that decompresses is missing.
        """
        self._expected = archive.digest
        self._decoder = decoder(archive.compression)
        self._digest = sha256()
        self._keep = keep
        self._described = f"{location}: {archive.key}"
        self._at_most = at_most
        self._size = 0

    def write(self, data: bytes | memoryview) -> int:
        """Take some more bytes of the blob.

        Raises:
            TooLarge: there are too many.
            IntegrityError: they are damaged.
        """
        try:
            for piece in self._decoder.pieces(data):
                self._size += len(piece)
                if self._at_most is not None and self._size > self._at_most:
                    raise TooLarge(self._described)
                self._digest.update(piece)
                if self._keep is not None:
                    self._keep.write(piece)
        except Damaged as error:
            raise damaged(self._described) from error
        except OSError as error:
            raise no_room(error) from error
        return len(data)

    def end(self) -> None:
        """Raise `IntegrityError` unless the archive is complete and has the hash in its name."""
        try:
            self._decoder.end()
        except Damaged as error:
            raise damaged(self._described) from error
        if self._digest.hexdigest() != self._expected:
            raise damaged(self._described)


def temporary_file() -> BinaryIO:
    """A file for an archive on its way. It has no name, so that nothing remains if we are killed.

    Raises:
        StorageError: none can be created.
    """
    try:
        return cast("BinaryIO", TemporaryFile(buffering=CHUNK_SIZE))
    except OSError as error:
        raise no_room(error) from error


def no_room(error: OSError) -> StorageError:
    """The error for an archive that cannot be kept in a temporary file."""
    return StorageError(unkept("the archive", error))
