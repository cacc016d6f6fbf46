"""`storage://` on every service: fsspec's own tests of a file system."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest
from fsspec.tests import abstract

from storage_core.fs import StorageFileSystem
from tests.fs.places import s3_table, written
from tests.matrix.conftest import Running

pytestmark = pytest.mark.servers

SCHEMES = ("http",)
"""Whether there is TLS below makes no difference to files."""


class TestFiles(
    abstract.AbstractFixtures,
    abstract.AbstractCopyTests,
    abstract.AbstractGetTests,
    abstract.AbstractPutTests,
    abstract.AbstractPipeTests,
    abstract.AbstractOpenTests,
):
    # They are about patterns, and ask the same of a server as the others do, 96 times; on rclone
    # they are among the tests of every day.
    test_copy_glob_edge_cases = None
    test_get_glob_edge_cases = None
    test_put_glob_edge_cases = None

    @pytest.fixture
    def fs(self, running: Running, tmp_path: Path) -> StorageFileSystem:
        table = s3_table(running.server)
        if running.server.ca_bundle:
            table["ca_bundle"] = str(running.server.ca_bundle)
        return StorageFileSystem(config_path=written(tmp_path / "storage.toml", {"prod": table}))

    @pytest.fixture
    def fs_join(self) -> Callable[..., str]:
        return lambda *parts: "/".join(parts)

    @pytest.fixture
    def fs_path(self) -> str:
        return f"prod/{token_hex(4)}"

    @pytest.fixture
    def supports_empty_directories(self) -> bool:
        return False
