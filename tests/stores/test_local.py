"""Local, Temporary and File Storage on a local path."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

import pytest

import storage_core
from storage_core import (
    FileStorage,
    LocalStorage,
    StorageConfiguration,
    Store,
    TemporaryLocalStorage,
)
from storage_core.blobpath import blob_path, prefix_of
from storage_core.blobs import files
from storage_core.blobs.files import content_name_of
from storage_core.testing import StoreCases


class HashCases(StoreCases):
    """File Storage with Key Type hash: the same bytes are stored once."""

    def test_two_writes_of_the_same_bytes_are_two_blobs(self, store: Store) -> None:
        key = store.write(b"same")
        assert store.write(b"same") == key
        assert store.write(b"same", "flows") != key
        assert [blob.key for blob in store.list("results")].count(key) == 1

    def test_a_key_that_is_the_hash_of_other_bytes_is_refused(self, store: Store) -> None:
        key = store.write(b"something")
        store.delete(key)
        with pytest.raises(storage_core.InvalidKey, match="hash of other bytes"):
            store.write(b"else", key=key)
        assert store.write(b"something", key=key) == key


class TestLocalStorage(StoreCases):
    @pytest.fixture
    def configuration(self, tmp_path: Path) -> StorageConfiguration:
        return LocalStorage(storage_path=str(tmp_path / "data"))

    def test_the_tilde_means_the_home_directory(self, tmp_path: Path) -> None:
        store = storage_core.open_store(LocalStorage(storage_path="~/kept"))
        key = store.write(b"x")
        assert (tmp_path / "user" / "kept" / key).read_bytes() == b"x"

    def test_nothing_is_created_before_the_first_write(self, store: Store, tmp_path: Path) -> None:
        assert list(store.list()) == []
        store.check()
        assert not (tmp_path / "data").exists()


class TestTemporaryLocalStorage(StoreCases):
    below = "results/"

    @pytest.fixture
    def configuration(self) -> StorageConfiguration:
        return TemporaryLocalStorage()

    def test_its_folders_are_private_whatever_the_umask(self, store: Store, home: Path) -> None:
        previous = os.umask(0)
        try:
            key = store.write(b"x", "flows")
        finally:
            os.umask(previous)
        assert (home / key).read_bytes() == b"x"
        for folder in (home, home / "flows"):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_what_else_lies_in_the_home_is_none_of_its_business(
        self, store: Store, home: Path
    ) -> None:
        key = store.write(b"x")
        (home / "storage.toml").write_text("secret")
        (home / "history").mkdir()
        (home / "history" / "1").write_text("secret")
        assert {entry.path for entry in store.backend.list()} == {key}
        assert {entry.path for entry in store.backend.list(delimiter=True)} == {"results"}
        assert not list(store.backend.list(prefix_of("history")))
        for path in map(blob_path, ("storage.toml", "history/1")):
            with pytest.raises(storage_core.BlobNotFound):
                store.backend.get(path)
            assert not store.backend.exists(path)
            store.backend.delete(path)
            with pytest.raises(storage_core.InvalidKey, match="flows and results only"):
                store.backend.put(path, b"x", overwrite=True)
            with pytest.raises(storage_core.InvalidKey, match="flows and results only"):
                store.backend.copy(blob_path(key), path)
        assert (home / "storage.toml").read_text() == "secret"

    def test_it_is_what_is_opened_when_nothing_is_configured(self, home: Path) -> None:
        key = storage_core.get_store().write(b"x")
        assert (home / key).read_bytes() == b"x"


class TestFileStorageByHash(HashCases):
    @pytest.fixture
    def configuration(self, tmp_path: Path) -> StorageConfiguration:
        return FileStorage(base_path=str(tmp_path / "data"))

    def test_changed_bytes_are_detected(self, store: Store, tmp_path: Path) -> None:
        key = store.write(b"precious")
        (tmp_path / "data" / key).write_bytes(b"precioux")
        with pytest.raises(storage_core.IntegrityError, match=key):
            store.read(key)
        with pytest.raises(storage_core.IntegrityError, match=key):
            store.read_file(key, tmp_path / "copy")
        assert not list(tmp_path.glob("*copy*"))
        with store.open(key) as file, pytest.raises(storage_core.IntegrityError, match=key):
            file.read()

    def test_a_file_that_changes_while_it_is_stored_harms_no_blob_of_the_same_bytes(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = tmp_path / "growing.log"
        source.write_bytes(b"first")
        key = store.write_file(source)

        def hashed(file: BinaryIO) -> str:
            name = content_name_of(file)
            with source.open("ab") as growing:
                growing.write(b" and more")
            return name

        monkeypatch.setattr(files, "content_name_of", hashed)
        with pytest.raises(storage_core.StorageError, match="changed while"):
            store.write_file(source)
        monkeypatch.undo()
        assert store.read(key) == b"first"
        assert [blob.key for blob in store.list()] == [key]

    def test_a_damaged_blob_is_mended_by_writing_it_again(
        self, store: Store, tmp_path: Path
    ) -> None:
        source = tmp_path / "source"
        source.write_bytes(b"precious")
        key = store.write_file(source)
        for write in (lambda: store.write(b"precious"), lambda: store.write_file(source)):
            (tmp_path / "data" / key).write_bytes(b"precioux")
            assert write() == key
            assert store.read(key) == b"precious"


class TestFileStorageByUUID(StoreCases):
    @pytest.fixture
    def configuration(self, tmp_path: Path) -> StorageConfiguration:
        return FileStorage(base_path=f"file://{tmp_path}/data", key_type="uuid")


class TestFileStorageByTimestamp(StoreCases):
    @pytest.fixture
    def configuration(self, tmp_path: Path) -> StorageConfiguration:
        return FileStorage(base_path=str(tmp_path / "data"), key_type="timestamp")

    def test_names_sort_by_the_time_of_writing(self, store: Store) -> None:
        keys = [store.write(b"x") for _ in range(5)]
        assert keys == sorted(keys)
