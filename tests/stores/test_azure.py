"""Azure Blob Storage against azurite, which checks the account key."""

from __future__ import annotations

from dataclasses import replace
from secrets import token_hex

import pytest

from storage_core import AzureBlobStorage
from storage_core.testing import PlaceCases
from tests.engines import both
from tests.servers.azurite import AzureServer

pytestmark = both


class TestAzureBlobStorage(PlaceCases):
    @pytest.fixture
    def configuration(self, azure_server: AzureServer) -> AzureBlobStorage:
        return AzureBlobStorage(
            container=azure_server.new_container(),
            connection_string=azure_server.connection_string,
        )

    @pytest.fixture
    def wrong_credentials(
        self, configuration: AzureBlobStorage, azure_server: AzureServer
    ) -> AzureBlobStorage:
        wrong = azure_server.connection_string_with(azure_server.made_up_key())
        return replace(configuration, connection_string=wrong)

    @pytest.fixture
    def missing_place(self, configuration: AzureBlobStorage) -> AzureBlobStorage:
        return replace(configuration, container=f"missing-{token_hex(4)}")

    @pytest.fixture
    def server_down(
        self, azure_server: AzureServer, configuration: AzureBlobStorage, server_down_url: str
    ) -> AzureBlobStorage:
        return replace(
            configuration,
            connection_string=azure_server.connection_string.replace(
                azure_server.endpoint_url, server_down_url
            ),
        )
