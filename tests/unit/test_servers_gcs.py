"""The GCS emulator behind its sign-in, through gcsfs: one service account gets in, nobody else.

Through the class in `gcsfs.core`: the other one waits for a service of Google's first.
"""

from __future__ import annotations

from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from gcsfs.core import GCSFileSystem
from gcsfs.retry import HttpError

from tests.servers.gcs import GCSServer


def _open(server: GCSServer, token: Any) -> GCSFileSystem:
    return GCSFileSystem(
        project=server.project,
        token=token,
        endpoint_url=server.endpoint_url,
        skip_instance_cache=True,
    )


@pytest.mark.parametrize("size", [0, 1024, 51 * 2**20], ids=["empty", "simple", "resumable"])
def test_a_blob_comes_back_as_it_was_written(gcs_server: GCSServer, size: int) -> None:
    data = token_bytes(size)
    path = f"{gcs_server.new_bucket()}/results/blob"
    _open(gcs_server, gcs_server.service_account_info).pipe_file(path, data)
    assert _open(gcs_server, gcs_server.service_account_info).cat_file(path) == data


def test_the_service_account_also_works_from_a_file(gcs_server: GCSServer, tmp_path: Path) -> None:
    file = tmp_path / "service-account.json"
    file.write_text(gcs_server.service_account_json)
    assert _open(gcs_server, str(file)).find(gcs_server.new_bucket()) == []


def test_an_assertion_signed_with_another_key_gets_no_token(gcs_server: GCSServer) -> None:
    with pytest.raises(HttpError, match="Invalid Credentials, 401") as refused:
        _open(gcs_server, gcs_server.stranger()).credentials.maybe_refresh()
    assert "Signature verification failed" in str(refused.value.__cause__)


def test_another_service_account_gets_no_token(gcs_server: GCSServer) -> None:
    info = {**gcs_server.service_account_info, "client_email": "somebody@example.com"}
    with pytest.raises(HttpError, match="Invalid Credentials, 401") as refused:
        _open(gcs_server, info).credentials.maybe_refresh()
    assert "Invalid issuer" in str(refused.value.__cause__)


@pytest.mark.parametrize("headers", [{}, {"Authorization": f"Bearer {token_hex(16)}"}])
def test_a_request_without_a_valid_token_is_refused(
    gcs_server: GCSServer, headers: dict[str, str]
) -> None:
    url = f"{gcs_server.endpoint_url}/storage/v1/b/{gcs_server.new_bucket()}/o"
    with pytest.raises(HTTPError, match="401"):
        urlopen(Request(url, headers=headers), timeout=5)


def test_a_missing_bucket_is_not_made(gcs_server: GCSServer) -> None:
    with pytest.raises(FileNotFoundError):
        _open(gcs_server, gcs_server.service_account_info).pipe_file(
            f"bucket-{token_hex(6)}/results/blob", b""
        )
