"""File Storage on file systems that fsspec brings: S3, WebDAV, FTP, SFTP and memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core import FileStorage, Store, UnsupportedOperation
from storage_core.blobpath import blob_path
from storage_core.testing import CredentialCases, StoreCases
from storage_core.testing.backends import FOREIGN
from tests.servers.ftp import FTPServer
from tests.servers.s3 import S3Server
from tests.servers.sftp import SFTPServer
from tests.servers.webdav import WebDAVServer
from tests.stores.test_local import HashCases


def with_options(configuration: FileStorage, **options: object) -> FileStorage:
    """The same configuration, but for some of its options."""
    return replace(configuration, options={**(configuration.options or {}), **options})


class PasswordCases(CredentialCases):
    """What holds where the URL names the server and Options hold user and password."""

    @pytest.fixture
    def wrong_credentials(self, configuration: FileStorage) -> FileStorage:
        return with_options(configuration, password=token_hex(12))

    @pytest.fixture
    def server_down(self, configuration: FileStorage, server_down_url: str) -> FileStorage:
        scheme = configuration.base_path.partition(":")[0]
        return replace(configuration, base_path=server_down_url.replace("http", scheme))


class TestFileStorageOnS3(HashCases, CredentialCases):
    @pytest.fixture
    def configuration(self, s3_server: S3Server) -> FileStorage:
        return FileStorage(
            base_path=f"s3://{s3_server.new_bucket()}/folder/",
            options={
                "key": s3_server.access_key_id,
                "secret": s3_server.secret_access_key,
                "endpoint_url": s3_server.endpoint_url,
            },
        )

    @pytest.fixture
    def wrong_credentials(self, configuration: FileStorage) -> FileStorage:
        return with_options(configuration, secret=token_hex(20))

    @pytest.fixture
    def server_down(self, configuration: FileStorage, server_down_url: str) -> FileStorage:
        return with_options(configuration, endpoint_url=server_down_url)


class TestFileStorageOnWebDAV(CredentialCases):
    # httpx takes %41 for a quoted A.
    foreign = tuple(name for name in FOREIGN if "%" not in name)

    def test_a_name_that_would_become_another_one_is_refused(self, store: Store) -> None:
        path = blob_path("cases/100%41.csv")
        with pytest.raises(UnsupportedOperation, match="%41 would be read as something else"):
            store.backend.put(path, b"x", overwrite=True)
        with pytest.raises(UnsupportedOperation, match="choose a name without it"):
            store.backend.get(path)
        with pytest.raises(UnsupportedOperation, match=r"\? would be read"):
            store.backend.put(blob_path("cases/sure?.csv"), b"x", overwrite=True)
        store.backend.put(blob_path("cases/100% sure.csv"), b"x", overwrite=True)
        assert store.backend.get(blob_path("cases/100% sure.csv")) == b"x"

    @pytest.fixture
    def configuration(self, webdav_server: WebDAVServer) -> FileStorage:
        return FileStorage(
            base_path="webdav://results-of-team",
            key_type="uuid",
            options={
                "base_url": webdav_server.private_url,
                "auth": [webdav_server.user, webdav_server.password],
            },
        )

    @pytest.fixture
    def wrong_credentials(
        self, configuration: FileStorage, webdav_server: WebDAVServer
    ) -> FileStorage:
        return with_options(configuration, auth=[webdav_server.user, token_hex(12)])

    @pytest.fixture
    def server_down(self, configuration: FileStorage, server_down_url: str) -> FileStorage:
        return with_options(configuration, base_url=server_down_url)


class TestFileStorageOnFTP(PasswordCases):
    @pytest.fixture
    def configuration(self, ftp_server: FTPServer) -> FileStorage:
        return FileStorage(
            base_path=ftp_server.url(f"team/results-{token_hex(4)}"),
            key_type="uuid",
            options={"username": ftp_server.user, "password": ftp_server.password},
        )


class TestFileStorageOnSFTP(PasswordCases):
    @pytest.fixture
    def configuration(self, sftp_server: SFTPServer, home: Path) -> FileStorage:
        sftp_server.trusted_in(Path.home())
        return FileStorage(
            base_path=sftp_server.url(f"team/results-{token_hex(4)}"),
            key_type="uuid",
            options={"username": sftp_server.user, "password": sftp_server.password},
        )


class TestFileStorageInMemory(StoreCases):
    in_other_processes = False

    @pytest.fixture
    def configuration(self) -> FileStorage:
        return FileStorage(base_path=f"memory://share-{token_hex(4)}", key_type="uuid")
