"""What the tests of other people's tools have: two configuration files that use the same names.

`files` runs a test twice: with folders (Local Storage), and with buckets on a real S3 server. Where
it is about how bytes move, `everywhere` adds the other engine.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.servers.s3 import S3Server


@dataclass(frozen=True)
class Files:
    """Two configuration files, both with the names `prod` and `staging`.

    Each of the four leads to a place of its own.
    """

    one: str
    """The file that programs find by themselves, by `STORAGE_CONFIG`; its default is `prod`."""

    other: str
    """One that is named by `config_path`; its default is `staging`."""

    secrets: tuple[str, ...] = field(repr=False, default=())
    """What stands in both files and must stand nowhere else."""

    def assert_not_told_by(self, *things: object) -> None:
        """No secret is in what these say of themselves, or in their pickles."""
        for thing in things:
            told = repr(thing).encode()
            if not isinstance(thing, (str, bytes)):
                told += pickle.dumps(thing)
            if hasattr(thing, "to_json"):
                told += json.dumps(thing.to_json()).encode()
            for secret in self.secrets:
                assert secret.encode() not in told, type(thing)


def written(path: Path, default: str, table: Callable[[str], dict[str, Any]]) -> str:
    """A configuration file with `prod` and `staging`, one of them the default; gives its path."""
    lines = [f'default = "{default}"']
    for name in ("prod", "staging"):
        lines.append(f"[storage.{name}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in table(name).items()]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def s3_table(server: S3Server, url: str = "", secret: str = "") -> dict[str, Any]:
    """Settings of a new bucket on a server, seen at another address or with another secret."""
    return {
        "type": "s3",
        "bucket": server.new_bucket(),
        "endpoint_url": url or server.endpoint_url,
        "aws_access_key_id": server.access_key_id,
        "aws_secret_access_key": secret or server.secret_access_key,
    }


everywhere = pytest.mark.parametrize("files", ["local", "s3", "s3fs"], indirect=True)


@pytest.fixture(params=["local", "s3"])
def files(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """The two files, with places that are empty."""
    secrets: tuple[str, ...] = ()
    if request.param in ("s3", "s3fs"):
        engine = "direct" if request.param == "s3" else "fsspec"
        server: S3Server = request.getfixturevalue("s3_server")
        secrets = (server.secret_access_key,)

        def table(name: str) -> dict[str, Any]:
            return {**s3_table(server), "engine": engine, "prefix": "below/here"}
    else:

        def table(name: str) -> dict[str, Any]:
            return {"type": "local", "storage_path": f"places/{name}"}

    one = written(tmp_path / "one" / "storage.toml", "prod", table)
    other = written(tmp_path / "other" / "storage.toml", "staging", table)
    monkeypatch.setenv("STORAGE_CONFIG", one)
    return Files(one, other, secrets)
