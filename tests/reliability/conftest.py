"""What the tests of reliability share."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage_core import Store
from tests.reliability.local_stores import LOCAL, opened


@pytest.fixture
def data(home: Path) -> Path:
    """Where the blobs of each local store lie; it is not there yet."""
    return home


@pytest.fixture(params=LOCAL)
def local_store(request: pytest.FixtureRequest, data: Path) -> Store:
    """Each of the stores that keep blobs on the local disk, in `data`."""
    return opened(request.param, data)
