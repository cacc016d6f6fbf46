"""A configuration file with a name for each kind of place that `storage://` leads to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import pytest

from tests.servers.azurite import AzureServer
from tests.servers.gcs import GCSServer
from tests.servers.s3 import S3Server

KINDS: Final = ("local", "s3", "azure", "gcs", "file")
CLOUDS: Final = ("s3", "azure", "gcs")


def table_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    """The settings of an empty place.

    Args:
        kind: one of `KINDS`.
        request: of the test, for its servers.
        folder: where local ones are.
    """
    if kind == "local":
        return {"type": "local", "storage_path": str(folder / "local")}
    if kind == "file":
        return {"type": "file", "base_path": f"memory://{token_hex(8)}"}
    if kind == "s3":
        server: S3Server = request.getfixturevalue("s3_server")
        return s3_table(server)
    if kind == "azure":
        azure: AzureServer = request.getfixturevalue("azure_server")
        return {
            "type": "azure",
            "container": azure.new_container(),
            "connection_string": azure.connection_string,
            "prefix": "below/here",
        }
    gcs: GCSServer = request.getfixturevalue("gcs_server")
    return {
        "type": "gcs",
        "bucket": gcs.new_bucket(),
        "endpoint_url": gcs.endpoint_url,
        "service_account_info": gcs.service_account_json,
        "prefix": "below/here",
    }


def s3_table(server: S3Server, endpoint_url: str | None = None) -> dict[str, Any]:
    """The settings of an empty bucket, below a prefix."""
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
        lines += [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text("\n".join(lines) + "\n")
    return str(path)
