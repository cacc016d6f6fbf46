"""What every store promises that is reached over a network."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest

import storage_core
from storage_core import StorageConfiguration
from storage_core.testing.stores import StoreCases

# A call with a deadline of 1 s may take a tenth more, and the time that a busy machine needs to
# wake up.
DEADLINE = 1.0
PATIENCE = 1.6


class RemoteCases(StoreCases):
    """Cases for a type that is reached over a network."""

    @pytest.fixture
    def server_down(self) -> StorageConfiguration:
        raise NotImplementedError

    def test_a_server_that_is_down_is_unavailable_within_the_deadline(
        self, server_down: StorageConfiguration, tmp_path: Path
    ) -> None:
        store = storage_core.open_store(server_down, timeout=DEADLINE)
        key = f"results/{token_hex(16)}"
        source = tmp_path / "source"
        source.write_bytes(b"x")
        for call in (
            lambda: store.write(b"x"),
            lambda: store.write_file(source),
            lambda: store.read(key),
            lambda: store.read_file(key, tmp_path / "target"),
            lambda: store.exists(key),
            lambda: store.delete(key),
            lambda: list(store.list()),
            store.check,
        ):
            took = _unavailable_after(call)
            # Tried once more, since the machine may have been busy.
            assert took < PATIENCE or _unavailable_after(call) < PATIENCE


def _unavailable_after(call: Callable[[], object]) -> float:
    """How many seconds a call took to fail with `StorageUnavailable`, as it has to."""
    started = time.monotonic()
    with pytest.raises(storage_core.StorageUnavailable) as caught:
        call()
    assert "\n" not in str(caught.value)
    return time.monotonic() - started
