"""S3 Storage on every service there is, over http and https: what all types promise holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from secrets import token_hex

import pytest

from storage_core import S3Storage, StorageUnavailable
from storage_core.backends.base import Backend
from storage_core.blobpath import blob_path
from storage_core.check import probe
from storage_core.testing import PlaceCases
from tests.matrix.conftest import Running

pytestmark = pytest.mark.servers


class TestS3Service(PlaceCases):
    @pytest.fixture(autouse=True)
    def _differences(self, running: Running) -> None:
        self.spans: Sequence[tuple[int, int]] = running.service.spans
        self._nests = running.service.objects_below_objects

    @pytest.fixture
    def configuration(self, running: Running) -> S3Storage:
        return running.storage()

    @pytest.fixture
    def wrong_credentials(self, running: Running, configuration: S3Storage) -> S3Storage:
        if not running.service.checks_secret:
            return replace(configuration, aws_access_key_id=token_hex(10))
        return replace(configuration, aws_secret_access_key=token_hex(20))

    @pytest.fixture
    def missing_place(self, configuration: S3Storage) -> S3Storage:
        return replace(configuration, bucket=f"missing-{token_hex(4)}")

    @pytest.fixture
    def server_down(self, configuration: S3Storage, server_down_url: str) -> S3Storage:
        return replace(configuration, endpoint_url=server_down_url)

    def test_a_folder_is_no_blob_and_survives_what_is_done_to_its_name(
        self, backend: Backend, folder: str
    ) -> None:
        if self._nests:
            super().test_a_folder_is_no_blob_and_survives_what_is_done_to_its_name(backend, folder)
            return
        backend.put(blob_path(f"{folder}/a/b/c"), b"x", overwrite=True)
        with pytest.raises(StorageUnavailable, match="InternalError"):
            backend.put(blob_path(f"{folder}/a/b"), b"x", overwrite=True)

    def test_the_connection_test_says_what_the_service_does_not_do(
        self, running: Running, configuration: S3Storage
    ) -> None:
        found = list(probe(configuration))
        assert all(result.ok for result in found)
        lacking = {result.step.name for result in found if result.lacks}
        assert lacking == (set() if running.service.condition == "keeps" else {"keep"})
