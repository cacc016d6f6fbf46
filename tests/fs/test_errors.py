"""Errors of two families: each is caught by ours and by fsspec's usual ones, in any process."""

from __future__ import annotations

import errno
import inspect
import io
import pickle
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core import errors as ours
from storage_core.errors import StorageError
from storage_core.fs import StorageFileSystem
from storage_core.fs import errors as both
from tests.fs.places import s3_table, written
from tests.servers.s3 import S3Server

FAMILY = {
    ours.BlobNotFound: FileNotFoundError,
    ours.BlobExists: FileExistsError,
    ours.AccessDenied: PermissionError,
    ours.InvalidKey: ValueError,
    ours.StorageUnavailable: ConnectionError,
    ours.ConfigurationError: ValueError,
    ours.StorageNotFound: ValueError,
    ours.ConfigConflict: OSError,
    ours.IntegrityError: OSError,
    ours.UnsupportedOperation: NotImplementedError,
    ours.BulkError: OSError,
    StorageError: OSError,
}


def test_each_error_of_ours_has_one_of_both_families() -> None:
    every = {
        cls
        for _, cls in inspect.getmembers(ours, inspect.isclass)
        if issubclass(cls, StorageError) and cls.__module__ == ours.__name__
    }
    assert set(FAMILY) == every
    for cls, theirs in FAMILY.items():
        error = cls("it failed; do something")
        error.__cause__ = KeyError("x")
        error.while_signing_in = True
        made = both.translated(error)
        for one in (made, pickle.loads(pickle.dumps(made))):
            assert isinstance(one, cls)
            assert isinstance(one, theirs)
            assert str(one) == "it failed; do something"
            assert one.while_signing_in
        assert made.__cause__ is error.__cause__


def test_only_what_is_missing_is_a_file_that_is_not_found() -> None:
    for cls in FAMILY:
        is_missing = isinstance(both.translated(cls("x")), FileNotFoundError)
        assert is_missing == (cls is ours.BlobNotFound), cls


@pytest.mark.parametrize(
    ("error", "cause", "theirs"),
    [
        (ours.AccessDenied, IsADirectoryError(), IsADirectoryError),
        (ours.ConfigurationError, IsADirectoryError(), IsADirectoryError),
        (ours.ConfigurationError, NotADirectoryError(), NotADirectoryError),
        (ours.StorageUnavailable, TimeoutError(), TimeoutError),
    ],
)
def test_a_cause_may_say_more(
    error: type[StorageError], cause: Exception, theirs: type[Exception]
) -> None:
    raised = error("x")
    raised.__cause__ = cause
    made = both.translated(raised)
    assert isinstance(made, error)
    assert isinstance(made, theirs)


def test_errors_have_a_number_and_one_line() -> None:
    found = both.translated(ours.BlobNotFound("prod holds no x"))
    assert (getattr(found, "errno", None), str(found)) == (errno.ENOENT, "prod holds no x")
    assert issubclass(both.NotSupported, io.UnsupportedOperation)


def test_a_wrong_secret_is_no_empty_place(s3_server: S3Server, tmp_path: Path) -> None:
    table = s3_table(s3_server) | {"aws_secret_access_key": token_hex(20)}
    fs = StorageFileSystem(config_path=written(tmp_path / "storage.toml", {"prod": table}))
    for call in (fs.exists, fs.isfile, fs.isdir, fs.glob, fs.find, lambda path: [*fs.walk(path)]):
        with pytest.raises(PermissionError) as raised:
            call("prod/raw/*" if call == fs.glob else "prod/raw")
        assert isinstance(raised.value, ours.AccessDenied)
        assert table["aws_secret_access_key"] not in str(raised.value)


def test_a_missing_bucket_is_no_empty_place(s3_server: S3Server, tmp_path: Path) -> None:
    table = s3_table(s3_server) | {"bucket": f"none-{token_hex(4)}"}
    fs = StorageFileSystem(config_path=written(tmp_path / "storage.toml", {"prod": table}))
    for call in (fs.exists, fs.cat_file, fs.ls, fs.isdir):
        with pytest.raises(OSError, match="bucket") as raised:
            call("prod/raw")
        assert isinstance(raised.value, ours.ConfigurationError)
        assert not isinstance(raised.value, FileNotFoundError)


def test_a_server_that_is_down_is_said_to_be(server_down_url: str, tmp_path: Path) -> None:
    table = {
        "type": "s3",
        "bucket": "box",
        "endpoint_url": server_down_url,
        "aws_access_key_id": token_hex(8),
        "aws_secret_access_key": token_hex(20),
    }
    path = written(tmp_path / "storage.toml", {"prod": table})
    fs = StorageFileSystem(config_path=path, timeout=1)
    with pytest.raises(OSError) as raised:  # noqa: PT011 (ConnectionError or TimeoutError)
        fs.cat("prod/x")
    assert isinstance(raised.value, ours.StorageUnavailable)
    assert isinstance(raised.value, (ConnectionError, TimeoutError))


def test_links_are_not_followed(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (tmp_path / "secret").write_text("outside")
    (place / "link").symlink_to(tmp_path / "secret")
    (place / "folder").symlink_to(tmp_path)
    table = {"type": "local", "storage_path": str(place)}
    fs = StorageFileSystem(config_path=written(tmp_path / "storage.toml", {"prod": table}))
    assert fs.find("prod") == []
    for path in ("prod/link", "prod/folder/secret"):
        with pytest.raises(PermissionError):
            fs.cat_file(path)
    with pytest.raises(PermissionError):
        fs.pipe_file("prod/folder/new", b"")
    assert not (tmp_path / "new").exists()
