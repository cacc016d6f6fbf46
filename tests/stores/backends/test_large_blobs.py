"""Blobs that are larger than memory should have to be: files are streamed in bounded memory."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import storage_core
from storage_core import (
    AzureBlobStorage,
    FileStorage,
    GoogleCloudStorage,
    LocalStorage,
    S3Storage,
    StorageConfiguration,
)
from tests.engines import ENGINES
from tests.figures import Figure
from tests.servers.azurite import AzureServer
from tests.servers.ftp import FTPServer
from tests.servers.gcs import GCSServer
from tests.servers.s3 import S3Server
from tests.servers.sftp import SFTPServer
from tests.servers.webdav import WebDAVServer

ALLOWED_MIB = 64


@pytest.fixture
def configuration(request: pytest.FixtureRequest, tmp_path: Path) -> StorageConfiguration:
    kind, _, engine = request.param.partition(", ")
    if kind == "local":
        return LocalStorage(storage_path=str(tmp_path / "blobs"))
    if kind in ("s3", "s3 file"):
        s3: S3Server = request.getfixturevalue("s3_disk_server")
        bucket = s3.new_bucket()
        if kind == "s3":
            return S3Storage(
                bucket=bucket,
                aws_access_key_id=s3.access_key_id,
                aws_secret_access_key=s3.secret_access_key,
                endpoint_url=s3.endpoint_url,
                engine=engine,
            )
        return FileStorage(
            base_path=f"s3://{bucket}/folder",
            options={
                "key": s3.access_key_id,
                "secret": s3.secret_access_key,
                "endpoint_url": s3.endpoint_url,
            },
        )
    if kind == "azure":
        azure: AzureServer = request.getfixturevalue("azure_server")
        return AzureBlobStorage(
            container=azure.new_container(),
            connection_string=azure.connection_string,
            engine=engine,
        )
    if kind == "gcs":
        gcs: GCSServer = request.getfixturevalue("gcs_server")
        return GoogleCloudStorage(
            bucket=gcs.new_bucket(),
            project=gcs.project,
            service_account_info=gcs.service_account_json,
            endpoint_url=gcs.endpoint_url,
            engine=engine,
        )
    if kind in ("ftp", "sftp"):
        server: FTPServer | SFTPServer = request.getfixturevalue(f"{kind}_server")
        if isinstance(server, SFTPServer):
            server.trusted_in(Path.home())
        return FileStorage(
            base_path=server.url("large"),
            options={"username": server.user, "password": server.password},
        )
    webdav: WebDAVServer = request.getfixturevalue("webdav_server")
    return FileStorage(
        base_path=f"webdav://{webdav.new_folder()}", options={"base_url": webdav.open_url}
    )


KINDS = [
    *(f"{cloud}, {engine}" for cloud in ("s3", "azure", "gcs") for engine in ENGINES),
    *("local", "s3 file", "webdav", "ftp", "sftp"),
]


@pytest.mark.parametrize("configuration", KINDS, indirect=True)
def test_a_file_of_100_mib_needs_at_most_64_mib_of_memory(
    configuration: StorageConfiguration, tmp_path: Path
) -> None:
    assert _memory_for(100, configuration, tmp_path) <= ALLOWED_MIB


@pytest.mark.reliability
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("configuration", KINDS, indirect=True)
def test_a_file_of_1_gib_needs_at_most_64_mib_of_memory(
    configuration: StorageConfiguration, tmp_path: Path, figure: Figure
) -> None:
    # The emulator of Google Cloud Storage reads the whole blob anew for every range of it, and the
    # SFTP server is as slow as Python.
    slow = isinstance(configuration, GoogleCloudStorage) or "sftp:" in configuration.location
    size = 256 if slow else 1024
    needed = _memory_for(size, configuration, tmp_path)
    figure(
        "memory",
        f"{size} MiB to and from {configuration.label} ({configuration.location[:12]}…)",
        f"{needed:.0f} MiB above the idle process, at most {ALLOWED_MIB}",
    )
    assert needed <= ALLOWED_MIB


def _memory_for(size: int, configuration: StorageConfiguration, folder: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "tests.stores.backends.large_blob", str(size), str(folder)],
        input=pickle.dumps(storage_core.open_store(configuration)),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return float(done.stdout)
