"""AWS's newer checksums go to AWS only, whatever says where the server is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest

from storage_core import S3Storage, open_store
from storage_core.backends.drivers.clouds.aws.partitions import is_aws
from tests.engines import both
from tests.servers.front import front_of
from tests.servers.s3 import S3Server

pytestmark = both

MIB = 1024 * 1024


def variable(server: S3Server, url: str, setenv: Callable[[str, str], None]) -> dict[str, Any]:
    setenv("AWS_ENDPOINT_URL", url)
    return {}


def variable_of_s3(server: S3Server, url: str, setenv: Callable[[str, str], None]) -> Any:
    setenv("AWS_ENDPOINT_URL_S3", url)
    return {}


def profile(server: S3Server, url: str, setenv: Callable[[str, str], None]) -> dict[str, Any]:
    file = Path.home() / "config"
    file.write_text(f"[profile far]\nendpoint_url = {url}\n")
    setenv("AWS_CONFIG_FILE", str(file))
    setenv("AWS_PROFILE", "far")
    return {}


def services(server: S3Server, url: str, setenv: Callable[[str, str], None]) -> dict[str, Any]:
    file = Path.home() / "config"
    file.write_text(
        f"[default]\nservices = local\n[services local]\ns3 =\n  endpoint_url = {url}\n"
    )
    setenv("AWS_CONFIG_FILE", str(file))
    return {}


def of_the_client(server: S3Server, url: str, setenv: Callable[[str, str], None]) -> Any:
    return {"options": {"client_kwargs": {"endpoint_url": url}}}


def setting(server: S3Server, url: str, setenv: Callable[[str, str], None]) -> dict[str, Any]:
    return {"endpoint_url": url}


@pytest.mark.parametrize(
    "said", [variable, variable_of_s3, profile, services, of_the_client, setting]
)
def test_other_services_are_asked_for_no_checksums_wherever_their_address_comes_from(
    s3_disk_server: S3Server,
    said: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    with front_of(s3_disk_server.endpoint_url, lambda _: None) as front:
        settings = said(s3_disk_server, front.url, monkeypatch.setenv)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_disk_server.access_key_id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_disk_server.secret_access_key)
        monkeypatch.setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_supported")
        with open_store(S3Storage(bucket=s3_disk_server.new_bucket(), **settings)) as store:
            data = token_bytes(20 * MIB)
            # rclone answers a range with the checksum of the whole blob to those who ask for it.
            key = store.write(data)
            assert store.read(key) == data
            store.read_file(key, tmp_path / "copy")
            assert (tmp_path / "copy").read_bytes() == data
        names = {name.lower() for asked in front.asked for name in asked.headers}
        assert not [name for name in names if name.startswith(("x-amz-checksum", "x-amz-trailer"))]
        assert "x-amz-checksum-mode" not in names


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://s3.amazonaws.com", True),
        ("https://s3.eu-west-1.amazonaws.com", True),
        ("https://s3.dualstack.eu-west-1.amazonaws.com", True),
        ("https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com", True),
        ("https://s3.cn-north-1.amazonaws.com.cn", True),
        ("https://s3.amazonaws.com.example.org", False),
        ("https://notamazonaws.com", False),
        ("http://127.0.0.1:9000", False),
        ("https://play.min.io/s3.amazonaws.com", False),
    ],
)
def test_the_addresses_of_aws_are_known(url: str, expected: bool) -> None:
    assert is_aws(url) is expected
