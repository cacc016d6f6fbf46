"""What `storage://` does beyond fsspec's own tests, on a folder and on a real S3 server."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import fsspec
import pytest

import storage_core
from storage_core import ConfigFile, InvalidKey, StorageError, UnsupportedOperation
from storage_core.fs import StorageFileSystem
from tests.fs.places import s3_table, table_of, written
from tests.servers.s3 import S3Server


@pytest.fixture(params=["local", "moto", "file"])
def fs(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> StorageFileSystem:
    """Two places of one kind: `prod`, the default, and `team share`."""
    tables = {
        name: table_of(request.param, request, tmp_path / str(number))
        for number, name in enumerate(("prod", "team share"))
    }
    path = written(tmp_path / "storage.toml", tables, default="prod")
    monkeypatch.setenv("STORAGE_CONFIG", path)
    return StorageFileSystem()


def test_info_says_what_a_place_knows(fs: StorageFileSystem) -> None:
    fs.pipe_file("prod/raw/a", b"123")
    info = fs.info("storage://prod/raw/a")
    assert info == {"name": "prod/raw/a", "size": 3, "type": "file", "mtime": info["mtime"]}
    assert fs.modified("prod/raw/a").timestamp() == pytest.approx(info["mtime"], abs=1)
    assert fs.ls("prod/raw") == [{**info, "mtime": pytest.approx(info["mtime"], abs=1)}]
    assert fs.ls("prod/raw/a") == [info]
    for folder in ("", "prod", "prod/raw", "storage://", "storage://prod/raw/"):
        assert fs.info(folder)["type"] == "directory", folder
    assert fs.isdir("prod/raw")
    assert not fs.isfile("prod/raw")
    assert not fs.isdir("prod/raw/a")
    assert not fs.exists("prod/raw/a/b")
    assert not fs.exists("prod/ra")
    with pytest.raises(FileNotFoundError):
        fs.ls("prod/ra")
    assert fs.find("prod/ra") == []
    assert [*fs.walk("prod")] == [("prod", ["raw"], []), ("prod/raw", [], ["a"])]


def test_ranges_are_counted_as_slices_are(fs: StorageFileSystem) -> None:
    data = bytes(range(100))
    fs.pipe_file("prod/x", data)
    for start, end in [(None, None), (3, 7), (90, 200), (-5, None), (10, -10), (None, 5), (7, 3)]:
        assert fs.cat_file("prod/x", start, end) == data[start:end]
    found = fs.cat_ranges(["prod/x", "prod/x", "prod/none"], [0, 5, 0], [2, 6, 1])
    assert found[:2] == [data[:2], data[5:6]]
    assert isinstance(found[2], FileNotFoundError)
    assert fs.tail("prod/x", 3) == data[-3:]
    assert fs.read_block("prod/x", 0, 10, delimiter=b"\x0a") == data[:11]


def test_nothing_is_stored_before_a_file_is_closed(fs: StorageFileSystem) -> None:
    with fs.open("prod/x", "wb") as file:
        file.write(b"12345")
        assert file.tell() == 5
        file.seek(1)
        file.write(b"x")
        assert not fs.exists("prod/x")
    assert fs.cat_file("prod/x") == b"1x345"


WAYS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "bytes": (lambda fs: fs.open("prod/x", "wb"), b"some"),
    "text": (lambda fs: fs.open("prod/x", "wt"), "some"),
    "compressed": (lambda fs: fs.open("prod/x", "wt", compression="gzip"), "some"),
    "fsspec": (lambda _: fsspec.open("storage://prod/x", "wb"), b"some"),
    "fsspec text": (
        lambda _: fsspec.open("storage://prod/x", "wt", compression="gzip"),
        "some",
    ),
}


def written_and_left(opened: Any, part: Any) -> None:
    with opened as file:
        file.write(part)
        raise ZeroDivisionError


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_stored_of_a_block_that_an_exception_leaves(
    fs: StorageFileSystem, way: str
) -> None:
    opened, part = WAYS[way]
    with pytest.raises(ZeroDivisionError):
        written_and_left(opened(fs), part)
    assert not fs.exists("prod/x")
    try:
        raise KeyError
    except KeyError:
        with opened(fs) as file:
            file.write(part)
    assert fs.exists("prod/x")


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_a_file_that_is_never_closed_is_stored_when_it_is_forgotten(
    fs: StorageFileSystem, compression: str | None
) -> None:
    fs.open("prod/x", "wb", compression=compression).write(b"1")
    with fs.open("prod/x", compression=compression) as file:
        assert file.read() == b"1"
    fs.open("prod/x", "wb", compression=compression)  # What failed before it began, say.
    with fs.open("prod/x", compression=compression) as file:
        assert file.read() == b"1"


def test_what_cannot_be_stored_when_it_is_forgotten_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fs = storage_core.open_store(storage_core.LocalStorage(storage_path=str(tmp_path))).fs
    file = fs.open("folder", "wb")
    file.write(b"1")
    fs.pipe("folder/x", b"2")
    del file
    assert "folder was never closed, and could not be stored then: cannot write" in caplog.text


def test_a_transaction_stores_all_or_nothing(fs: StorageFileSystem) -> None:
    with fs.transaction:
        for name in ("prod/a", "team%20share/b"):
            with fs.open(name, "wb") as file:
                file.write(b"x")
            assert not fs.exists(name)
    assert fs.exists("prod/a")
    assert fs.exists("team share/b")
    with suppress(ZeroDivisionError), fs.transaction:
        with fs.open("prod/c", "wb") as file:
            file.write(b"x")
        raise ZeroDivisionError
    assert not fs.exists("prod/c")


def test_what_is_there_is_not_replaced_where_that_is_asked(fs: StorageFileSystem) -> None:
    fs.pipe_file("prod/x", b"1", mode="create")
    with pytest.raises(FileExistsError):
        fs.pipe_file("prod/x", b"2", mode="create")
    with pytest.raises(FileExistsError):
        fs.open("prod/x", "xb")
    with fs.open("prod/y", "xb") as file:
        file.write(b"mine")
        fs.pipe_file("prod/y", b"theirs")
        with pytest.raises(FileExistsError):
            file.close()
    assert (fs.cat_file("prod/x"), fs.cat_file("prod/y")) == (b"1", b"theirs")


def test_compression_and_text_go_both_ways(fs: StorageFileSystem) -> None:
    with fs.open("prod/x.gz", "wt", compression="infer", encoding="utf-16") as file:
        file.write("ä\n" * 3)
    assert gzip.decompress(fs.cat_file("prod/x.gz")).decode("utf-16") == "ä\n" * 3
    with fs.open("prod/x.gz", "rt", compression="gzip", encoding="utf-16") as file:
        assert [*file] == ["ä\n"] * 3
    with pytest.raises(NotImplementedError):
        fs.open("prod/x.gz", "ab")


def test_files_are_moved_between_two_names(fs: StorageFileSystem) -> None:
    fs.pipe({"prod/raw/a": b"1", "prod/raw/deep/b": b"2", "prod/keep": b"3"})
    fs.mv("storage://prod/raw", "storage://team share/moved", recursive=True)
    assert fs.find("team share") == ["team%20share/moved/a", "team%20share/moved/deep/b"]
    assert fs.find("prod") == ["prod/keep"]
    fs.mv("prod/keep", "prod/kept")
    assert fs.cat("prod/kept") == b"3"
    assert not fs.exists("prod/keep")
    fs.mv("prod/kept", "storage://prod/kept")
    fs.mv("prod/kept", "prod/")
    assert fs.find("prod") == ["prod/kept"]


def test_nothing_is_moved_onto_itself(fs: StorageFileSystem) -> None:
    prod = ConfigFile().load()["prod"]
    ConfigFile().add(prod, name="alias")
    fs.pipe({"prod/a": b"1", "prod/b": b"2"})
    with pytest.raises(UnsupportedOperation):
        fs.mv("prod/a", "alias/a")
    with pytest.raises(UnsupportedOperation):
        fs.mv(["prod/a", "prod/b"], ["prod/b", "prod/c"])
    with pytest.raises(StorageError):
        fs.mv("prod/none", "prod/x")
    assert fs.cat(["prod/a", "prod/b"]) == {"prod/a": b"1", "prod/b": b"2"}


def test_no_two_files_are_moved_to_one_name(fs: StorageFileSystem) -> None:
    files = {"prod/a/x": b"1", "prod/b/x": b"2"}
    fs.pipe(files)
    with pytest.raises(UnsupportedOperation, match="would both become team%20share/all/x"):
        fs.mv([*files], "team share/all/")
    assert fs.cat("prod/", recursive=True) == files


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("memory://x", "memory:///x/"),
        ("sftp://ann@nas/data", "ssh://bob@NAS:22/data"),
        ("ftp://nas/data", "ftp://ann:secret@nas//data"),
        ("gcs://bucket/data", "gs://bucket/data"),
        ("s3a://bucket", "s3://bucket/"),
        ("abfss://box@account.dfs.core.windows.net/data", "az://box/data"),
    ],
)
def test_nothing_is_moved_to_what_may_be_the_same_place(
    tmp_path: Path, one: str, other: str
) -> None:
    tables = {
        name: {"type": "file", "base_path": url}
        for name, url in (("one", one), ("other", other), ("deeper", f"{other.rstrip('/')}/x"))
    }
    fs = StorageFileSystem(config_path=written(tmp_path / "storage.toml", tables))
    addresses = [fs.spot_at(f"{name}/a").address for name in tables]
    assert addresses[0] == addresses[1] != addresses[2]


def test_two_containers_of_an_account_are_two_places(tmp_path: Path) -> None:
    tables = {
        name: {"type": "file", "base_path": f"abfss://{name}@account.dfs.core.windows.net"}
        for name in ("one", "other")
    }
    fs = StorageFileSystem(config_path=written(tmp_path / "storage.toml", tables))
    assert fs.spot_at("one/a").address != fs.spot_at("other/a").address


def test_what_was_not_copied_is_not_moved_where_a_folder_has_the_same_name(
    s3_server: S3Server, tmp_path: Path
) -> None:
    table = s3_table(s3_server)
    tables = {"prod": table, "away": {**table, "bucket": "no-such-bucket"}}
    fs = StorageFileSystem(config_path=written(tmp_path / "storage.toml", tables))
    fs.pipe({"prod/x": b"1", "prod/x/y": b"2"})
    for move in (fs.cp, fs.mv):
        with pytest.raises(ValueError, match="no-such-bucket"):
            move("prod/x", "away/x")
        assert fs.cat_file("prod/x") == b"1"


def test_a_transaction_stores_all_that_was_written_to_files_left_open(
    fs: StorageFileSystem,
) -> None:
    with fs.transaction:
        text, packed, both = (
            fs.open("prod/text", "w"),
            fs.open("prod/packed", "wb", compression="gzip"),
            fs.open("prod/both", "w", compression="gzip"),
        )
        text.write("abc")
        packed.write(b"abc")
        both.write("abc")
        with fs.open("prod/closed", "w") as closed:
            closed.write("abc")
        assert fs.find("prod") == []
    assert fs.cat("prod/text") == fs.cat("prod/closed") == b"abc"
    assert [gzip.decompress(fs.cat(f"prod/{name}")) for name in ("packed", "both")] == [b"abc"] * 2
    with suppress(KeyError), fs.transaction:
        left = fs.open("prod/left", "w", compression="gzip")
        left.write("abc")
        raise KeyError
    del left
    assert not fs.exists("prod/left")


def test_what_cannot_be_kept_until_it_is_closed_is_not_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fs = storage_core.open_store(storage_core.LocalStorage(storage_path=str(tmp_path))).fs
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    data = os.urandom(2 * 1024 * 1024)
    for options in ({}, {"compression": "gzip"}):
        file = fs.open("x", "wb", **options)
        file.write(b"some")
        with pytest.raises(StorageError, match="cannot keep x in a temporary file") as raised:
            file.write(data)
        assert isinstance(raised.value, OSError)
        assert not isinstance(raised.value, FileNotFoundError)
        with suppress(ValueError):
            file.close()
        with (
            pytest.raises(StorageError, match="cannot keep"),
            fs.open("x", "wb", **options) as file,
        ):
            file.write(data)
        del file
    assert fs.find("") == []


def test_errors_about_odd_names_are_one_line(fs: StorageFileSystem, tmp_path: Path) -> None:
    fs.pipe({"prod/a": b"", "prod/d/x": b""})
    for call in (
        lambda: fs.open("prod/a", "a\n"),
        lambda: fs.open("prod/a\nb", "a"),
        lambda: fs.mv("prod/no\nne", "prod/x"),
        lambda: fs.cat(["prod/no\nne"], recursive=True),
        lambda: fs.mv(["prod/a", "prod/d/x"], ["prod/b\nc", "prod/b\nc"]),
        lambda: fs.rm("no\nname"),
    ):
        with pytest.raises(StorageError) as raised:
            call()
        assert "\n" not in str(raised.value)


def test_a_name_with_a_line_break_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    fs = storage_core.open_store(storage_core.LocalStorage(storage_path=str(tmp_path))).fs
    fs.pipe({"a\nb": b"", "d\ne/x": b""})
    for call in (
        lambda: fs.open("a\nb", "xb"),
        lambda: fs.mkdir("a\nb"),
        lambda: fs.rm("d\ne"),
        lambda: fs.rmdir("d\ne"),
    ):
        with pytest.raises(StorageError) as raised:
            call()
        assert "\n" not in str(raised.value)


def test_a_local_file_that_is_replaced_keeps_its_mode(
    fs: StorageFileSystem, tmp_path: Path
) -> None:
    fs.pipe_file("prod/x", b"new")
    private, link = tmp_path / "private", tmp_path / "link"
    private.write_bytes(b"old")
    private.chmod(0o600)
    link.symlink_to(private)
    fs.get("prod/x", str(link))
    assert link.is_symlink()
    assert private.read_bytes() == b"new"
    assert private.stat().st_mode & 0o777 == 0o600
    assert sorted(tmp_path.glob(".*")) == []


def test_a_named_pipe_is_written_into(fs: StorageFileSystem, tmp_path: Path) -> None:
    fs.pipe_file("prod/x", b"new")
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    # Open for both, so that neither side waits for the other.
    reader = os.open(fifo, os.O_RDWR)
    try:
        fs.get_file("prod/x", str(fifo))
        assert os.read(reader, 10) == b"new"
    finally:
        os.close(reader)
    assert fifo.is_fifo()


def test_a_name_is_not_deleted_with_all_it_leads_to(fs: StorageFileSystem) -> None:
    fs.pipe({"prod/a": b"1", "prod/raw/b": b"2"})
    for path in ("storage://prod", "prod/", "", "storage:///"):
        for recursive in (False, True):
            with pytest.raises(NotImplementedError):
                fs.rm(path, recursive=recursive)
    with pytest.raises(IsADirectoryError):
        fs.rm("prod/raw")
    with pytest.raises(FileNotFoundError):
        fs.rm("prod/none")
    assert len(fs.find("prod")) == 2
    fs.rm(["prod/a", "prod/raw"], recursive=True)
    assert fs.ls("prod") == []


def test_a_path_that_no_blob_can_have_is_told(fs: StorageFileSystem) -> None:
    for path in ("prod/a//b", "prod/../x", "prod/./x", "prod/a\0b", f"prod/{'x' * 1025}"):
        for call in (fs.info, fs.cat_file, lambda path: fs.pipe_file(path, b"")):
            with pytest.raises(ValueError, match=r"path .* is not valid") as raised:
                call(path)
            assert isinstance(raised.value, InvalidKey)


def test_an_edited_table_is_seen(fs: StorageFileSystem) -> None:
    fs.pipe_file("prod/x", b"old place")
    before = fs.ukey("prod/x")
    file = ConfigFile()
    other = file.load()["team share"]
    file.delete("prod")
    with pytest.raises(ValueError, match="no storage configuration 'prod'"):
        fs.exists("prod/x")
    file.add(other, name="prod")
    assert not fs.exists("prod/x")
    fs.pipe_file("team share/x", b"new place")
    assert fs.cat_file("prod/x") == b"new place"
    assert fs.ukey("prod/x") not in (before, fs.ukey("team share/x"))
    assert storage_core.get_store("team share").fs.cat("x") == b"new place"
