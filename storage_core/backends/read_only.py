"""A backend that writes and deletes nothing, for configurations that are read-only."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, NoReturn

from storage_core.backends.base import Backend
from storage_core.blobpath import ROOT, BlobPath, Prefix
from storage_core.errors import AccessDenied, UnsupportedOperation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, MutableSequence, Sequence

    from storage_core.backends.base import Entry, Info, Link


class ReadOnlyBackend(Backend):
    """Reads through another backend, and refuses every other operation before it begins.

    Every method of `Backend` is overridden here: one that was inherited would call other methods of
    this class in its place, or not reach the other backend at all.
    """

    def __init__(self, backend: Backend, called: str) -> None:
        """Read through `backend`; errors call it `called`."""
        self._backend = backend
        self._called = called
        self.location = backend.location
        self.has_folders = backend.has_folders

    def require_writable(self) -> NoReturn:
        raise UnsupportedOperation(
            f"{self._called} is read-only by its configuration: nothing is written or deleted; "
            "take Read Only out of it, or choose another storage"
        )

    def put(self, path: BlobPath, data: bytes, *, overwrite: bool) -> None:
        self.require_writable()

    def put_stream(self, path: BlobPath, file: BinaryIO, *, overwrite: bool) -> None:
        self.require_writable()

    def delete(self, path: BlobPath) -> None:
        self.require_writable()

    def delete_many(self, paths: Sequence[BlobPath]) -> NoReturn:
        self.require_writable()

    def copy(self, source: BlobPath, target: BlobPath) -> None:
        self.require_writable()

    def refuses_to_replace(self, path: BlobPath, data: bytes) -> bool:
        self.require_writable()

    def make_folders(self, path: BlobPath, made: MutableSequence[str]) -> None:
        self.require_writable()

    def remove_folders(self, made: Sequence[str]) -> bool:
        self.require_writable()

    def make_folder(self, prefix: Prefix) -> None:
        self.require_writable()

    def remove_folder(self, prefix: Prefix) -> None:
        self.require_writable()

    def renewable(self, renew: Callable[[], Backend | None]) -> None:
        self._backend.renewable(renew)

    async def aput(self, path: BlobPath, data: bytes, *, overwrite: bool) -> None:
        self.require_writable()

    async def adelete(self, path: BlobPath) -> None:
        self.require_writable()

    def check(self) -> None:
        try:
            self._backend.check()
        except AccessDenied as error:
            # It need not be created: for reading it is a place that holds nothing yet.
            if not error.while_creating:
                raise

    def get(self, path: BlobPath) -> bytes:
        return self._backend.get(path)

    def get_range(self, path: BlobPath, start: int, size: int) -> bytes:
        return self._backend.get_range(path, start, size)

    def get_stream(self, path: BlobPath, file: BinaryIO) -> None:
        self._backend.get_stream(path, file)

    def head(self, path: BlobPath) -> Info:
        return self._backend.head(path)

    def link(self, path: BlobPath, seconds: int) -> Link:
        return self._backend.link(path, seconds)

    def places(self) -> Sequence[str]:
        return self._backend.places()

    def exists(self, path: BlobPath) -> bool:
        return self._backend.exists(path)

    def is_there(self) -> bool:
        return self._backend.is_there()

    def has_folder(self, prefix: Prefix) -> bool:
        return self._backend.has_folder(prefix)

    def open(self, path: BlobPath) -> BinaryIO:
        return self._backend.open(path)

    def open_unbuffered(self, path: BlobPath) -> BinaryIO:
        return self._backend.open_unbuffered(path)

    def list(self, prefix: Prefix = ROOT, *, delimiter: bool = False) -> Iterator[Entry]:
        return self._backend.list(prefix, delimiter=delimiter)

    def close(self) -> None:
        self._backend.close()

    async def aget(self, path: BlobPath) -> bytes:
        return await self._backend.aget(path)

    async def aget_range(self, path: BlobPath, start: int, size: int) -> bytes:
        return await self._backend.aget_range(path, start, size)

    async def ahead(self, path: BlobPath) -> Info:
        return await self._backend.ahead(path)

    def alist(self, prefix: Prefix = ROOT, *, delimiter: bool = False) -> AsyncIterator[Entry]:
        return self._backend.alist(prefix, delimiter=delimiter)
