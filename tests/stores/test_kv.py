"""KV Server Storage against the project's own server, and against one that has two calls only."""

from __future__ import annotations

from dataclasses import replace
from secrets import token_hex

import pytest

from storage_core import KVServerStorage
from storage_core.testing import CredentialCases, RemoteCases
from tests.servers.kv import KVServer


class TestKVServerStorage(CredentialCases):
    folders = False
    ranges = False

    @pytest.fixture
    def configuration(self, kv_server: KVServer) -> KVServerStorage:
        return KVServerStorage(api_address=kv_server.api_address, token=kv_server.token)

    @pytest.fixture
    def wrong_credentials(self, configuration: KVServerStorage) -> KVServerStorage:
        return replace(configuration, token=token_hex(20))

    @pytest.fixture
    def server_down(self, server_down_url: str) -> KVServerStorage:
        return KVServerStorage(api_address=server_down_url)


class TestAServerWithNothingButThePlainProtocol(RemoteCases):
    deletes = False
    lists = False
    folders = False
    ranges = False

    @pytest.fixture
    def configuration(self, plain_kv_url: str) -> KVServerStorage:
        return KVServerStorage(api_address=plain_kv_url)

    @pytest.fixture
    def server_down(self, server_down_url: str) -> KVServerStorage:
        return KVServerStorage(api_address=f"{server_down_url}/api/")
