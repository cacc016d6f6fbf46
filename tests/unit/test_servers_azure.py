"""azurite, through adlfs: it keeps blobs for those who may, and refuses everybody else."""

from __future__ import annotations

from secrets import token_bytes, token_hex

import pytest
from adlfs import AzureBlobFileSystem
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from tests.servers.azurite import AzureServer


def _open(connection_string: str) -> AzureBlobFileSystem:
    return AzureBlobFileSystem(connection_string=connection_string, skip_instance_cache=True)


def test_a_blob_comes_back_as_it_was_written(azure_server: AzureServer) -> None:
    data = token_bytes(1024)
    path = f"{azure_server.new_container()}/results/blob"
    _open(azure_server.connection_string).pipe_file(path, data)
    assert _open(azure_server.connection_string).cat_file(path) == data


def test_a_new_container_is_empty(azure_server: AzureServer) -> None:
    container = azure_server.new_container()
    assert _open(azure_server.connection_string).find(container) == []


def test_a_wrong_key_is_refused(azure_server: AzureServer) -> None:
    path = f"{azure_server.new_container()}/results/blob"
    stranger = _open(azure_server.connection_string_with(azure_server.made_up_key()))
    with pytest.raises(HttpResponseError) as refused:
        stranger.pipe_file(path, b"")
    assert refused.value.status_code == 403
    with pytest.raises(HttpResponseError) as refused:
        stranger.cat_file(path)
    assert refused.value.status_code == 403


def test_a_missing_container_is_not_made(azure_server: AzureServer) -> None:
    with pytest.raises(ResourceNotFoundError, match="container does not exist"):
        _open(azure_server.connection_string).pipe_file(f"none-{token_hex(6)}/results/blob", b"")
