"""Stores a script or a folder: packed into a temporary file, hashed on the way, then put.

The file holds the whole archive, since the key has to be known before the first byte is sent.
"""

from __future__ import annotations

import os
from hashlib import sha256
from logging import getLogger
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from storage_core.backends.base import CHUNK_SIZE
from storage_core.blobs.archive import suspects, tar
from storage_core.blobs.archive.checking import Checking, no_room, temporary_file
from storage_core.blobs.archive.folder import changed, flow_code_at, unreadable
from storage_core.blobs.archive.key import archive_key, parse_archive_key
from storage_core.blobs.compression import encoder
from storage_core.errors import StorageError, StorageUnavailable
from storage_core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

    from storage_core.backends.base import Backend
    from storage_core.blobs.archive.folder import File
    from storage_core.blobs.compression import Compression
    from storage_core.keys import Key

_NAMED: Final = 5
"""How many files a warning names before it counts the rest."""


def saved(
    backend: Backend, path: str | os.PathLike[str], *, compression: Compression | None = None
) -> str:
    """Store the flow code at `path`, and return its key; warnings go to the logger."""
    with Saving(path, compression=compression) as saving:
        for _ in saving.pack():
            pass
        if said := saving.warning(_NAMED):
            getLogger("storage_core").warning("%s: %s", saving.code.path, said)
        if not saving.is_stored(backend):
            backend.put_stream(saving.key.path, saving.file, overwrite=True)
        return str(saving.key)


class Saving:
    """One archive on its way: create this, pack to the end, then store."""

    def __init__(
        self, path: str | os.PathLike[str], *, compression: Compression | None = None
    ) -> None:
        """Find the files; none is read yet.

        Raises:
            StorageError: see `flow_code_at`.
            UnsupportedOperation, ValueError: the compression is missing, or unknown.
        """
        self._compression = compression
        self._encoder = encoder(compression)
        self.code: Final = flow_code_at(path)
        self._suspects = {
            file.name for file in self.code.files if suspects.has_secret_name(file.name)
        }
        self._digest = sha256()
        self._size = 0
        self._key: Key | None = None
        self._file = temporary_file()

    @property
    def key(self) -> Key:
        """The key to store it under, once everything is packed."""
        assert self._key is not None
        return self._key

    @property
    def suspects(self) -> list[str]:
        """The files that look like secrets, once everything is packed."""
        return sorted(self._suspects)

    def warning(self, at_most: int) -> str:
        """What a person should know before it is stored, naming `at_most` files; may be empty."""
        names = [printable(name) for name in self.suspects]
        if len(names) > at_most:
            names[at_most:] = [f"{len(names) - at_most} more"]
        if not names:
            return ""
        listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        looks = "looks like a secret" if len(names) == 1 else "look like secrets"
        return (
            f"{listed} {looks}, which all who may read the storage can read; to leave "
            f"{'it' if len(names) == 1 else 'them'} out, add a line to .storageignore"
        )

    @property
    def size(self) -> int:
        """Bytes of the blob, once everything is packed."""
        return self._file.seek(0, os.SEEK_END)

    @property
    def file(self) -> BinaryIO:
        """The archive, once it is packed, from its beginning."""
        self._file.seek(0)
        return self._file

    def pack(self) -> Iterator[int]:
        """Pack everything, yielding again and again how many more bytes of files are packed.

        Raises:
            StorageError: a file cannot be read, or changes meanwhile.
        """
        for file in self.code.files:
            with file.open() as source:
                left = file.size
                data = _read(source, min(left, CHUNK_SIZE), file)
                self._add(tar.header(file.name, left, is_executable=data.startswith(b"#!")))
                if suspects.has_secret_content(data):
                    self._suspects.add(file.name)
                while data:
                    self._add(data)
                    yield len(data)
                    left -= len(data)
                    data = _read(source, min(left, CHUNK_SIZE), file)
                # Some files, such as those in /proc, report a size of 0.
                if source.read(1):
                    raise changed(file.path)
                file.require_unchanged(source)
            self._add(tar.padding(file.size))
        self._add(tar.end(self._size))
        self._keep(self._encoder.flush())
        self._key = archive_key(self._digest.hexdigest(), self._compression)

    def is_stored(
        self, backend: Backend, watched: Callable[[BinaryIO], BinaryIO] = lambda file: file
    ) -> bool:
        """Whether the same archive is stored already and complete; it is read to its end.

        Args:
            backend: where to look.
            watched: may wrap the file that it is read into, to watch the progress.

        Raises:
            StorageUnavailable: the storage does not answer, so that storing would only wait again.
        """
        key = self.key
        try:
            if not backend.exists(key.path):
                return False
            archive = parse_archive_key(str(key))
            checking = Checking(archive, backend.location, at_most=self._size)
            backend.get_stream(key.path, watched(cast("BinaryIO", checking)))
            checking.end()
        except StorageUnavailable:
            raise
        except StorageError:
            # It is damaged, or these credentials may write but not read.
            return False
        return True

    def _add(self, data: bytes) -> None:
        """Put some more bytes of the tar."""
        self._digest.update(data)
        self._size += len(data)
        self._keep(self._encoder.compress(data))

    def _keep(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            raise no_room(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()


def _read(file: BinaryIO, size: int, of: File) -> bytes:
    """The next `size` bytes of a file, exactly."""
    try:
        data = file.read(size)
    except OSError as error:
        raise unreadable(of.path, error) from error
    if len(data) != size:
        raise changed(of.path)
    return data
