"""How a package with a storage type proves that it keeps what all types promise."""

from __future__ import annotations

from pathlib import Path

import pytest

import storage_core
from storage_core.testing import StoreCases


class TestSQLiteStorage(StoreCases):
    @pytest.fixture
    def configuration(self, tmp_path: Path) -> storage_core.StorageConfiguration:
        return storage_core.type_named("sqlite")(file=str(tmp_path / "blobs.sqlite"))
