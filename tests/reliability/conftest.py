"""What the tests of reliability share."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from storage_core import Store
from storage_core.backends.local import disk
from tests.reliability.canary import Canaries
from tests.reliability.local_stores import LOCAL, opened
from tests.reliability.sinks import InMemory


@pytest.fixture
def data(home: Path) -> Path:
    """Where the blobs of each local store lie; it is not there yet."""
    return home


@pytest.fixture(params=LOCAL)
def local_store(request: pytest.FixtureRequest, data: Path) -> Store:
    """Each of the stores that keep blobs on the local disk, in `data`."""
    return opened(request.param, data)


@pytest.fixture(params=["as the disk has it", "with names"])
def unnamed(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Whether what is written has no name before it is complete; everywhere it may have one."""
    if request.param == "with names":
        monkeypatch.setattr(disk, "_TMPFILE", 0)
    folder = os.open(tmp_path, os.O_RDONLY)
    name, descriptor = disk.new_temporary(0o600, folder)
    os.close(descriptor)
    if name:
        os.unlink(name, dir_fd=folder)
    os.close(folder)
    return not name


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def ring() -> Iterator[InMemory]:
    """The system's keyring, for this test."""
    before = keyring.get_keyring()
    ring = InMemory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)
