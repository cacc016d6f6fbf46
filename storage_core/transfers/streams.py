"""Files that hash what passes through them, so that nothing is read just to be hashed."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable


class Digest(NamedTuple):
    """The digest and size of a blob's bytes."""

    size: int
    sha256: str


def digest_of(data: bytes) -> Digest:
    """The digest of bytes in memory."""
    return Digest(len(data), sha256(data).hexdigest())


class Sink:
    """A file to write to that keeps only the digest, or also passes the bytes on."""

    def __init__(self, write: Callable[[bytes], object] | None = None) -> None:
        """Pass what comes to `write`, if it is given."""
        self._write = write
        self._hash = sha256()
        self._size = 0

    @property
    def file(self) -> BinaryIO:
        """The same as a file for type checkers."""
        return cast("BinaryIO", self)

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._hash.update(data)
        self._size += len(data)
        if self._write is not None:
            self._write(data)
        return len(data)

    @property
    def digest(self) -> Digest:
        """The digest of what has been written."""
        return Digest(self._size, self._hash.hexdigest())


class Source:
    """A file to read from, each byte of which is hashed when it is read for the first time.

    What is read again, to be sent again, is not hashed twice.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Wrap a file at its beginning."""
        self._file = file
        self._hash = sha256()
        self._hashed = 0
        self._position = 0

    @property
    def file(self) -> BinaryIO:
        """The same as a file for type checkers."""
        return cast("BinaryIO", self)

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        data = self._file.read(size)
        end = self._position + len(data)
        if self._position <= self._hashed < end:
            self._hash.update(memoryview(data)[self._hashed - self._position :])
            self._hashed = end
        self._position = end
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Change the position, as `io.IOBase.seek` does."""
        self._position = self._file.seek(offset, whence)
        return self._position

    @property
    def digest(self) -> Digest:
        """The digest of what has been read."""
        return Digest(self._hashed, self._hash.hexdigest())
