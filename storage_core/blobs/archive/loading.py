"""From a blob back to a folder: received and verified, then unpacked, then moved into place."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from storage_core.blobs.archive.checking import Checking, TooLarge, temporary_file
from storage_core.blobs.archive.key import parse_archive_key
from storage_core.blobs.archive.names import NameClash, Names
from storage_core.blobs.archive.tar import Reader, Refused
from storage_core.blobs.archive.unpacking import NewFolder
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from storage_core.backends.base import Backend
    from storage_core.blobs.archive.tar import Member

MAX_FILES: Final = 100_000
"""How many files and folders are unpacked at most by default."""

MAX_BYTES: Final = 16 * 1024**3
"""How many bytes of files are unpacked at most by default."""

_PER_FILE: Final = 8 * 1024
"""Bytes of a tar for each file, besides its own: its header, with a name of any length."""

_END: Final = 64 * 1024


def loaded(
    backend: Backend,
    key: str,
    path: str | os.PathLike[str],
    *,
    max_files: int | None = None,
    max_bytes: int | None = None,
) -> list[str]:
    """Unpack the flow code under `key` as the folder `path`; return the names of its files."""
    most_files = MAX_FILES if max_files is None else max_files
    most_bytes = MAX_BYTES if max_bytes is None else max_bytes
    with Loading(key, path, max_files=most_files, max_bytes=most_bytes) as loading:
        with loading.receiving(backend.location) as file:
            backend.get_stream(loading.archive.key.path, file)
        for _ in loading.unpack():
            pass
        loading.place()
    return loading.names


class Loading:
    """One archive on its way: create this, receive, unpack to the end, then place."""

    def __init__(
        self, key: str, path: str | os.PathLike[str], *, max_files: int, max_bytes: int
    ) -> None:
        """Create a folder beside the target.

        Raises:
            InvalidKey: the key is not one of flow code.
            StorageError: see `NewFolder`.
        """
        self.archive: Final = parse_archive_key(key)
        self._max_files = _limit("max_files", max_files)
        self._max_bytes = _limit("max_bytes", max_bytes)
        self._described = key
        self.names: Final[list[str]] = []
        """The names of the files that are unpacked so far."""
        self._folder = NewFolder(path)
        try:
            self._file = temporary_file()
        except BaseException:
            self._folder.close()
            raise

    @property
    def size(self) -> int:
        """The size of the tar in bytes, once it is received."""
        return self._file.seek(0, os.SEEK_END)

    @contextmanager
    def receiving(self, location: str) -> Iterator[BinaryIO]:
        """A file to write the blob into; at the end it is verified.

        Raises:
            IntegrityError: it does not have the hash in its name.
            StorageError: it is larger than anything that may be unpacked.
        """
        at_most = self._max_bytes + self._max_files * _PER_FILE + _END
        self._described = f"{location}: {self.archive.key}"
        checking = Checking(self.archive, location, keep=self._file, at_most=at_most)
        try:
            yield cast("BinaryIO", checking)
        except TooLarge:
            raise self._too_many_bytes() from None
        checking.end()

    def unpack(self) -> Iterator[int]:
        """Fill the folder, yielding again and again how many bytes of `size` are done.

        Raises:
            StorageError: it is not an archive of flow code, has more than may be unpacked, or
                cannot be written.
        """
        self._file.seek(0)
        names = Names()
        left = self._max_bytes
        try:
            for count, (member, pieces) in enumerate(Reader(self._file.read).members(), start=1):
                names.add(member.name, is_folder=member.is_folder)
                left -= member.size
                if max(count, len(names)) > self._max_files:
                    raise self._too_many_files()
                if left < 0:
                    raise self._too_many_bytes()
                for _ in self._unpacked(member, pieces):
                    yield self._file.tell()
        except Refused as error:
            raise self._refused(str(error)) from error
        except NameClash as error:
            raise self._refused(f"holds names that clash: {error}") from error

    def place(self) -> None:
        """Move the folder to its target."""
        self._folder.place()

    def _unpacked(self, member: Member, pieces: Iterator[bytes]) -> Iterator[None]:
        if member.is_folder:
            self._folder.add_folder(member.name)
            return
        with self._folder.new_file(member.name, is_executable=member.is_executable) as file:
            for piece in pieces:
                file.write(piece)
                yield
        self.names.append(member.name)

    def _refused(self, why: str) -> StorageError:
        return StorageError(
            f"{self._described} is no flow code, and nothing was unpacked: it {why}"
        )

    def _too_many_files(self) -> StorageError:
        return StorageError(
            f"{self._described} has more than {self._max_files:,} files and folders, and nothing "
            "was unpacked; raise max_files if you trust it"
        )

    def _too_many_bytes(self) -> StorageError:
        return StorageError(
            f"{self._described} has more than {self._max_bytes:,} bytes, and nothing was unpacked; "
            "raise max_bytes if you trust it"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()
        self._folder.close()


def _limit(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number, not {type(value).__name__}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, not {value}")
    return value
