"""The blobs of one storage as the browse screen works on them, without anything drawn.

The screens call all of this in threads: an `OpenedStore` opens its store at the first use and
closes it when the screen is left and the last thread is done with it. `arranged` is what the table
shows of everything listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from storage_core.errors import StorageError
from tui.session.download import readable, some

if TYPE_CHECKING:
    from storage_core.backends.base import Blob
    from storage_core.keys import Kind
    from storage_core.store import Store
    from tui.session.download import Download

PREVIEWED: Final = 64 * 1024
"""Bytes of a blob that are read for a preview."""

PAGE: Final = 500
"""Blobs handed over at a time while listing."""

PAGE_SECONDS: Final = 0.2
"""Seconds after which a page is handed over though it is not full."""

Sort: TypeAlias = Literal["age", "name", "size"]
SORTS: Final[tuple[Sort, ...]] = ("age", "name", "size")
"""The orders, in the order in which one key goes through them."""


class Listed(NamedTuple):
    """One blob, ready to be sorted, filtered and drawn."""

    key: str
    kind: str
    name: str
    size: int | None
    """Bytes; None where the storage does not say."""

    modified: datetime | None


class View(NamedTuple):
    """What the table shows, and how much that is of everything."""

    rows: Sequence[Listed] = ()
    size: int = 0
    """Bytes of all rows, as far as they are known."""

    longest: int = 0
    """Characters of the longest name of all, so that columns stay where they are."""

    counts: tuple[int, int, int] = (0, 0, 0)
    """Blobs listed in all, flows, results; the filter left aside."""

    sort: Sort = "age"
    """The order they are in: the one asked for, or by name where nothing is known for that."""


class OpenedStore:
    """A store for the time that a screen is open.

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

    def pages(self) -> Iterator[list[Listed]]:
        """Everything in the store, some at a time; what came before an error comes before it."""
        with self._used() as store:
            page: list[Listed] = []
            begun = monotonic()
            problem: StorageError | None = None
            try:
                for blob in store.list():
                    page.append(_listed(blob))
                    if len(page) >= PAGE or monotonic() - begun > PAGE_SECONDS:
                        yield page
                        page, begun = [], monotonic()
            except StorageError as error:
                problem = error
            if page:
                yield page
            if problem:
                raise problem

    def head(self, key: str) -> bytes:
        """The first `PREVIEWED` bytes of a blob, and one more if there are more."""
        with self._used() as store, closing(store.open(key)) as source:
            pieces: list[bytes] = []
            wanted = PREVIEWED + 1
            with readable(key):
                while wanted and (piece := some(source, wanted)):
                    pieces.append(piece)
                    wanted -= len(piece)
            return b"".join(pieces)

    def delete(self, key: str) -> None:
        """Remove a blob."""
        with self._used() as store:
            store.delete(key)

    def fetched(self, key: str, download: Download) -> Iterator[int]:
        """Write a blob to a file, yielding how many bytes are there; closing this gives it up."""
        with self._used() as store:
            yield from download.run(key, store.open(key))


def arranged(blobs: Sequence[Listed], kind: Kind | None, words: Sequence[str], sort: Sort) -> View:
    """What is shown of `blobs`.

    Args:
        blobs: everything listed.
        kind: only this kind.
        words: in lower case; all of them have to be in the key.
        sort: the newest, the first by name, or the largest stands first.
    """
    flows = sum(1 for blob in blobs if blob.kind == "flows")
    rows = [
        blob
        for blob in blobs
        if (kind is None or blob.kind == kind)
        and (not words or all(word in blob.key.lower() for word in words))
    ]
    if all((blob.modified if sort == "age" else blob.size) is None for blob in rows):
        sort = "name" if rows else sort
    # The sorts are stable: what is equal is in the order of the names.
    rows.sort(key=lambda blob: (blob.name.lower(), blob.key))
    if sort == "age":
        rows.sort(key=lambda blob: blob.modified.timestamp() if blob.modified else 0, reverse=True)
    elif sort == "size":
        rows.sort(key=lambda blob: -1 if blob.size is None else blob.size, reverse=True)
    return View(
        rows,
        sum(blob.size or 0 for blob in rows),
        max((len(blob.name) for blob in blobs), default=0),
        (len(blobs), flows, len(blobs) - flows),
        sort,
    )


def _listed(blob: Blob) -> Listed:
    kind, _, name = blob.key.partition("/")
    return Listed(blob.key, kind, name, blob.size, blob.modified)
