"""A blob on each kind of server, and the configuration that leads to it."""

from __future__ import annotations

from secrets import token_bytes, token_hex
from typing import Any, NamedTuple
from urllib.parse import quote

import storage_core
from storage_core import (
    AzureBlobStorage,
    FileStorage,
    GoogleCloudStorage,
    LocalStorage,
    S3Storage,
    StorageConfiguration,
)
from tests.servers.azurite import AzureServer
from tests.servers.ftp import FTPServer
from tests.servers.gcs import GCSServer
from tests.servers.s3 import S3Server
from tests.servers.sftp import SFTPServer
from tests.servers.webdav import WebDAVServer


class Stored(NamedTuple):
    """A blob that we have written, and where."""

    configuration: StorageConfiguration
    key: str
    data: bytes

    def named(self, name: str) -> Stored:
        """The same under another name."""
        renamed = self.configuration.renamed(name, self.configuration.id)
        return self._replace(configuration=renamed)


def stored(configuration: StorageConfiguration, name: str = "prod") -> Stored:
    """Write a blob through a configuration that stands in no file."""
    named = configuration.renamed(name, "61354abf-7cc8-4c2c-b890-78b1f985a9fb")
    data = token_bytes(100)
    with storage_core.open_store(named, timeout=60) as store:
        return Stored(named, store.write(data), data)


def on_s3(server: S3Server, **changed: Any) -> Stored:
    """A blob below a prefix of a bucket."""
    settings: dict[str, Any] = {
        "bucket": server.new_bucket(),
        "prefix": "team a/results",
        "endpoint_url": server.endpoint_url,
        "region_name": "us-east-1",
        "aws_access_key_id": server.access_key_id,
        "aws_secret_access_key": server.secret_access_key,
        **changed,
    }
    return stored(S3Storage(**settings))


def on_azure(server: AzureServer, **changed: Any) -> Stored:
    """A blob below a prefix of a container."""
    settings: dict[str, Any] = {
        "container": server.new_container(),
        "prefix": "team",
        "connection_string": server.connection_string,
        **changed,
    }
    return stored(AzureBlobStorage(**settings))


def on_gcs(server: GCSServer, **changed: Any) -> Stored:
    """A blob below a prefix of a bucket."""
    settings: dict[str, Any] = {
        "bucket": server.new_bucket(),
        "prefix": "team",
        "endpoint_url": server.endpoint_url,
        "service_account_info": server.service_account_json,
        **changed,
    }
    return stored(GoogleCloudStorage(**settings))


def on_disk(folder: str) -> Stored:
    """A blob in a folder."""
    return stored(LocalStorage(storage_path=f"{folder}/data-{token_hex(3)} # 50%"))


def on_webdav(server: WebDAVServer) -> Stored:
    """A blob in a private share."""
    url = server.private_url.replace("http://", f"webdav://{server.user}:{server.password}@")
    return stored(FileStorage(base_path=f"{url}/{token_hex(3)}"))


def on_sftp(server: SFTPServer) -> Stored:
    """A blob in a folder of a server that the user's `known_hosts` has."""
    return stored(
        FileStorage(
            base_path=server.url(f"exported-{token_hex(3)}"),
            options={"username": server.user, "password": server.password},
        )
    )


def on_ftp(server: FTPServer) -> Stored:
    """A blob in a folder."""
    address = f"ftp://{server.user}:{quote(server.password, safe='')}@127.0.0.1:{server.port}"
    return stored(FileStorage(base_path=f"{address}/exported-{token_hex(3)}"))
