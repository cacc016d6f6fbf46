"""The server that most tests of the KV server talk to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage_core.kv_server import KVServer
from tests.unit.kv_server.client import (
    MIB,
    serving,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "values"


@pytest.fixture
def server(folder: Path) -> Iterator[KVServer]:
    with serving(folder, max_size=8 * MIB, patience=5) as server:
        yield server
