"""What fsspec puts above `storage://`: archives, folders, references; fsspec 2026.9.0."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.asyn_wrapper import AsyncFileSystemWrapper

import storage_core
from tests.tools.conftest import Files
from tests.tools.urls import got, put


class TestChains:
    def test_a_member_of_a_zip(self, files: Files) -> None:
        put("zip://in/x.csv::storage://prod/a.zip", b"a,b\n", zip={"mode": "w"})
        put("zip://in/x.csv::storage://staging/a.zip", b"other", zip={"mode": "w"})
        assert got("zip://in/x.csv::storage://prod/a.zip") == b"a,b\n"
        assert got("zip://in/x.csv::storage://staging/a.zip") == b"other"
        archive = fsspec.filesystem("zip", fo="storage://prod/a.zip")
        assert archive.find("") == ["in/x.csv"]

    def test_a_member_of_a_tar(self, files: Files, tmp_path: Path) -> None:
        import tarfile

        (tmp_path / "x").write_bytes(b"in a tar")
        with (
            fsspec.open("storage://prod/a.tar.gz", "wb") as out,
            tarfile.open(fileobj=out, mode="w:gz") as tar,
        ):
            tar.add(tmp_path / "x", "x")
        assert got("tar://x::storage://prod/a.tar.gz", tar={"compression": "gzip"}) == b"in a tar"

    def test_a_folder_as_a_file_system(self, files: Files) -> None:
        fs = fsspec.filesystem("dir", path="storage://prod/below", target_protocol="storage")
        fs.pipe("x/y", b"1")
        assert fs.find("") == ["x/y"]
        assert fs.cat("x/y") == b"1"
        assert got("storage://prod/below/x/y") == b"1"
        fs.mv("x/y", "z")
        assert fs.find("") == ["z"]
        files.assert_not_told_by(fs)

    def test_references_to_parts_of_files_under_two_names(self, files: Files) -> None:
        put("storage://prod/big", b"0123456789")
        put("storage://staging/big", b"abcdefghij")
        references = {
            "inline": "text",
            "one": ["storage://prod/big", 2, 3],
            "two": ["storage://staging/big", 4, 2],
            "all": ["storage://staging/big"],
        }
        put("storage://prod/refs.json", json.dumps({"version": 1, "refs": references}).encode())
        fs = fsspec.filesystem(
            "reference",
            fo="storage://prod/refs.json",
            target_protocol="storage",
            remote_protocol="storage",
        )
        assert fs.cat(["inline", "one", "two", "all"]) == {
            "inline": b"text",
            "one": b"234",
            "two": b"ef",
            "all": b"abcdefghij",
        }
        files.assert_not_told_by(fs)


def test_what_stands_above_two_stores_is_not_shared() -> None:
    # expected: one for each. found: fsspec keeps file systems by the text of their arguments, and
    # two accounts of Azure that have a container of one name differ in what is masked there.
    def store(account: str) -> storage_core.Store:
        key = base64.b64encode(secrets.token_bytes(64)).decode()
        string = f"AccountName={account};AccountKey={key};EndpointSuffix=core.windows.net"
        return storage_core.open_store(
            storage_core.AzureBlobStorage(container="results", connection_string=string)
        )

    one, two = store("one"), store("two")
    for above in ("dir", "simplecache"):
        made = [
            fsspec.filesystem(above, fs=each.fs, **({"path": "x"} if above == "dir" else {}))
            for each in (one, two)
        ]
        assert made[0] is not made[1]
    assert repr(one.fs) == repr(one.fs)
    wrapped = [AsyncFileSystemWrapper(each.fs, asynchronous=True) for each in (one, two)]
    assert wrapped[0] != wrapped[1]


async def test_it_can_be_made_asynchronous(files: Files) -> None:
    fs = AsyncFileSystemWrapper(fsspec.filesystem("storage", asynchronous=True), asynchronous=True)
    await fs._pipe_file("prod/a", b"1")
    await fs._pipe_file("staging/a", b"2")
    assert await fs._cat(["prod/a", "staging/a"]) == {"prod/a": b"1", "staging/a": b"2"}
    assert await fs._find("prod") == ["prod/a"]
    with pytest.raises(FileNotFoundError):
        await fs._info("prod/none")
