"""fsspec's own tests of a file system (`fsspec.tests.abstract`), on each kind of place.

Of fsspec 2026.9.0 these are copy, get, put, pipe and open: 137 tests. Its `mv` is two tests of the
local file system alone, so moving is tested in `test_files.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_hex

import pytest
from fsspec.tests import abstract

from storage_core.fs import StorageFileSystem
from storage_core.fs.names import encoded
from tests.fs.places import EMPTY_FOLDERS


class Fixtures(abstract.AbstractFixtures):
    @pytest.fixture
    def fs(self, config_path: str) -> StorageFileSystem:
        return StorageFileSystem(config_path=config_path)

    @pytest.fixture
    def fs_join(self) -> Callable[..., str]:
        return lambda *parts: "/".join(parts)

    @pytest.fixture
    def fs_path(self, kind: str) -> str:
        return f"{encoded(kind)}/{token_hex(4)}"

    @pytest.fixture
    def supports_empty_directories(self, kind: str) -> bool:
        return kind in EMPTY_FOLDERS


class TestCopy(Fixtures, abstract.AbstractCopyTests):
    pass


class TestGet(Fixtures, abstract.AbstractGetTests):
    pass


class TestPut(Fixtures, abstract.AbstractPutTests):
    pass


class TestPipe(Fixtures, abstract.AbstractPipeTests):
    pass


class TestOpen(Fixtures, abstract.AbstractOpenTests):
    pass
