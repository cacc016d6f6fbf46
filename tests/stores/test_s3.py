"""S3 Storage against moto, which checks every signature."""

from __future__ import annotations

from dataclasses import replace
from secrets import token_hex

import pytest

import storage_core
from storage_core import S3Storage
from storage_core.testing import PlaceCases
from tests.engines import both
from tests.servers.s3 import S3Server

pytestmark = both


class TestS3Storage(PlaceCases):
    @pytest.fixture
    def configuration(self, s3_server: S3Server) -> S3Storage:
        return S3Storage(
            bucket=s3_server.new_bucket(),
            aws_access_key_id=s3_server.access_key_id,
            aws_secret_access_key=s3_server.secret_access_key,
            endpoint_url=s3_server.endpoint_url,
        )

    @pytest.fixture
    def wrong_credentials(self, configuration: S3Storage) -> S3Storage:
        return replace(configuration, aws_secret_access_key=token_hex(20))

    @pytest.fixture
    def missing_place(self, configuration: S3Storage) -> S3Storage:
        return replace(configuration, bucket=f"missing-{token_hex(4)}")

    @pytest.fixture
    def server_down(self, configuration: S3Storage, server_down_url: str) -> S3Storage:
        return replace(configuration, endpoint_url=server_down_url)

    def test_references_are_resolved_when_the_store_is_opened(
        self, configuration: S3Storage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert configuration.aws_secret_access_key
        referring = replace(configuration, aws_secret_access_key="env:TEST_S3_SECRET")
        with pytest.raises(storage_core.ConfigurationError, match="TEST_S3_SECRET is not set"):
            storage_core.open_store(referring)
        monkeypatch.setenv("TEST_S3_SECRET", configuration.aws_secret_access_key)
        store = storage_core.open_store(referring)
        assert store.read(store.write(b"signed")) == b"signed"
        assert configuration.aws_secret_access_key not in repr(store)

    def test_without_credentials_the_chain_of_aws_is_used(
        self, configuration: S3Storage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert configuration.aws_access_key_id
        assert configuration.aws_secret_access_key
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", configuration.aws_access_key_id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", configuration.aws_secret_access_key)
        ambient = S3Storage(bucket=configuration.bucket, endpoint_url=configuration.endpoint_url)
        store = storage_core.open_store(ambient)
        assert store.read(store.write(b"ambient")) == b"ambient"
