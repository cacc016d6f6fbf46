"""S3 Storage on every service there is, over http and https: what all types promise holds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes, token_hex

import pytest
from time_machine import travel

from storage_core import AccessDenied, S3Storage, StorageUnavailable, open_store
from storage_core.backends.base import Backend
from storage_core.backends.checked import CheckedBackend
from storage_core.backends.remote import backend as remote
from storage_core.blobpath import blob_path
from storage_core.check import probe
from storage_core.testing import PlaceCases
from tests.engines import both
from tests.matrix.conftest import Running
from tests.stores.test_clock_and_region import CALLS

pytestmark = [pytest.mark.servers, both]


class TestS3Service(PlaceCases):
    @pytest.fixture(autouse=True)
    def _differences(self, running: Running) -> None:
        self.spans: Sequence[tuple[int, int]] = running.service.spans
        self._lists_on = running.service.lists_on
        self._nests = running.service.objects_below_objects

    @pytest.fixture
    def configuration(self, running: Running) -> S3Storage:
        return running.storage()

    @pytest.fixture
    def wrong_credentials(self, running: Running, configuration: S3Storage) -> S3Storage:
        wrong = replace(configuration, aws_secret_access_key=token_hex(20))
        if not running.service.checks_secret:
            wrong = replace(wrong, aws_access_key_id=token_hex(10))
        return wrong

    @pytest.fixture
    def missing_place(self, configuration: S3Storage) -> S3Storage:
        return replace(configuration, bucket=f"missing-{token_hex(4)}")

    @pytest.fixture
    def server_down(self, configuration: S3Storage, server_down_url: str) -> S3Storage:
        # A secret that is no word: s3rver's is its key ID.
        secret = token_hex(20)
        return replace(configuration, endpoint_url=server_down_url, aws_secret_access_key=secret)

    def test_a_folder_is_no_blob_and_survives_what_is_done_to_its_name(
        self, backend: Backend, folder: str
    ) -> None:
        if self._nests:
            super().test_a_folder_is_no_blob_and_survives_what_is_done_to_its_name(backend, folder)
            return
        backend.put(blob_path(f"{folder}/a/b/c"), b"x", overwrite=True)
        with pytest.raises(StorageUnavailable, match="InternalError"):
            backend.put(blob_path(f"{folder}/a/b"), b"x", overwrite=True)

    def test_the_address_may_come_from_a_variable(
        self,
        running: Running,
        configuration: S3Storage,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", running.server.endpoint_url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", running.server.access_key_id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", running.server.secret_access_key)
        if running.server.ca_bundle:
            monkeypatch.setenv("AWS_CA_BUNDLE", str(running.server.ca_bundle))
        with open_store(S3Storage(bucket=configuration.bucket)) as store:
            data = token_bytes(20 * 1024 * 1024)
            key = store.write(data)
            assert store.read(key) == data
            store.read_file(key, tmp_path / "copy")
            assert (tmp_path / "copy").read_bytes() == data

    def test_a_clock_that_is_wrong_is_said(
        self, running: Running, configuration: S3Storage
    ) -> None:
        with open_store(configuration) as store, travel(time.time() - 3600):
            for call in CALLS.values():
                if running.service.checks_clock:
                    with pytest.raises(AccessDenied, match="60 minutes behind the server's"):
                        call(store)

    def test_a_wrong_region_is_no_hindrance_to_a_look_up(self, configuration: S3Storage) -> None:
        with open_store(configuration) as store:
            key = store.write(b"x")
        with open_store(replace(configuration, region_name="eu-north-1")) as store:
            assert store.exists(key)
        with open_store(replace(configuration, region_name="eu-north-1")) as store:
            assert not store.exists("results/nothing")

    def test_a_long_listing_has_each_blob_and_folder_once(
        self, backend: CheckedBackend, folder: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(remote, "PAGE_SIZE", 4)
        names = [sha256(b"%d" % number).hexdigest()[:20] for number in range(40)]
        paths = {f"{folder}/{name}" for name in names[:20]}
        paths |= {f"{folder}/{name[0]}x/2026/ü {name}" for name in names[20:]}
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda path: backend.put(path, b"x", overwrite=True), paths))
        if not self._lists_on:
            with pytest.raises(StorageUnavailable, match="InternalError"):
                list(backend.list(folder))
            return
        found = [entry.path for entry in backend.list(folder)]
        assert sorted(found) == sorted(paths)
        top = [entry.path for entry in backend.list(folder, delimiter=True)]
        assert sorted(top) == sorted({"/".join(path.split("/")[:2]) for path in paths})

    def test_the_connection_test_says_what_the_service_does_not_do(
        self, running: Running, configuration: S3Storage
    ) -> None:
        found = list(probe(configuration))
        assert all(result.ok for result in found)
        lacking = {result.step.name for result in found if result.lacks}
        assert lacking == (set() if running.service.condition == "keeps" else {"keep"})
