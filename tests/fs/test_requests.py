"""How often a server is asked, counted there: once for whatever one request can do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from secrets import token_bytes
from urllib.parse import urlsplit

import fsspec
import pytest

from storage_core.fs import StorageFileSystem
from tests.fs.places import table_of, written
from tests.servers.front import Front, front_of

MIB = 1024 * 1024
ADDRESS = {"s3": "endpoint_url", "gcs": "endpoint_url", "azure": "connection_string"}


@pytest.fixture(params=["s3", "azure", "gcs"])
def front(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Front]:
    """Between the client and a server that counts; the place is called `prod`."""
    kind: str = request.param
    table = table_of("moto" if kind == "s3" else kind, request, tmp_path)
    setting = ADDRESS[kind]
    if kind == "azure":
        server = urlsplit(table[setting].partition("BlobEndpoint=")[2].rstrip(";"))
        url = f"{server.scheme}://{server.netloc}"
    else:
        url = table[setting]
    with front_of(url, lambda _: None) as front:
        table[setting] = table[setting].replace(url, front.url)
        path = written(tmp_path / "storage.toml", {"prod": table}, default="prod")
        monkeypatch.setenv("STORAGE_CONFIG", path)
        # Signs in, where that is a request of its own.
        StorageFileSystem().exists("prod/nothing")
        front.asked.clear()
        yield front


def test_writing_is_one_request(front: Front) -> None:
    fs = StorageFileSystem()
    fs.pipe_file("prod/raw/a", b"x" * 100)
    with fs.open("prod/raw/b", "wb") as file:
        file.write(b"y")
    with fsspec.open("storage://prod/raw/c", "wt") as file:
        file.write("z" * MIB)
    fs.touch("prod/raw/d")
    assert len(front.asked) == 4, front.methods()


def test_reading_is_one_request(front: Front) -> None:
    fs, data = StorageFileSystem(), token_bytes(200_000)
    fs.pipe_file("prod/raw/a", data)
    front.asked.clear()
    assert fs.cat_file("prod/raw/a") == data
    assert fs.cat_file("prod/raw/a", 1000, 150_000) == data[1000:150_000]
    assert fs.head("prod/raw/a", 1000) == data[:1000]
    assert fs.modified("prod/raw/a") is not None
    fs.ukey("prod/raw/a")
    assert len(front.asked) == 5, front.methods()


def test_a_small_file_is_opened_and_read_in_one_request(front: Front, tmp_path: Path) -> None:
    fs, data = StorageFileSystem(), token_bytes(64 * 1024)
    fs.pipe_file("prod/raw/a", data)
    fs.pipe_file("prod/raw/empty", b"")
    front.asked.clear()
    with fsspec.open("storage://prod/raw/a", "rb") as file:
        assert file.read() == data
    with fs.open("prod/raw/empty") as file:
        assert file.read() == b""
    fs.get_file("prod/raw/a", tmp_path / "a")
    assert len(front.asked) == 3, front.methods()


def test_a_larger_one_takes_one_more_for_each_block(front: Front) -> None:
    fs, data = StorageFileSystem(), token_bytes(MIB)
    fs.pipe_file("prod/raw/a", data)
    front.asked.clear()
    with fs.open("prod/raw/a") as file:
        assert file.read(1000) == data[:1000]
        assert len(front.asked) == 1, "what came when it was opened is enough"
        assert file.read() == data[1000:]
    assert len(front.asked) == 2, front.methods()


def test_a_thousand_names_are_one_request(front: Front) -> None:
    fs = StorageFileSystem()
    fs.pipe({f"prod/many/{number % 5}/{number}": b"" for number in range(300)})
    front.asked.clear()
    assert len(fs.ls("prod/many")) == 5
    assert len(fs.find("prod/many")) == 300
    assert len(fs.find("prod/many", withdirs=True)) == 306
    assert len(fs.glob("prod/many/*")) == 5
    assert fs.du("prod/many") == 0
    assert fs.isdir("prod/many")
    assert fs.isfile("prod/many/0/0")
    assert len(front.asked) == 7, front.methods()


def test_many_files_are_one_request_each_and_one_listing(
    front: Front, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    fs = StorageFileSystem()
    source = tmp_path / "source"
    for number in range(10):
        (source / f"{number % 2}").mkdir(parents=True, exist_ok=True)
        (source / f"{number % 2}" / f"{number}").write_bytes(b"x")
    fs.put(f"{source}/", "prod/many/", recursive=True)
    assert len(front.asked) == 10, front.methods()
    front.asked.clear()
    assert len(fs.cat("prod/many", recursive=True)) == 10
    assert len(front.asked) == 11, front.methods()
    front.asked.clear()
    fs.get("prod/many/", f"{tmp_path}/target/", recursive=True)
    assert len(front.asked) == 11, front.methods()
    assert sum(len(files) for _, _, files in os.walk(tmp_path / "target")) == 10
    front.asked.clear()
    fs.rm("prod/many", recursive=True)
    # S3 alone deletes many in one.
    knows_many = front.methods() == ["GET", "POST"]
    assert knows_many == (request.node.callspec.params["front"] == "s3")
    assert knows_many or len(front.asked) == 11, front.methods()
    assert fs.find("prod") == []
