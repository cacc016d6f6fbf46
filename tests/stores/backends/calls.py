"""What tests of backends do beside calling them: files, listings of one kind, meddling drivers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage_core.backends.base import Backend, Entry
from storage_core.backends.remote import io_loop, threads, worker
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.blobpath import blob_path, prefix_of
from storage_core.blobs.files import fetch_to_file

KEY = blob_path("results/abc")


def put_file(backend: Backend, path: str, file: Path, *, overwrite: bool) -> None:
    """Put what a local file holds."""
    with file.open("rb") as opened:
        backend.put_stream(blob_path(path), opened, overwrite=overwrite)


def get_file(backend: Backend, path: str, file: Path) -> None:
    """Get into a local file, as a store does."""
    fetch_to_file(file, lambda opened: backend.get_stream(blob_path(path), opened), None, path)


def listed(backend: Backend, folder: str = "results") -> list[Entry]:
    """What a folder holds."""
    return list(backend.list(prefix_of(folder), delimiter=True))


class _Meddled:
    """A session, some of whose methods are others."""

    def __init__(self, session: Any, methods: dict[str, Any]) -> None:
        self._session = session
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        return self._methods.get(name) or getattr(self._session, name)


def meddle(
    backend: RemoteBackend, monkeypatch: pytest.MonkeyPatch, **wraps: Callable[[Any], Any]
) -> None:
    """Have the sessions of a backend's driver call other methods, made from their own."""

    def meddled(session: Any) -> Any:
        return _Meddled(
            session, {name: wrap(getattr(session, name)) for name, wrap in wraps.items()}
        )

    driver: Any = backend._policy.driver
    if hasattr(driver, "session"):
        begin = driver.session
        monkeypatch.setattr(driver, "session", lambda limit: meddled(begin(limit)))
        return
    real = driver.connect

    async def connect(afterwards: Any) -> Any:
        return meddled(await real(afterwards))

    backend.close()
    monkeypatch.setattr(driver, "connect", connect)


def settled() -> None:
    """Wait until what the backends clean up beside everything else is done."""
    threads._finish()

    async def rest() -> None:
        while worker._running:
            await asyncio.wait(worker._running)

    io_loop.run(rest())
