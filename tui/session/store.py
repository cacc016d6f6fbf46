"""The blobs of one storage, opened for as long as a screen shows them.

An `OpenedStore` opens its store at the first use, and closes it once the screen is left and the
last thread is done with it. All of it blocks: call it in threads.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO, Final

from storage_core.blobpath import blob_path, is_blob_path, prefix_of
from storage_core.errors import InvalidKey, StorageError, UnsupportedOperation
from storage_core.keys import is_key
from tui.session.download import readable, some
from tui.session.listing import Listed, entered, listed
from tui.session.preview.source import PREVIEWED, Source

if TYPE_CHECKING:
    from storage_core.store import Store
    from tui.session.download import Download

PAGE: Final = 500
"""Blobs handed over at a time while listing."""

MOST_LOOKED_AT: Final = 5_000
"""Entries of a folder that are searched for folders when a path is completed."""

NO_PATH: Final = "it cannot be opened by this name"

PAGE_SECONDS: Final = 0.2
"""Seconds after which a page is handed over even if it is not full."""


class OpenedStore:
    """A store that is open as long as a screen is.

    Args:
        make: opens it.
    """

    def __init__(self, make: Callable[[], Store]) -> None:
        self._make = make
        self._store: Store | None = None
        self._lock = Lock()
        self._users = 0
        self._left = False

    @contextmanager
    def _used(self) -> Iterator[Store]:
        with self._lock:
            if self._store is None:
                self._store = self._make()
            self._users += 1
        try:
            yield self._store
        finally:
            with self._lock:
                self._users -= 1
            self._close_if_done()

    def _close_if_done(self) -> None:
        with self._lock:
            if not self._left or self._users or self._store is None:
                return
            store, self._store = self._store, None
        store.close()

    def leave(self) -> None:
        """Close the store, now or when the last thread is done with it."""
        with self._lock:
            self._left = True
        self._close_if_done()

    def pages(self, folder: str | None = None, *, deep: bool = False) -> Iterator[list[Listed]]:
        """List everything in the store, in pages; what was found before an error is yielded first.

        Args:
            folder: list this folder below the location instead, blobs of other programs included.
            deep: list what is in its folders, at any depth, in place of these folders.
        """
        with self._used() as store:
            page: list[Listed] = []
            begun = monotonic()
            problem: StorageError | None = None
            try:
                for blob in _listing(store, folder, deep):
                    page.append(blob)
                    if len(page) >= PAGE or monotonic() - begun > PAGE_SECONDS:
                        yield page
                        page, begun = [], monotonic()
            except StorageError as error:
                problem = error
            if page:
                yield page
            if problem:
                raise problem

    @contextmanager
    def looked_into(self, key: str, left: Event) -> Iterator[Source]:
        """Open a blob to be previewed: its beginning, and ranges of the rest on request.

        Args:
            key: the blob's.
            left: set when nobody is waiting for the preview any more.
        """
        with self._used() as store, ExitStack() as opened:
            start = _beginning(store, key)
            backend, path = store.backend, blob_path(key)
            files: list[BinaryIO] = []

            def fetch(begin: int, size: int) -> bytes:
                if not files:
                    try:
                        return backend.get_range(path, begin, size)
                    except UnsupportedOperation:
                        files.append(opened.enter_context(closing(backend.open(path))))
                with readable(key):
                    files[0].seek(begin)
                    return files[0].read(size)

            yield Source(
                start,
                whole=len(start) <= PREVIEWED,
                size=lambda: backend.head(path).size,
                fetch=fetch,
                left=left,
            )

    def delete(self, key: str) -> None:
        """Delete a blob."""
        with self._used() as store:
            if is_key(key):
                store.delete(key)
            else:
                store.backend.delete(blob_path(key))

    def deleted(self, keys: Sequence[str]) -> Iterator[list[tuple[str, StorageError | None]]]:
        """Delete blobs in batches; yields each batch's keys, each with its error or None."""
        with self._used() as store:
            backend = store.backend
            many = max(1, backend.most_deleted)
            for start in range(0, len(keys), many):
                batch = keys[start : start + many]
                bad = [(key, InvalidKey(NO_PATH)) for key in batch if not is_blob_path(key)]
                good = [key for key in batch if is_blob_path(key)]
                why = backend.delete_many(good) if good else ()
                yield [*bad, *zip(good, why, strict=True)]

    def folders(self, folder: str) -> list[str]:
        """The names of the folders in a folder, among its first `MOST_LOOKED_AT` entries."""
        prefix = prefix_of(folder)
        with self._used() as store:
            entries = islice(store.backend.list(prefix, delimiter=True), MOST_LOOKED_AT)
            names = (each.path[len(prefix) :] for each in entries if each.is_folder)
            return sorted(name for name in names if name)

    def fetched(self, key: str, download: Download) -> Generator[int]:
        """Write a blob to a file, yielding the bytes written so far; closing this abandons it."""
        with self._used() as store:
            yield from download.run(key, _open(store, key))


def _listing(store: Store, folder: str | None, deep: bool) -> Iterator[Listed]:
    if folder is None:
        return (listed(blob) for blob in store.list())
    prefix = prefix_of(folder)
    return (entered(entry, prefix) for entry in store.backend.list(prefix, delimiter=not deep))


def _beginning(store: Store, key: str) -> bytes:
    """The first `PREVIEWED` bytes of a blob, and one more if there are more."""
    pieces: list[bytes] = []
    wanted = PREVIEWED + 1
    with closing(_open(store, key)) as source, readable(key):
        while wanted and (piece := some(source, wanted)):
            pieces.append(piece)
            wanted -= len(piece)
    return b"".join(pieces)


def _open(store: Store, key: str) -> BinaryIO:
    """Open a blob: through the store if `key` is a key, which verifies it, else by its path."""
    return store.open(key) if is_key(key) else store.backend.open(blob_path(key))
