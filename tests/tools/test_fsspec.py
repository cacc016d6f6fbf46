"""fsspec's own functions over `storage://`.

What was expected and what was found stands beside each test; fsspec 2026.9.0.
"""

from __future__ import annotations

import gzip
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import fsspec
import pytest

import storage_core
from storage_core.blobpath import blob_path
from tests.servers.aws import ROLE, aws
from tests.servers.s3 import S3Server
from tests.tools.conftest import Files
from tests.tools.urls import got, put


def test_a_url_opens_the_place_of_its_name(files: Files) -> None:
    put("storage://prod/a/x.bin", b"prod")
    put("storage://staging/a/x.bin", b"staging")
    put("storage://prod/a/x.bin", b"other", config_path=files.other)
    assert got("storage://prod/a/x.bin") == b"prod"
    assert got("storage:///a/x.bin") == b"prod"
    assert got("storage://staging/a/x.bin") == b"staging"
    assert got("storage://prod/a/x.bin", config_path=files.other) == b"other"
    assert storage_core.get_store("prod").backend.get(blob_path("a/x.bin")) == b"prod"
    with pytest.raises(FileNotFoundError):
        got("storage://staging/a/x.bin", config_path=files.other)


def test_compression_is_told_by_the_name(files: Files) -> None:
    with fsspec.open("storage://prod/t.txt.gz", "wt", compression="infer") as file:
        file.write("two\nlines\n")
    assert gzip.decompress(got("storage://prod/t.txt.gz")) == b"two\nlines\n"
    with fsspec.open("storage://prod/t.txt.gz", "rt", compression="infer") as file:
        assert file.readlines() == ["two\n", "lines\n"]


@pytest.mark.parametrize("option", ["config", "configpath", "config_file", "time_out"])
def test_an_option_that_is_misspelt_is_not_passed_over(files: Files, option: str) -> None:
    # expected: any option is taken, since tools hand over what file systems in general take. found:
    # so with config=… too, and the file was written with one's own configuration file.
    with pytest.raises(TypeError, match=f"no option '{option}'; '.*' is meant"):
        put("storage://prod/x", b"x", **{option: files.other})
    fsspec.filesystem("storage", asynchronous=True, use_listings_cache=False, anon=True)
    assert not fsspec.filesystem("storage").exists("prod/x")


@pytest.mark.parametrize("codec", ["gzip", "bz2", "xz", "zip", "infer"])
def test_a_file_is_stored_compressed(files: Files, codec: str) -> None:
    # found: compressors leave the file below them open. What others store when it is collected,
    # is here never stored unless it is closed.
    fs = fsspec.filesystem("storage")
    with fs.open("prod/t.txt.gz", "wt", compression=codec, newline="") as file:
        file.write("two\nlines\n")
    with fs.open("prod/t.txt.gz", "rt", compression=codec) as file:
        assert file.readlines() == ["two\n", "lines\n"]
    file = fs.open("prod/t.bin.gz", "wb", compression=codec)
    assert file.write(b"x" * 3_000_000) == 3_000_000
    file.close()
    assert fs.size("prod/t.bin.gz") > 0
    with fs.open("prod/t.bin.gz", "rb", compression=codec) as file:
        assert file.read() == b"x" * 3_000_000


@pytest.mark.parametrize("mode", ["wt", "wb"])
def test_nothing_is_stored_compressed_of_a_block_that_fails(files: Files, mode: str) -> None:
    fs = fsspec.filesystem("storage")
    for opened in (
        fs.open("prod/t.gz", mode, compression="gzip"),
        fsspec.open("storage://prod/t.gz", mode, compression="gzip"),
    ):
        with pytest.raises(ZeroDivisionError), opened as file:
            _write_and_fail(file, "x" if mode == "wt" else b"x")
    assert not fs.exists("prod/t.gz")


def _write_and_fail(file: Any, data: str | bytes) -> None:
    file.write(data)
    raise ZeroDivisionError


def test_open_files_writes_to_and_reads_from_two_names_at_once(files: Files) -> None:
    # expected: a file for each URL. A name in the instance instead of the path would have read
    # both from the first.
    urls = ["storage://prod/p/0", "storage://staging/p/0"]
    with fsspec.open_files(urls, "wb") as opened:
        for number, file in enumerate(opened):
            file.write(b"%d" % number)
    assert [got(url) for url in urls] == [b"0", b"1"]
    with fsspec.open_files("storage://staging/p/*", "rb") as opened:
        assert [file.read() for file in opened] == [b"1"]
    lazy = pickle.loads(pickle.dumps(fsspec.open_files(urls, "rb")))
    with lazy as opened:
        assert [file.read() for file in opened] == [b"0", b"1"]
    files.assert_not_told_by(*fsspec.open_files(urls, "rb"))


def test_open_files_numbers_what_it_writes_below_a_name(files: Files) -> None:
    with fsspec.open_files("storage://prod/parts/*.csv", "w", num=2) as opened:
        for file in opened:
            file.write("x")
    fs, path = fsspec.url_to_fs("storage://prod/parts")
    assert sorted(fs.ls(path, detail=False)) == ["prod/parts/0.csv", "prod/parts/1.csv"]


def test_url_to_fs_gives_one_instance_for_all_names_of_a_file(files: Files) -> None:
    prod, path = fsspec.url_to_fs("storage://prod/a/b")
    staging, _ = fsspec.url_to_fs("storage://staging/a")
    other, _ = fsspec.url_to_fs("storage://prod/a", config_path=files.other)
    assert path == "prod/a/b"
    assert prod is staging
    assert prod != other
    assert fsspec.url_to_fs("storage:///a/b")[1] == "prod/a/b"
    assert prod.unstrip_protocol(path) == "storage://prod/a/b"
    files.assert_not_told_by(prod, other)


def test_threads_sign_in_once(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # expected: one instance for a file. found: fsspec keeps one for each thread, of which each one
    # opened the place for itself and assumed the role anew.
    with aws(s3_server) as cloud:
        path = tmp_path / "storage.toml"
        path.write_text(
            f"[storage.prod]\ntype = 's3'\nbucket = '{s3_server.new_bucket()}'\n"
            f"endpoint_url = '{s3_server.endpoint_url}'\nrole_arn = '{ROLE}'\n"
            f"sts_endpoint_url = '{cloud.url}'\naws_access_key_id = '{s3_server.access_key_id}'\n"
            f"aws_secret_access_key = '{s3_server.secret_access_key}'\n"
        )
        monkeypatch.setenv("STORAGE_CONFIG", str(path))
        put("storage://prod/x", b"x")
        all_there = Barrier(8)

        def read(_: int) -> bytes:
            all_there.wait(60)
            return got("storage://prod/x")

        with ThreadPoolExecutor(8) as pool:
            assert [*pool.map(read, range(8))] == [b"x"] * 8
        assert cloud.requests == ["AssumeRole"]


def test_the_default_of_another_file_is_not_mistaken_for_one_of_this_file(files: Files) -> None:
    # expected: storage:///x with config_path is x in the default of that file. found: fsspec strips
    # the protocol by the class, before there is an instance that knows of config_path, so that it
    # was the name of the first file's default, in the other file.
    options = {"config_path": files.other}
    for refused in (
        lambda: fsspec.open("storage:///x", "w", **options),
        lambda: fsspec.open_files(["storage:///x"], "w", **options),
        lambda: fsspec.url_to_fs("storage:///x", **options),
        lambda: fsspec.get_mapper("storage:///x", **options),
    ):
        with pytest.raises(storage_core.ConfigurationError, match="write storage://NAME/"):
            refused()
    put("storage:///x", b"one")
    assert got("storage://prod/x") == got("storage:///x") == b"one"
    assert fsspec.filesystem("storage", **options)._strip_protocol("storage:///x") == "staging/x"
    fs, _ = fsspec.url_to_fs("storage:///x")
    assert fs == pickle.loads(pickle.dumps(fs)) == fsspec.filesystem("storage")


def test_a_mapper_is_a_dictionary_of_one_folder(files: Files) -> None:
    mapper = fsspec.get_mapper("storage://prod/map")
    mapper["a/b"] = b"1"
    mapper.setitems({"c": b"2", "d": b"3"})
    assert dict(mapper) == {"a/b": b"1", "c": b"2", "d": b"3"}
    assert mapper.getitems(["c", "no"], on_error="omit") == {"c": b"2"}
    assert "a/b" in mapper
    assert "a" not in mapper
    with pytest.raises(KeyError):
        mapper["no"]
    del mapper["c"]
    again = pickle.loads(pickle.dumps(mapper))
    assert sorted(again) == ["a/b", "d"]
    assert not dict(fsspec.get_mapper("storage://staging/map"))
    assert not dict(fsspec.get_mapper("storage://prod/map", config_path=files.other))
    again.clear()
    assert not dict(mapper)
    files.assert_not_told_by(mapper)


def test_a_mapper_of_a_whole_place_is_not_cleared(files: Files) -> None:
    # expected: an error, since `rm` of a bare name is refused. found: FSMap.clear swallows every
    # exception, so that nothing happens.
    mapper = fsspec.get_mapper("storage://prod", create=True)
    mapper["a"] = b"1"
    mapper.clear()
    assert dict(mapper) == {"a": b"1"}


def test_a_variable_of_fsspec_names_the_file(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    # expected: FSSPEC_STORAGE_CONFIG_PATH is what storage_options={"config_path": …} says, also in
    # tools that take no options. found: so, read once, when fsspec is imported.
    put("storage://prod/a", b"other", config_path=files.other)
    monkeypatch.setitem(fsspec.config.conf, "storage", {"config_path": files.other})
    assert got("storage://prod/a") == b"other"
