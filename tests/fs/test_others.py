"""What others have stored in a bucket, under names that no blob of ours can have."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage_core import InvalidKey
from storage_core.fs import StorageFileSystem
from tests.fs.places import s3_table, written
from tests.servers.s3 import S3Server


@pytest.fixture
def fs(s3_server: S3Server, tmp_path: Path) -> StorageFileSystem:
    """A bucket with a file of ours, folders' markers as consoles make them, and odd names."""
    table = s3_table(s3_server)
    names = ("ours/a", "ours/", "ours/empty/", "made/", "odd//b", "odd/../c", "odd/x/")
    for name in names:
        body = b"no marker" if name == "odd/x/" else b""
        s3_server.client.put_object(Bucket=table["bucket"], Key=f"below/here/{name}", Body=body)
    return StorageFileSystem(config_path=written(tmp_path / "storage.toml", {"prod": table}))


def test_a_folders_marker_is_the_folder(fs: StorageFileSystem) -> None:
    assert fs.ls("prod/ours", detail=False) == ["prod/ours/a", "prod/ours/empty"]
    assert fs.isdir("prod/ours/empty")
    assert fs.ls("prod/ours/empty") == []
    assert fs.ls("prod/made") == []
    assert fs.find("prod/ours") == ["prod/ours/a"]
    assert fs.find("prod/ours", withdirs=True) == [
        "prod/ours",
        "prod/ours/a",
        "prod/ours/empty",
    ]
    assert fs.cat("prod/ours", recursive=True) == {"prod/ours/a": b""}
    assert fs.du("prod/ours") == 0


def test_other_names_are_listed_and_cannot_be_opened(fs: StorageFileSystem) -> None:
    assert fs.find("prod/odd") == ["prod/odd/../c", "prod/odd//b", "prod/odd/x/"]
    assert "prod/odd/.." in fs.ls("prod/odd", detail=False)
    for path in ("prod/odd//b", "prod/odd/../c"):
        with pytest.raises(ValueError, match="is not valid") as raised:
            fs.cat_file(path)
        assert isinstance(raised.value, InvalidKey)


def test_they_do_not_lead_out_of_a_local_folder(fs: StorageFileSystem, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"outside|not valid"):
        fs.get("prod/odd/", f"{tmp_path}/target/", recursive=True)
    assert not (tmp_path / "c").exists()


def test_deleting_a_folder_says_what_is_left_of_others(fs: StorageFileSystem) -> None:
    with pytest.raises(InvalidKey):
        fs.rm("prod/odd", recursive=True)
    assert fs.exists("prod/odd")


def test_walking_passes_by_what_cannot_be_opened(fs: StorageFileSystem) -> None:
    walked = {folder: (folders, files) for folder, folders, files in fs.walk("prod")}
    assert walked["prod"] == (["made", "odd", "ours"], [])
    assert walked["prod/ours"] == (["empty"], ["a"])
    assert ".." in walked["prod/odd"][0]
    assert "prod/odd/.." not in walked
    with pytest.raises(InvalidKey):
        [*fs.walk("prod/odd/..")]


def test_a_folder_of_the_same_name_hides_no_file(s3_server: S3Server, tmp_path: Path) -> None:
    table = s3_table(s3_server)
    for name in ("x", "x/", "x/y"):
        body = b"" if name.endswith("/") else b"1"
        s3_server.client.put_object(Bucket=table["bucket"], Key=f"below/here/{name}", Body=body)
    fs = StorageFileSystem(config_path=written(tmp_path / "storage.toml", {"prod": table}))
    assert fs.find("prod") == ["prod/x", "prod/x/y"]
    assert [each["type"] for each in fs.ls("prod")] == ["directory", "file"]
    assert [*fs.walk("prod")] == [("prod", ["x"], ["x"]), ("prod/x", [], ["y"])]
    fs.get("prod/x", str(tmp_path / "copy"))
    assert (tmp_path / "copy").read_bytes() == b"1"
    fs.rm("prod/x")
    assert fs.find("prod") == ["prod/x/y"]
