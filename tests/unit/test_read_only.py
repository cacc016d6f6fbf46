"""The wrapper around a backend that is only read has a word on everything that a backend does."""

from __future__ import annotations

from storage_core.backends.base import Backend
from storage_core.backends.read_only import ReadOnlyBackend


def test_nothing_reaches_a_backend_that_is_only_read_by_way_of_the_base_class() -> None:
    operations = {
        name for name, value in vars(Backend).items() if callable(value) and name[0] != "_"
    }
    assert operations - vars(ReadOnlyBackend).keys() == set()
