"""fsspec's own functions and file systems, over `storage://`.

What was expected and what was found stands beside each test; fsspec 2026.9.0.
"""

from __future__ import annotations

import base64
import gzip
import json
import pickle
import secrets
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import fsspec
import pytest
from fsspec.generic import GenericFileSystem, rsync
from fsspec.implementations.asyn_wrapper import AsyncFileSystemWrapper

import storage_core
from storage_core.blobpath import blob_path
from storage_core.fs import CacheMapper
from tests.servers.aws import ROLE, aws
from tests.servers.raw_http import RawServer, raw_server
from tests.servers.s3 import S3Server
from tests.tools.conftest import Files


def put(url: str, data: bytes, **options: Any) -> None:
    """Store some bytes."""
    with fsspec.open(url, "wb", **options) as file:
        file.write(data)


def got(url: str, **options: Any) -> bytes:
    """What is there."""
    with fsspec.open(url, "rb", **options) as file:
        data: bytes = file.read()
    return data


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


class TestRsync:
    def test_copies_from_one_name_to_another(self, files: Files) -> None:
        put("storage://prod/tree/a", b"a")
        put("storage://prod/tree/b/c", b"bc")
        put("storage://staging/copy/old", b"old")
        rsync("storage://prod/tree", "storage://staging/copy")
        assert _tree("storage://staging/copy") == {"a": b"a", "b/c": b"bc", "old": b"old"}
        rsync("storage://prod/tree", "storage://staging/copy", delete_missing=True)
        assert _tree("storage://staging/copy") == {"a": b"a", "b/c": b"bc"}
        assert _tree("storage://prod/tree") == {"a": b"a", "b/c": b"bc"}

    def test_takes_a_whole_name(self, files: Files) -> None:
        put("storage://prod/tree/a", b"a")
        rsync("storage://prod", "storage://staging/all")
        assert _tree("storage://staging/all") == {"tree/a": b"a"}

    def test_copies_from_and_to_folders(self, files: Files, tmp_path: Path) -> None:
        (tmp_path / "from" / "b").mkdir(parents=True)
        (tmp_path / "from" / "b" / "c").write_bytes(b"bc")
        rsync(f"file://{tmp_path}/from", "storage://prod/to")
        assert _tree("storage://prod/to") == {"b/c": b"bc"}
        rsync("storage://prod/to", f"file://{tmp_path}/back")
        assert (tmp_path / "back" / "b" / "c").read_bytes() == b"bc"

    def test_does_not_see_another_content_of_the_same_size(self, files: Files) -> None:
        # expected: what differs is copied. found: sizes are compared and nothing else; update_cond
        # or a field that differs has to be asked for.
        put("storage://prod/tree/a", b"new")
        put("storage://staging/copy/a", b"old")
        rsync("storage://prod/tree", "storage://staging/copy")
        assert _tree("storage://staging/copy") == {"a": b"old"}
        rsync("storage://prod/tree", "storage://staging/copy", update_cond="always")
        assert _tree("storage://staging/copy") == {"a": b"new"}

    def test_takes_one_configuration_file_for_both_ends(self, files: Files) -> None:
        # expected: storage_options name one configuration file for the protocol, and both ends
        # are looked up in it. found: so from 2026.7 on; before that they count for listing only.
        put("storage://prod/tree/a", b"one")
        put("storage://prod/tree/a", b"other", config_path=files.other)
        generic = GenericFileSystem(
            default_method="options", storage_options={"storage": {"config_path": files.other}}
        )
        rsync("storage://prod/tree", "storage://staging/copy", fs=generic)
        copied = (
            _tree("storage://staging/copy"),
            _tree("storage://staging/copy", config_path=files.other),
        )
        version = tuple(map(int, fsspec.__version__.split(".")[:2]))
        assert copied == (({}, {"a": b"other"}) if version >= (2026, 7) else ({"a": b"one"}, {}))

    def test_a_source_that_is_not_there_empties_nothing(self, files: Files) -> None:
        put("storage://staging/copy/a", b"a")
        with pytest.raises(ValueError, match="directory"):
            rsync("storage://prod/misspelt", "storage://staging/copy", delete_missing=True)
        assert _tree("storage://staging/copy") == {"a": b"a"}

    @pytest.mark.parametrize("files", ["local"], indirect=True)
    def test_what_cannot_be_written_is_raised_within_storage_alone(
        self, files: Files, tmp_path: Path
    ) -> None:
        # expected: an error. found: between two protocols there is none, and what is returned is
        # what was tried; both names of ours are one file system, whose own `copy` raises.
        put("storage://staging/copy/a/folder", b"")
        put("storage://prod/tree/a", b"a")
        (tmp_path / "from").mkdir()
        (tmp_path / "from" / "a").write_bytes(b"a")
        with pytest.raises(IsADirectoryError):
            rsync("storage://prod/tree", "storage://staging/copy")
        tried = rsync(f"file://{tmp_path}/from", "storage://staging/copy")
        assert [*tried.values()] == ["storage://staging/copy/a"]
        assert _tree("storage://staging/copy") == {"a/folder": b""}

    def test_a_name_that_is_not_there_is_raised(self, files: Files) -> None:
        put("storage://prod/tree/a", b"a")
        with pytest.raises(storage_core.StorageNotFound, match="nowhere"):
            rsync("storage://prod/tree", "storage://nowhere/copy")


class TestCaches:
    """simplecache, filecache and blockcache keep what they have read in files of this machine."""

    @pytest.fixture(params=["simplecache", "filecache", "blockcache"])
    def cache(self, request: pytest.FixtureRequest) -> str:
        name: str = request.param
        return name

    def test_read_a_file_once(self, files: Files, cache: str, tmp_path: Path) -> None:
        options = {cache: {"cache_storage": str(tmp_path / "cache")}}
        put("storage://prod/big", b"x" * 300_000)
        put("storage://staging/big", b"y" * 300_000)
        for _ in range(2):
            assert got(f"{cache}::storage://prod/big", **options) == b"x" * 300_000
            assert got(f"{cache}::storage://staging/big", **options) == b"y" * 300_000
        fsspec.url_to_fs("storage://prod")[0].rm("prod/big")
        assert got(f"{cache}::storage://prod/big", **options) == b"x" * 300_000
        text = b"".join(
            path.read_bytes() for path in (tmp_path / "cache").iterdir() if path.name == "cache"
        )
        files.assert_not_told_by(text)

    def test_without_a_folder_two_files_do_not_meet(self, files: Files, cache: str) -> None:
        put("storage://prod/a", b"one")
        put("storage://prod/a", b"two", config_path=files.other)
        assert got(f"{cache}::storage://prod/a") == b"one"
        options = {"storage": {"config_path": files.other}}
        assert got(f"{cache}::storage://prod/a", **options) == b"two"

    def test_in_one_folder_two_files_meet(self, files: Files, cache: str, tmp_path: Path) -> None:
        # expected and found: what is kept is known by its path alone, so that another
        # configuration file is served this one's data.
        assert self._in_turn(files, cache, tmp_path)[:2] == [b"one", b"one"]

    def test_in_one_folder_simplecache_can_tell_two_files_apart(
        self, files: Files, tmp_path: Path
    ) -> None:
        mappers = [CacheMapper(), CacheMapper(files.other)]
        kept = [{"cache_mapper": mapper} for mapper in mappers]
        assert self._in_turn(files, "simplecache", tmp_path, *kept) == [b"one", b"two"] * 2
        assert mappers[0] != mappers[1] == pickle.loads(pickle.dumps(mappers[1]))

    @pytest.mark.parametrize("cache", ["filecache", "blockcache"])
    def test_in_one_folder_the_others_cannot(
        self, files: Files, cache: str, tmp_path: Path
    ) -> None:
        # expected: check_files tells the files apart. found: each puts its own over the other's,
        # and the first one, whose own has not changed, is served that. With a folder for each none.
        kept = [{"check_files": True}] * 2
        assert self._in_turn(files, cache, tmp_path, *kept)[:3] == [b"one", b"two", b"two"]
        kept = [{"cache_storage": str(tmp_path / name)} for name in "ab"]
        assert self._in_turn(files, cache, tmp_path, *kept) == [b"one", b"two"] * 2

    def test_a_name_that_leads_elsewhere_is_seen_if_files_are_told_apart(
        self, files: Files, cache: str, tmp_path: Path
    ) -> None:
        told = {"cache_mapper": CacheMapper()} if cache == "simplecache" else {"check_files": True}
        options = {cache: {"cache_storage": str(tmp_path / "cache"), **told}}
        put("storage://prod/a", b"one")
        put("storage://prod/a", b"new", config_path=files.other)
        assert got(f"{cache}::storage://prod/a", **options) == b"one"
        Path(files.one).write_bytes(
            Path(files.other).read_bytes().replace(b'"places', b'"../other/places')
        )
        assert got(f"{cache}::storage://prod/a", **options) == b"new"

    def _in_turn(
        self, files: Files, cache: str, tmp_path: Path, *kept: dict[str, Any]
    ) -> list[bytes]:
        """What each file is served from one folder, where both have a file of this path."""
        if not storage_core.get_store("prod").fs.exists("a"):
            put("storage://prod/a", b"one" * 100_000)
            put("storage://prod/a", b"two" * 100_000, config_path=files.other)
        folder = {"cache_storage": str(tmp_path / f"cache{len(kept)}")}
        return [
            got(
                f"{cache}::storage://prod/a",
                storage={"config_path": config_path},
                **{cache: folder | options},
            )[-3:]
            for config_path, options in [*zip((None, files.other), kept or ({}, {}), strict=True)]
            * 2
        ]

    @pytest.mark.parametrize("cache", ["simplecache", "filecache"])
    def test_serve_no_half_of_a_file_whose_download_broke_off(
        self, cache: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # expected: what has failed is tried again. found: with a file system that downloads to the
        # place itself the half that came is served from then on, which ours does not.
        works = Event()

        def answer(server: RawServer, connection: socket.socket) -> None:
            request = server.requests[-1].lower()
            status, body = "200 OK", bytes(100)
            head = 'Content-Length: 100\r\nETag: "e"\r\nConnection: close\r\n'
            if b"range: bytes=" in request:
                status, head = "206 Partial Content", head + "Content-Range: bytes 0-99/100\r\n"
            if request.startswith(b"head"):
                body = b""
            elif not works.is_set():
                body = body[:50]
            connection.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)

        with raw_server(answer) as server:
            path = tmp_path / "storage.toml"
            path.write_text(
                f"[storage.prod]\ntype = 's3'\nbucket = 'box'\nendpoint_url = '{server.url}'\n"
                f"aws_access_key_id = 'k'\naws_secret_access_key = '{secrets.token_hex(20)}'\n"
            )
            monkeypatch.setenv("STORAGE_CONFIG", str(path))
            monkeypatch.setenv("STORAGE_TIMEOUT", "0.5")
            options = {cache: {"cache_storage": str(tmp_path / "cache")}}
            with pytest.raises(storage_core.StorageUnavailable):
                got(f"{cache}::storage://prod/x", **options)
            works.set()
            monkeypatch.delenv("STORAGE_TIMEOUT")
            assert got(f"{cache}::storage://prod/x", **options) == bytes(100)

    def test_simplecache_writes_through(self, files: Files) -> None:
        put("simplecache::storage://prod/w", b"written")
        assert got("storage://prod/w") == b"written"

    def test_open_local_gives_a_file_of_this_machine(self, files: Files) -> None:
        put("storage://prod/l", b"local")
        assert Path(fsspec.open_local("simplecache::storage://prod/l")).read_bytes() == b"local"
        with pytest.raises(ValueError, match="local"):
            fsspec.open_local("storage://prod/l")


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


def test_a_variable_of_fsspec_names_the_file(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    # expected: FSSPEC_STORAGE_CONFIG_PATH is what storage_options={"config_path": …} says, also in
    # tools that take no options. found: so, read once, when fsspec is imported.
    put("storage://prod/a", b"other", config_path=files.other)
    monkeypatch.setitem(fsspec.config.conf, "storage", {"config_path": files.other})
    assert got("storage://prod/a") == b"other"


def _tree(url: str, **options: Any) -> dict[str, bytes]:
    return dict(fsspec.get_mapper(url, **options))
