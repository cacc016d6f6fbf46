"""Large blobs stream: a process that moves one stays small, whatever the size of the blob."""

from __future__ import annotations

import filecmp
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import storage_core
from storage_core import FileStorage, LocalStorage, StorageConfiguration
from tests.figures import Figure
from tests.reliability.local_stores import MIB
from tests.reliability.test_blob_uploads import SERVICES
from tests.servers.gcs import GCSServer

BOUND: Final = 64 * MIB
"""Bytes above the idle process."""

SMALL: Final = 80
"""MiB: a blob that is kept in memory breaks the bound."""

WAYS: Final = ("write_file", "read_file", "open")


def configured(name: str, request: pytest.FixtureRequest, folder: Path) -> StorageConfiguration:
    """A configuration of a store that streams; hash keys where the type has them."""
    if name == "Local":
        return LocalStorage(storage_path=str(folder / "data"))
    if name == "File":
        return FileStorage(base_path=str(folder / "data"))
    service = SERVICES[name](request)
    if name == "GCS":
        # The sign-in in front of the emulator takes each request into memory: around it.
        server: GCSServer = request.getfixturevalue("gcs_server")
        return service.configuration(server.emulator_url)
    return service.configuration(service.url)


def growth(
    configuration: StorageConfiguration, folder: Path, mib: int, ways: tuple[str, ...]
) -> dict[str, int]:
    """Bytes that a process grows by when it moves a blob of so many MiB, for each way."""
    source, copy = folder / "source", folder / "copy"
    with source.open("wb") as file:
        for _ in range(mib):
            file.write(os.urandom(MIB))
    done = subprocess.run(
        [sys.executable, "-m", "tests.reliability.streaming", str(source), str(copy), *ways],
        input=pickle.dumps(storage_core.open_store(configuration)),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    if "read_file" in ways:
        assert filecmp.cmp(source, copy, shallow=False)
        copy.unlink()
    source.unlink()
    lines = (line.split() for line in done.stdout.decode().splitlines())
    return {way: int(number) for way, number in lines}


STREAMING: Final = ("Local", "File", "S3 on disk", "Azure", "GCS", "WebDAV")


@pytest.mark.parametrize("name", STREAMING)
def test_a_large_blob_streams_in_bounded_memory(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    grown = growth(configured(name, request, tmp_path), tmp_path, SMALL, WAYS)
    assert grown.keys() == set(WAYS)
    assert max(grown.values()) <= BOUND


def test_the_measure_shows_a_blob_that_is_in_memory(tmp_path: Path) -> None:
    """The positive control."""
    configuration = LocalStorage(storage_path=str(tmp_path / "data"))
    assert growth(configuration, tmp_path, SMALL, ("write",))["write"] > BOUND


@pytest.mark.reliability
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", STREAMING)
def test_a_blob_of_one_gib_streams_in_64_mib(
    name: str, request: pytest.FixtureRequest, tmp_path: Path, figure: Figure
) -> None:
    # The emulator copies all it has for each part that comes, so 1 GiB takes it many minutes.
    mib = 512 if name == "GCS" else 1024
    grown = growth(configured(name, request, tmp_path), tmp_path, mib, WAYS)
    shown = ", ".join(f"{way} {number / MIB:.0f}" for way, number in grown.items())
    figure("memory", f"MiB above the idle process for a blob of {mib} MiB: {name}", shown)
    assert max(grown.values()) <= BOUND
