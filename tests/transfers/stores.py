"""Stores to transfer between, some of which do what no good one does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import sleep
from typing import Any, BinaryIO, ClassVar

from storage_core import (
    LocalStorage,
    StorageConfiguration,
    Store,
    TransferEvent,
    TransferTotals,
    open_store,
    transfer,
    type_named,
)
from storage_core.backends.base import Backend, Entry
from storage_core.light import dataclass


def local(folder: Path, **settings: Any) -> Store:
    """A store in a folder."""
    return open_store(LocalStorage(storage_path=str(folder), **settings))


def of_table(table: dict[str, Any]) -> Store:
    """A store by the settings of a file."""
    settings = {**table}
    return open_store(type_named(settings.pop("type"))(**settings))


def done(
    source: Store, target: Store, **options: Any
) -> tuple[list[TransferEvent], TransferTotals]:
    """All that a transfer tells but what is planned, sorted by path, and its totals."""
    *events, totals = transfer(source, target, **options)
    assert isinstance(totals, TransferTotals)
    told = [each for each in events if isinstance(each, TransferEvent)]
    settled = sorted((e for e in told if e.outcome != "planned"), key=lambda each: each.path)
    assert len(settled) == totals.copied + totals.skipped + totals.failed
    return settled, totals


def outcomes(events: Iterable[TransferEvent]) -> dict[str, str]:
    """What became of each path."""
    return {event.path: event.outcome for event in events}


def contents(store: Store) -> dict[str, bytes]:
    """Everything below a location."""
    return {entry.path: store.backend.get(entry.path) for entry in store.backend.list()}


def filled(store: Store, count: int, size: int = 100) -> dict[str, bytes]:
    """Blobs written to a store, by their keys."""
    data = [b"%d " % number * size for number in range(count)]
    return dict(zip(store.write_many(data), data, strict=True))


@dataclass(frozen=True, kw_only=True, repr=False)
class Odd(LocalStorage):
    """A folder whose backend is changed before it is used."""

    type: ClassVar[str] = "odd"

    def backend(self, opening: Any) -> Backend:
        backend = super().backend(opening)
        self.change(backend)
        return backend

    def change(self, backend: Any) -> None:
        """Make it odd."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Flipping(Odd):
    """Stores one bit of each blob wrongly."""

    def change(self, backend: Any) -> None:
        put = backend.put

        def put_flipped(path: str, data: bytes, *, overwrite: bool) -> None:
            put(path, data[:-1] + bytes([data[-1] ^ 1]), overwrite=overwrite)

        def put_stream_flipped(path: str, file: BinaryIO, *, overwrite: bool) -> None:
            put_flipped(path, file.read(), overwrite=overwrite)

        backend.put, backend.put_stream = put_flipped, put_stream_flipped


@dataclass(frozen=True, kw_only=True, repr=False)
class Unlistable(Odd):
    """Does not say what it holds."""

    def change(self, backend: Any) -> None:
        def refused(prefix: str = "", *, delimiter: bool = False) -> Iterator[Entry]:
            from storage_core import UnsupportedOperation

            raise UnsupportedOperation("it cannot list its keys")

        backend.list = refused


class Listing:
    """Changes what a store lists; for this process only."""

    def __init__(self, store: Store, change: Callable[[Iterator[Entry]], Iterator[Entry]]) -> None:
        backend: Any = store._backend
        listed = backend.list
        backend.list = lambda prefix="", *, delimiter=False: change(
            listed(prefix, delimiter=delimiter)
        )


def writers(store: Store) -> list[int]:
    """The other processes that have opened a slow store."""
    folder = Path(store.location)
    found = (int(each.name.rpartition("-")[2]) for each in folder.parent.glob(f"{folder.name}-*"))
    return [pid for pid in found if pid != os.getpid()]


def odd(cls: type[StorageConfiguration], folder: Path) -> Store:
    """A store of one of the types above."""
    return open_store(cls(storage_path=str(folder)))


@dataclass(frozen=True, kw_only=True, repr=False)
class Slow(Odd):
    """Takes its time for each blob that it stores, and notes beside it which process does so."""

    type: ClassVar[str] = "slow"

    def change(self, backend: Any) -> None:
        put = backend.put
        Path(f"{self.storage_path}-{os.getpid()}").touch()

        def put_slowly(path: str, data: bytes, *, overwrite: bool) -> None:
            sleep(0.02)
            put(path, data, overwrite=overwrite)

        backend.put = put_slowly
