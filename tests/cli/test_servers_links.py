"""`storage link` on a server that checks signatures, and so wants the real clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest

from storage_core import ConfigFile, LocalStorage, S3Storage
from tests.cli.conftest import Outcome
from tests.servers.s3 import S3Server

Storage = Callable[..., Outcome]


@pytest.fixture
def bucket(config: Path, s3_disk_server: S3Server) -> Path:
    """The file with `prod`, a bucket on a server that checks signatures."""
    ConfigFile(config).add(
        S3Storage(
            bucket=s3_disk_server.new_bucket(),
            aws_access_key_id=s3_disk_server.access_key_id,
            aws_secret_access_key=s3_disk_server.secret_access_key,
            endpoint_url=s3_disk_server.endpoint_url,
        ),
        name="prod",
    )
    return config


def test_a_link_is_printed_and_leads_to_the_bytes(storage: Storage, bucket: Path) -> None:
    key = storage("write", "--to", "prod", stdin=b"\0bytes").out.strip()
    outcome = storage("link", key, "--from", "prod")
    assert (outcome.code, outcome.err) == (0, "")
    with urlopen(outcome.out.strip(), timeout=30) as answer:
        assert answer.read() == b"\0bytes"
    storage("write", "--to", "prod", "--path", "raw/a b.csv", stdin=b"1,2")
    found = storage("link", "--path", "raw/a b.csv", "--from", "prod", "--expires", "90s", "--json")
    with urlopen(found.json["url"], timeout=30) as answer:
        assert answer.read() == b"1,2"
    left = datetime.fromisoformat(found.json["expires"]) - datetime.now(UTC)
    assert left.total_seconds() <= 90
    storage("edit", "prod", "--read-only", "true")
    assert storage("link", key, "--from", "prod").code == 0


def test_links_that_lead_nowhere_are_refused(
    storage: Storage, bucket: Path, tmp_path: Path
) -> None:
    ConfigFile(bucket).add(LocalStorage(storage_path=str(tmp_path / "here")), name="here")
    missing = storage("link", "results/nothing", "--from", "prod")
    assert (missing.code, missing.out) == (3, "")
    key = storage("write", "--to", "prod", stdin=b"x").out.strip()
    too_long = storage("link", key, "--from", "prod", "--expires", "8d")
    assert (too_long.code, too_long.out) == (1, "")
    assert "at most 7 days" in too_long.err
    without = storage("link", "results/x", "--from", "here")
    assert (without.code, without.out) == (1, "")
    assert "has no links" in without.err
    for wrong in ("--expires", "1"), ("--expires", "0s"), ("--path", "x"):
        assert storage("link", key, "--from", "prod", *wrong).code == 2
    assert storage("link").code == 2
