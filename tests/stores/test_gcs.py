"""Google Cloud Storage, signed in with the JSON of a service account."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from secrets import token_hex

import pytest

import storage_core
from storage_core import GoogleCloudStorage
from storage_core.testing import PlaceCases
from tests.engines import both
from tests.servers.gcs import GCSServer

pytestmark = both


class TestGoogleCloudStorage(PlaceCases):
    @pytest.fixture
    def configuration(self, gcs_server: GCSServer) -> GoogleCloudStorage:
        return GoogleCloudStorage(
            bucket=gcs_server.new_bucket(),
            project=gcs_server.project,
            service_account_info=gcs_server.service_account_json,
            endpoint_url=gcs_server.endpoint_url,
        )

    @pytest.fixture
    def wrong_credentials(
        self, configuration: GoogleCloudStorage, gcs_server: GCSServer
    ) -> GoogleCloudStorage:
        return replace(configuration, service_account_info=json.dumps(gcs_server.stranger()))

    @pytest.fixture
    def missing_place(self, configuration: GoogleCloudStorage) -> GoogleCloudStorage:
        return replace(configuration, bucket=f"missing-{token_hex(4)}")

    @pytest.fixture
    def server_down(
        self, configuration: GoogleCloudStorage, server_down_url: str
    ) -> GoogleCloudStorage:
        return replace(configuration, endpoint_url=server_down_url)

    def test_the_service_account_can_be_a_reference_to_its_key_file(
        self, configuration: GoogleCloudStorage, gcs_server: GCSServer, tmp_path: Path
    ) -> None:
        key_file = tmp_path / "key.json"
        referring = replace(configuration, service_account_info=f"file:{key_file}")
        with pytest.raises(storage_core.ConfigurationError, match=r"key\.json"):
            storage_core.open_store(referring)
        key_file.write_text("not JSON")
        with pytest.raises(storage_core.ConfigurationError, match="service account key file"):
            storage_core.open_store(referring)
        key_file.write_text(gcs_server.service_account_json + "\n")
        store = storage_core.open_store(referring)
        assert store.read(store.write(b"signed")) == b"signed"
