"""What a worker loads that writes one result to S3 and reads it: no more than that takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.s3 import S3Server

WORKER = """
import sys
from storage_core import S3Storage, open_store
bucket, url, *keys = sys.argv[1:]
said = dict(zip(("aws_access_key_id", "aws_secret_access_key"), keys))
storage = S3Storage(bucket=bucket, endpoint_url=url, **(said or {"profile_name": "corp"}))
with open_store(storage) as store:
    assert store.read(store.write(b"x" * 1024)) == b"x" * 1024
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
NEVER = {
    *("aiobotocore", "aiohttp", "asyncio", "boto3", "dateutil", "fsspec", "google", "jmespath"),
    *("azure", "concurrent", "random", "requests", "s3fs", "urllib3", "xml"),
}


def loaded(server: S3Server, *keys: str) -> set[str]:
    given = [server.new_bucket(), server.endpoint_url, *keys]
    command = [sys.executable, "-c", WORKER, *given]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return set(done.stdout.split())


@pytest.mark.engine("direct")
@pytest.mark.usefixtures("engine")
def test_a_worker_with_keys_loads_no_library(s3_disk_server: S3Server) -> None:
    found = loaded(s3_disk_server, s3_disk_server.access_key_id, s3_disk_server.secret_access_key)
    more = {"botocore", "configparser", "email", "logging", "queue", "subprocess", "threading"}
    assert not found & (NEVER | more)


@pytest.mark.engine("direct")
@pytest.mark.usefixtures("engine")
def test_a_worker_with_a_profile_loads_the_parser_of_its_files(
    s3_disk_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "credentials").write_text(
        f"[corp]\naws_access_key_id = {s3_disk_server.access_key_id}\n"
        f"aws_secret_access_key = {s3_disk_server.secret_access_key}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    found = loaded(s3_disk_server)
    assert "botocore" in found
    assert not found & NEVER
