"""What hands out credentials on AWS, and a machine beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.servers.aws import AWS, aws
from tests.servers.s3 import S3Server
from tests.stores.signing_in_aws.desk import Desk


@pytest.fixture(scope="session")
def cloud(s3_server: S3Server) -> Iterator[AWS]:
    with aws(s3_server) as running:
        yield running


@pytest.fixture
def desk(
    s3_server: S3Server, cloud: AWS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    cloud.requests.clear()
    folder = tmp_path / "aws files"
    folder.mkdir()
    yield Desk(s3_server, cloud, folder, monkeypatch)
    cloud.lifetime = timedelta(hours=1)
    cloud.stalled.set()
