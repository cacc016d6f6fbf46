"""The KV client's own methods, against the project's server and one with the two calls only."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_bytes, token_hex

import pytest

from storage_core.backends.drivers.kv import open_kv
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.blobpath import BlobPath, blob_path
from storage_core.errors import BlobExists
from tests.servers.kv import KVServer
from tests.stores.backends.calls import get_file, put_file


class BackendCases:
    @pytest.fixture
    def key(self) -> BlobPath:
        return blob_path(f"results/{token_hex(16)}")

    @pytest.mark.parametrize("data", [b"", b"\xff" * 1000, b"text"])
    def test_files_go_in_and_come_out(
        self, backend: RemoteBackend, key: BlobPath, data: bytes, tmp_path: Path
    ) -> None:
        (tmp_path / "in").write_bytes(data)
        put_file(backend, key, tmp_path / "in", overwrite=False)
        get_file(backend, key, tmp_path / "out")
        assert (tmp_path / "out").read_bytes() == data
        with backend.open(key) as file:
            assert file.read(2) + file.read() == data

    def test_a_blob_is_replaced_only_when_that_is_asked_for(
        self, backend: RemoteBackend, key: BlobPath
    ) -> None:
        backend.put(key, b"1", overwrite=False)
        with pytest.raises(BlobExists, match=key.rpartition("/")[2]):
            backend.put(key, b"2", overwrite=False)
        backend.put(key, b"3", overwrite=True)
        assert backend.get(key) == b"3"

    @pytest.mark.parametrize("name", ["a" * 200, "...", "-", "..a", "A.b_c-D", "results-x"])
    def test_every_name_that_a_key_may_have_works(self, backend: RemoteBackend, name: str) -> None:
        data = token_bytes(8)
        backend.put(blob_path(f"flows/{name}"), data, overwrite=True)
        assert backend.get(blob_path(f"flows/{name}")) == data
        assert not backend.exists(blob_path(f"results/{name}"))

    def test_a_blob_that_grows_sixfold_on_the_way_arrives(
        self, backend: RemoteBackend, key: BlobPath
    ) -> None:
        data = b"\0" * 8 * 1024 * 1024
        backend.put(key, data, overwrite=True)
        assert backend.get(key) == data
        assert backend.exists(key)

    def test_a_closed_backend_opens_again(self, backend: RemoteBackend, key: BlobPath) -> None:
        backend.put(key, b"x", overwrite=True)
        backend.close()
        backend.close()
        assert backend.get(key) == b"x"

    def test_threads_that_close_it_do_not_disturb_those_that_use_it(
        self, backend: RemoteBackend
    ) -> None:
        def use(n: int) -> bool:
            key, data = blob_path(f"results/shared-{n}-{token_hex(8)}"), token_bytes(100)
            backend.put(key, data, overwrite=True)
            if n % 10 == 0:
                backend.close()
            return backend.get(key) == data

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(use, range(100)))


class TestTheProjectsOwnServer(BackendCases):
    @pytest.fixture
    def backend(self, kv_server: KVServer) -> Iterator[RemoteBackend]:
        backend = open_kv(kv_server.api_address, token=kv_server.token, timeout=20)
        yield backend
        backend.close()


class TestAServerWithTwoCallsOnly(BackendCases):
    @pytest.fixture
    def backend(self, plain_kv_url: str) -> Iterator[RemoteBackend]:
        backend = open_kv(plain_kv_url, token=None, timeout=20)
        yield backend
        backend.close()
