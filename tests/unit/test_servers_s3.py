"""Both S3 servers, through s3fs: they keep blobs for those who may, and refuse everybody else."""

from __future__ import annotations

from secrets import token_bytes, token_hex
from typing import Any

import pytest
from s3fs import S3FileSystem

from tests.servers.s3 import S3Server


@pytest.fixture(params=["s3_server", "s3_disk_server"])
def server(request: pytest.FixtureRequest) -> S3Server:
    return request.getfixturevalue(request.param)


def _open(server: S3Server, **changed: Any) -> S3FileSystem:
    return S3FileSystem(
        **{
            "key": server.access_key_id,
            "secret": server.secret_access_key,
            "endpoint_url": server.endpoint_url,
            "config_kwargs": {"retries": {"total_max_attempts": 1}},
            "skip_instance_cache": True,
            **changed,
        }
    )


def test_a_blob_comes_back_as_it_was_written(server: S3Server) -> None:
    data = token_bytes(1024)
    path = f"{server.new_bucket()}/results/blob"
    _open(server).pipe_file(path, data)
    assert _open(server).cat_file(path) == data


def test_a_new_bucket_is_empty(server: S3Server) -> None:
    assert _open(server).find(server.new_bucket()) == []


@pytest.mark.parametrize(
    "wrong",
    [{"secret": token_hex(20)}, {"key": token_hex(10)}],
    ids=["wrong secret", "unknown key"],
)
def test_wrong_credentials_are_refused(server: S3Server, wrong: dict[str, str]) -> None:
    path = f"{server.new_bucket()}/results/blob"
    with pytest.raises(PermissionError):
        _open(server, **wrong).pipe_file(path, b"")
    with pytest.raises(PermissionError):
        _open(server, **wrong).cat_file(path)


def test_nothing_is_stored_without_credentials(server: S3Server) -> None:
    bucket = server.new_bucket()
    # Neither server has a proper answer to an unsigned request: 500 and UnsupportedAlgorithm.
    with pytest.raises(OSError):  # noqa: PT011
        _open(server, key=None, secret=None, anon=True).pipe_file(f"{bucket}/blob", b"")
    assert _open(server).find(bucket) == []


def test_a_missing_bucket_is_not_made(server: S3Server) -> None:
    with pytest.raises(FileNotFoundError, match="bucket does not exist"):
        _open(server).pipe_file(f"bucket-{token_hex(6)}/results/blob", b"")
