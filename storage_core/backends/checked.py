"""A backend that checks paths before it uses them, for programs: what `Store.backend` returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from storage_core.backends.base import Backend
from storage_core.blobpath import ROOT, blob_path, prefix_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, MutableSequence, Sequence

    from storage_core.backends.base import Entry, Info, Link
    from storage_core.errors import StorageError


class CheckedBackend(Backend):
    """The operations of a backend on paths that are plain text; see `Backend` for each.

    Every method raises `InvalidKey` for a path or prefix that is not valid. The `/` at the end of a
    prefix may be left out.
    """

    def __init__(self, backend: Backend) -> None:
        """Take a backend."""
        self._backend = backend
        self.location = backend.location
        self.note = backend.note
        self.has_folders = backend.has_folders
        self.most_deleted = backend.most_deleted

    def check(self) -> None:
        """Reach the place."""
        self._backend.check()

    def require_writable(self) -> None:
        """Raise `UnsupportedOperation` where nothing is to be written or deleted."""
        self._backend.require_writable()

    def is_there(self) -> bool:
        """Whether the place exists."""
        return self._backend.is_there()

    def refuses_to_replace(self, path: str, data: bytes) -> bool:
        """Whether the place itself refuses to replace a blob when a write forbids that."""
        return self._backend.refuses_to_replace(blob_path(path), data)

    def make_folders(self, path: str, made: MutableSequence[str]) -> None:
        """Create what the first write to `path` would."""
        self._backend.make_folders(blob_path(path), made)

    def remove_folders(self, made: Sequence[str]) -> bool:
        """Remove folders that `make_folders` has made; return whether none of them is in use."""
        return self._backend.remove_folders(made)

    def has_folder(self, prefix: str) -> bool:
        """Whether there is such a folder."""
        return self._backend.has_folder(prefix_of(prefix))

    def make_folder(self, prefix: str) -> None:
        """Create a folder, if the place has folders."""
        self._backend.make_folder(prefix_of(prefix))

    def remove_folder(self, prefix: str) -> None:
        """Remove an empty folder."""
        self._backend.remove_folder(prefix_of(prefix))

    def put(self, path: str, data: bytes, *, overwrite: bool) -> None:
        """Store bytes."""
        self._backend.put(blob_path(path), data, overwrite=overwrite)

    def put_stream(self, path: str, file: BinaryIO, *, overwrite: bool) -> None:
        """Store what a file holds from its position on."""
        self._backend.put_stream(blob_path(path), file, overwrite=overwrite)

    def get(self, path: str) -> bytes:
        """Return all bytes of the blob."""
        return self._backend.get(blob_path(path))

    def get_range(self, path: str, start: int, size: int) -> bytes:
        """Return some bytes of the blob.

        Raises:
            ValueError: `start` or `size` is negative.
        """
        _require_range(start, size)
        return self._backend.get_range(blob_path(path), start, size)

    def get_stream(self, path: str, file: BinaryIO) -> None:
        """Write the blob to an open file."""
        self._backend.get_stream(blob_path(path), file)

    def head(self, path: str) -> Info:
        """Return what is known about the blob."""
        return self._backend.head(blob_path(path))

    def link(self, path: str, seconds: int) -> Link:
        """A signed URL with which anybody can read the blob for a while.

        Raises:
            ValueError: `seconds` is less than one.
        """
        if seconds < 1:
            raise ValueError(f"a link has to hold for at least a second, not {seconds}")
        return self._backend.link(blob_path(path), seconds)

    def exists(self, path: str) -> bool:
        """Whether there is a blob."""
        return self._backend.exists(blob_path(path))

    def open(self, path: str) -> BinaryIO:
        """Open the blob for reading."""
        return self._backend.open(blob_path(path))

    def open_unbuffered(self, path: str) -> BinaryIO:
        """Open the blob for reading, without a buffer."""
        return self._backend.open_unbuffered(blob_path(path))

    def list(self, prefix: str = ROOT, *, delimiter: bool = False) -> Iterator[Entry]:
        """Yield what is below a folder."""
        return self._backend.list(prefix_of(prefix), delimiter=delimiter)

    def delete(self, path: str) -> None:
        """Remove the blob."""
        self._backend.delete(blob_path(path))

    def delete_many(self, paths: Sequence[str]) -> Sequence[StorageError | None]:
        """Remove blobs."""
        return self._backend.delete_many([*map(blob_path, paths)])

    def copy(self, source: str, target: str) -> None:
        """Store the bytes under another path too."""
        self._backend.require_writable()
        if source == target:
            self._backend.head(blob_path(source))
        else:
            self._backend.copy(blob_path(source), blob_path(target))

    def close(self) -> None:
        """Close the connections."""
        self._backend.close()

    async def aput(self, path: str, data: bytes, *, overwrite: bool) -> None:
        """`put` for asynchronous callers."""
        await self._backend.aput(blob_path(path), data, overwrite=overwrite)

    async def aget(self, path: str) -> bytes:
        """`get` for asynchronous callers."""
        return await self._backend.aget(blob_path(path))

    async def aget_range(self, path: str, start: int, size: int) -> bytes:
        """`get_range` for asynchronous callers."""
        _require_range(start, size)
        return await self._backend.aget_range(blob_path(path), start, size)

    async def ahead(self, path: str) -> Info:
        """`head` for asynchronous callers."""
        return await self._backend.ahead(blob_path(path))

    async def adelete(self, path: str) -> None:
        """`delete` for asynchronous callers."""
        await self._backend.adelete(blob_path(path))

    def alist(self, prefix: str = ROOT, *, delimiter: bool = False) -> AsyncIterator[Entry]:
        """`list` for asynchronous callers."""
        return self._backend.alist(prefix_of(prefix), delimiter=delimiter)


def _require_range(start: int, size: int) -> None:
    if start < 0 or size < 0:
        raise ValueError(f"a range has no negative start or size: {start}, {size}")
