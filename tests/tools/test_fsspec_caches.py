"""The caches of fsspec over `storage://`, on the disk of this machine; fsspec 2026.9.0.

What was expected and what was found stands beside each test.
"""

from __future__ import annotations

import pickle
import secrets
import socket
from pathlib import Path
from threading import Event
from typing import Any

import fsspec
import pytest

import storage_core
from storage_core.fs import CacheMapper
from tests.servers.raw_http import RawServer, raw_server
from tests.tools.conftest import Files
from tests.tools.urls import got, put


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
            request = server.asked.lower()
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
