"""How a package with a storage type proves that it keeps what all types promise.

And that its serializer is found by the name in a key.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

import storage_core
from storage_core.testing import StoreCases


class TestSQLiteStorage(StoreCases):
    @pytest.fixture
    def configuration(self, tmp_path: Path) -> storage_core.StorageConfiguration:
        return storage_core.type_named("sqlite")(file=str(tmp_path / "blobs.sqlite"))


class TestDatabases:
    @pytest.fixture
    def store(self, tmp_path: Path) -> storage_core.Store:
        return storage_core.open_store(storage_core.LocalStorage(storage_path=str(tmp_path)))

    @pytest.fixture
    def database(self) -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:")
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
        return connection

    @pytest.mark.parametrize(("compression", "ending"), [(None, ""), ("gzip", ".gz")])
    def test_an_object_comes_back_by_what_its_key_says(
        self, store: storage_core.Store, database: sqlite3.Connection, compression: str, ending: str
    ) -> None:
        key = store.save(database, serializer="sqlite", compression=compression)
        assert key.endswith(f".sqlite{ending}")
        assert store.load(key).execute("SELECT a FROM t").fetchall() == [(1,)]

    def test_a_chosen_key_may_end_in_it(
        self, store: storage_core.Store, database: sqlite3.Connection
    ) -> None:
        key = store.save(database, key="results/mine.sqlite")
        assert store.load(key).execute("SELECT a FROM t").fetchall() == [(1,)]

    def test_it_is_never_chosen_by_the_object(
        self, store: storage_core.Store, database: sqlite3.Connection
    ) -> None:
        with pytest.raises(storage_core.UnsupportedOperation, match="cannot be pickled"):
            store.save(database)

    def test_what_it_refuses_is_said_in_our_words(self, store: storage_core.Store) -> None:
        with pytest.raises(storage_core.UnsupportedOperation, match="a connection of sqlite3"):
            store.save(1, serializer="sqlite")
        key = store.write(b"x", key="results/a.sqlite")
        with pytest.raises(storage_core.IntegrityError, match=r"is no sqlite .it does not begin"):
            store.load(key)

    def test_a_misspelling_is_answered_with_it(self, store: storage_core.Store) -> None:
        with pytest.raises(storage_core.UnsupportedOperation, match="did you mean sqlite"):
            store.save(1, serializer="sqllite")
