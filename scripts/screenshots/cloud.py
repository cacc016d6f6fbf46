"""Folders that stand for buckets and servers, so that pictures need no network.

`stage.py` puts them where remote storages would lead; everything above, from the store to the
screen, is the real code. Scenes put blobs into them (`fill`) and have them wait (`hold`).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, MutableSequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from storage_core.backends.local import LocalBackend
from storage_core.backends.remote.faults import Fault
from storage_core.backends.remote.messages import Place, failed, unanswered
from storage_core.backends.remote.retry import GaveUp
from storage_core.errors import StorageUnavailable

if TYPE_CHECKING:
    from storage_core.blobpath import BlobPath
    from storage_core.declaration.configuration import Opening, StorageConfiguration
    from storage_core.errors import StorageError


_MODELS = Place("gs://acme-modells", "bucket", "acme-modells", "Bucket", "", "")
_SCRATCH = Place("http://kv:4300", "server", "", "", "Token", "API Address")

FAILURES: Mapping[str, StorageError] = {
    _MODELS.location: failed(_MODELS, "be reached", None, "not found", Fault.PLACE_MISSING),
    _SCRATCH.location: unanswered(_SCRATCH, "be reached", "connection refused", GaveUp(4, 9.6)),
}
"""The places that do not work, each with the message of a real one."""

_turns: dict[str, threading.Semaphore] = {}
_closed = threading.Event()


class Bucket(LocalBackend):
    """One place, in the home that is made for the picture."""

    def __init__(self, location: str) -> None:
        super().__init__(folder_of(location))
        self._name = location

    def check(self) -> None:
        self._wait()
        if self._name in FAILURES:
            raise FAILURES[self._name]
        super().check()

    def is_there(self) -> bool:
        return True

    def make_folders(self, path: BlobPath, made: MutableSequence[str]) -> None:
        """Do nothing: a bucket has no folders."""

    def put(self, path: BlobPath, data: bytes, *, overwrite: bool) -> None:
        self._wait()
        super().put(path, data, overwrite=overwrite)

    def get(self, path: BlobPath) -> bytes:
        self._wait()
        return super().get(path)

    def delete(self, path: BlobPath) -> None:
        self._wait()
        super().delete(path)

    def _wait(self) -> None:
        if self._name in _turns:
            _turns[self._name].acquire()
        if _closed.is_set():
            raise StorageUnavailable(f"{self._name} is no longer there")


@contextmanager
def cloud() -> Iterator[None]:
    """Have every remote storage lead here; at the end, release all that still wait."""
    from storage_core.declaration.configuration import RemoteStorage
    from storage_core.types import all_types

    def backend(configuration: StorageConfiguration, _: Opening) -> Bucket:
        return Bucket(configuration.location)

    _closed.clear()
    try:
        with ExitStack() as undo:
            for cls in all_types():
                if issubclass(cls, RemoteStorage):
                    undo.enter_context(mock.patch.object(cls, "backend", backend))
            yield
    finally:
        _closed.set()
        for turns in _turns.values():
            turns.release(100)
        _turns.clear()


def hold(location: str) -> threading.Semaphore:
    """Have this place hold its answers; each `release` of the returned semaphore lets one go."""
    return _turns.setdefault(location, threading.Semaphore(0))


def folder_of(location: str) -> Path:
    """Where the blobs of this place are."""
    return Path.home() / ".cloud" / location.replace("/", "_")


def fill(location: str, blobs: Mapping[str, tuple[bytes | int, timedelta]], now: datetime) -> None:
    """Put blobs there: by key, the bytes (or how many, all zero) and how long ago."""
    for key, (data, ago) in blobs.items():
        file = folder_of(location) / key
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as target:
            if isinstance(data, int):
                target.truncate(data)
            else:
                target.write(data)
        written = (now - ago).timestamp()
        os.utime(file, (written, written))
