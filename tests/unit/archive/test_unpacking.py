"""Where flow code is unpacked: whole or not at all, and nothing stays behind."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path

import pytest

from storage_core import BlobNotFound, InvalidKey, StorageError, Store, open_store
from storage_core.blobs.archive.loading import MAX_BYTES, MAX_FILES, Loading
from storage_core.types.temporary import TemporaryLocalStorage
from tests.children import Killable, shared_folder, without_root
from tests.unit.archive.folders import FIXED, KEY, contents, filled, in_archive


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_store(TemporaryLocalStorage())
    assert store.save_flow(filled(tmp_path / "flow", FIXED)) == KEY
    return store


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "place"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_the_names_of_the_files_are_returned_in_their_order(store: Store, place: Path) -> None:
    assert store.load_flow(KEY, "out") == sorted(in_archive(FIXED), key=str.encode)
    assert contents(place / "out") == in_archive(FIXED)
    assert store.save_flow("out") == KEY


def test_an_empty_folder_is_replaced_and_keeps_its_mode(store: Store, place: Path) -> None:
    (place / "out").mkdir()
    (place / "out").chmod(0o2770)
    store.load_flow(KEY, place / "out")
    assert contents(place / "out") == in_archive(FIXED)
    assert (place / "out").stat().st_mode & 0o7777 == 0o2770


def test_where_a_link_leads_is_meant(store: Store, place: Path) -> None:
    (place / "real").mkdir()
    (place / "link").symlink_to("real")
    (place / "to-come").symlink_to("new")
    store.load_flow(KEY, "link")
    store.load_flow(KEY, "to-come")
    assert (place / "link").is_symlink()
    assert contents(place / "real") == contents(place / "new") == in_archive(FIXED)


def test_what_is_there_is_left_alone(store: Store, place: Path) -> None:
    filled(place, {"full/mine": b"1", "file": b"2"})
    (place / "empty").mkdir()
    for path, said in (
        ("full", "full is there, and not empty; name a folder that is not there"),
        ("file", "file is there, and no folder; name one that is not there"),
        ("file/out", "cannot create file/out: Not a directory; name another folder"),
        ("nowhere/out", "cannot create nowhere/out: the folder for it is not there; create it"),
        (".", ". is there, and not empty"),
        ("/", "/ is there, and not empty"),
        ("", "is there, and not empty"),
        ("a\0b", "cannot create a\0b: "),
        ("n" * 300, "File name too long"),
    ):
        with pytest.raises(StorageError) as caught:
            store.load_flow(KEY, path)
        assert said in str(caught.value)
    os.chdir("empty")
    with pytest.raises(StorageError, match=r"^\. is the folder that this runs in; name one"):
        store.load_flow(KEY, ".")
    assert contents(place) == {"full/mine": b"1", "file": b"2"}
    assert len([*place.iterdir()]) == 3


@pytest.mark.parametrize("error", [errno.EXDEV, errno.EBUSY])
def test_a_file_system_that_is_mounted_there_is_said(
    store: Store, place: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """expected and found (unshare -m; mount -t tmpfs none out; storage pull KEY out): one line."""

    def refuses(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "rename", refuses)
    with pytest.raises(StorageError, match="a file system is mounted there; name a folder in it"):
        store.load_flow(KEY, "out")
    monkeypatch.setattr(os.path, "ismount", lambda _: True)
    (place / "out").mkdir()
    with pytest.raises(StorageError, match="a file system is mounted there; name a folder in it"):
        store.load_flow(KEY, "out")
    assert list(place.iterdir()) == [place / "out"]


def test_what_is_put_there_meanwhile_stays(store: Store, place: Path) -> None:
    with Loading(KEY, "out", max_files=MAX_FILES, max_bytes=MAX_BYTES) as loading:
        with loading.receiving(store.location) as file:
            store.backend.get_stream(KEY, file)
        for _ in loading.unpack():
            pass
        filled(place, {"out/mine": b"1"})
        with pytest.raises(StorageError, match="out is there, and not empty"):
            loading.place()
    assert contents(place) == {"out/mine": b"1"}
    assert [*place.iterdir()] == [place / "out"]


def test_a_key_that_is_none_of_flow_code_is_said_to_be_what_it_is(
    store: Store, place: Path
) -> None:
    digest = KEY[6:-4]
    for key, said in (
        (store.write(b"print(1)", "flows"), "it is a plain blob; read it"),
        (f"results/{digest}", "it is a plain blob; read it"),
        (f"results/{digest}.parquet.zst", "it is an object (parquet); load it"),
        ("flows/mine.tar.gz", "its name is no SHA-256, by which it would be verified"),
        ("flows/mine.txt", "it is a plain blob; read it"),
    ):
        with pytest.raises(InvalidKey) as caught:
            store.load_flow(key, "out")
        assert str(caught.value).startswith(f"{key} is not the key of flow code: {said}")
    with pytest.raises(InvalidKey, match="KIND/NAME"):
        store.load_flow("x", "out")
    with pytest.raises(BlobNotFound, match=KEY.replace("b9", "00")):
        store.load_flow(KEY.replace("b9", "00"), "out")
    assert not list(place.iterdir())


def test_where_nothing_may_be_written_it_is_said(store: Store) -> None:
    with shared_folder() as folder:
        folder.chmod(0o555)

        def loaded() -> str:
            try:
                with Loading(KEY, folder / "out", max_files=MAX_FILES, max_bytes=MAX_BYTES):
                    return "made"
            except StorageError as error:
                return str(error)

        loaded()
        assert without_root(loaded) == (
            f"cannot create {folder / 'out'}: Permission denied; name another folder"
        )


def test_an_interrupted_one_leaves_nothing(store: Store, place: Path) -> None:
    class Interrupted(BaseException):
        pass

    def interrupted() -> None:
        with Loading(KEY, "out", max_files=MAX_FILES, max_bytes=MAX_BYTES) as loading:
            with loading.receiving(store.location) as file:
                store.backend.get_stream(KEY, file)
            next(loading.unpack())
            assert contents(place)
            raise Interrupted

    with pytest.raises(Interrupted):
        interrupted()
    assert not list(place.iterdir())


def test_what_a_killed_one_leaves_is_removed_by_the_next_and_no_other(
    store: Store, place: Path
) -> None:
    def unpack_half(begun: object) -> None:
        with Loading(KEY, "out", max_files=MAX_FILES, max_bytes=MAX_BYTES) as loading:
            with loading.receiving(store.location) as file:
                store.backend.get_stream(KEY, file)
            next(loading.unpack())
            assert callable(begun)
            begun()
            time.sleep(60)

    killed = Killable(unpack_half)
    [left] = place.iterdir()
    assert left.name.startswith(".out.unpacking-")
    assert left.stat().st_mode & 0o777 == 0o700
    # As long as it lives, nobody takes its files away.
    store.load_flow(KEY, "out")
    assert contents(left)
    killed.kill()
    filled(place, {".out.unpacking-mine/x": b"", ".out.unpacking-0123456.tmp/x": b""})
    filled(place, {".other.unpacking-01234567.tmp/x": b""})
    (place / ".out.unpacking-89abcdef.tmp").symlink_to("out")
    store.load_flow(KEY, "out2")
    assert left.exists()
    Path("out").rename("out3")
    store.load_flow(KEY, "out")
    assert not left.exists()
    assert len(contents(place / "out")) == len(FIXED)
    assert {path.name for path in place.iterdir()} == {
        *("out", "out2", "out3", ".out.unpacking-mine", ".out.unpacking-0123456.tmp"),
        *(".other.unpacking-01234567.tmp", ".out.unpacking-89abcdef.tmp"),
    }


def test_without_locks_it_works_and_sweeps_nothing(
    store: Store, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on some network file systems."""

    def refuses(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuses)
    filled(place, {".out.unpacking-01234567.tmp/x": b""})
    store.load_flow(KEY, "out")
    assert contents(place / ".out.unpacking-01234567.tmp") == {"x": b""}
    assert len(list(place.iterdir())) == 2
