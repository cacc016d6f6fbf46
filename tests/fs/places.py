"""A configuration file with a name for each kind of place that `storage://` leads to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import pytest

from tests.servers.azurite import AzureServer
from tests.servers.ftp import FTPServer
from tests.servers.gcs import GCSServer
from tests.servers.s3 import S3Server
from tests.servers.webdav import WebDAVServer

KINDS: Final = ("local", "s3", "azure", "gcs", "file")
"""What `make test` goes through, the clouds by the engine `direct`."""

OTHERS: Final = ("s3 fsspec", "azure fsspec", "gcs fsspec", "moto", "webdav", "ftp")
"""What `make test-tools` goes through besides: the other engine, another S3 server, and servers of
File Storage that know folders."""

EMPTY_FOLDERS: Final = ("local", "file", "webdav", "ftp")
"""Where a folder can be there with nothing in it."""


def table_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    """The settings of an empty place.

    Args:
        kind: one of `KINDS` or `OTHERS`.
        request: of the test, for its servers.
        folder: where local ones are.
    """
    cloud, _, engine = kind.partition(" ")
    table = _TABLES[cloud](request, folder)
    if cloud in ("s3", "azure", "gcs", "moto"):
        table["engine"] = engine or "direct"
    return table


def _local(request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    return {"type": "local", "storage_path": str(folder / "local")}


def _file(request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    return {"type": "file", "base_path": f"memory://{token_hex(8)}"}


def _rclone(request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    return s3_table(request.getfixturevalue("s3_disk_server"))


def _moto(request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    return s3_table(request.getfixturevalue("s3_server"))


def _azure(request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    server: AzureServer = request.getfixturevalue("azure_server")
    return {
        "type": "azure",
        "container": server.new_container(),
        "connection_string": server.connection_string,
        "prefix": "below/here",
    }


def _gcs(request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    server: GCSServer = request.getfixturevalue("gcs_server")
    return {
        "type": "gcs",
        "bucket": server.new_bucket(),
        "endpoint_url": server.endpoint_url,
        "service_account_info": server.service_account_json,
        "prefix": "below/here",
    }


def _webdav(request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    server: WebDAVServer = request.getfixturevalue("webdav_server")
    return {
        "type": "file",
        "base_path": "webdav://results-of-team",
        "options": {
            "base_url": server.private_url,
            "auth": [server.user, server.password],
        },
    }


def _ftp(request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    server: FTPServer = request.getfixturevalue("ftp_server")
    return {
        "type": "file",
        "base_path": server.url(f"team/results-{token_hex(4)}"),
        "options": {"username": server.user, "password": server.password},
    }


_TABLES: Final = {
    "local": _local,
    "file": _file,
    "s3": _rclone,
    "moto": _moto,
    "azure": _azure,
    "gcs": _gcs,
    "webdav": _webdav,
    "ftp": _ftp,
}


def s3_table(server: S3Server, endpoint_url: str | None = None) -> dict[str, Any]:
    """The settings of an empty bucket, below a prefix.

    Args:
        server: which has it.
        endpoint_url: another address of the server.
    """
    return {
        "type": "s3",
        "bucket": server.new_bucket(),
        "prefix": "below/here",
        "endpoint_url": endpoint_url or server.endpoint_url,
        "aws_access_key_id": server.access_key_id,
        "aws_secret_access_key": server.secret_access_key,
    }


def written(path: Path, tables: Mapping[str, Mapping[str, Any]], default: str | None = None) -> str:
    """A configuration file of these tables; gives its path."""
    lines = [f"default = {json.dumps(default)}"] if default else []
    for name, table in tables.items():
        lines.append(f"[storage.{json.dumps(name)}]")
        lines += [f"{key} = {_toml(value)}" for key, value in table.items()]
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + "}"
    return json.dumps(value)
