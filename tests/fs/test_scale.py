"""Many small files through `storage://`, beside the same with plain `s3://` on the same server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.figures import Figure
from tests.fs.places import s3_table, written
from tests.servers.s3 import S3Server

FILES: Final = 10_000
ROOT: Final = Path(__file__).parents[2]


def measured(number: int, url: str, options: dict[str, Any], file: str) -> dict[str, float]:
    """The seconds of each call, in a process of its own."""
    command = [sys.executable, "-m", "tests.fs.scale", str(number), url, json.dumps(options)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "STORAGE_CONFIG": file},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    seconds: dict[str, float] = json.loads(done.stdout)
    return seconds


@pytest.mark.tools
@pytest.mark.timeout(1800)
def test_ten_thousand_small_files_come_back_and_take_no_longer_than_with_s3fs(
    s3_disk_server: S3Server, tmp_path: Path, figure: Figure
) -> None:
    table = {**s3_table(s3_disk_server), "engine": "direct"}
    file = written(tmp_path / "storage.toml", {"prod": table})
    options = {
        "key": s3_disk_server.access_key_id,
        "secret": s3_disk_server.secret_access_key,
        "endpoint_url": s3_disk_server.endpoint_url,
        # rclone answers wrongly when asked for checksums.
        "config_kwargs": {
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        },
    }
    ours = measured(FILES, "storage://prod/scale", {}, file)
    theirs = measured(FILES, f"s3://{table['bucket']}/plain", options, file)
    for what, seconds in ours.items():
        figure(
            "storage://",
            f"{what} of {FILES} files",
            f"{seconds:.1f} s, {seconds / theirs[what]:.2f} of s3fs's {theirs[what]:.1f} s",
        )
    total, plain = (
        sum(each[what] for what in ("pipe", "cat", "put", "get")) for each in (ours, theirs)
    )
    figure("storage://", "written and read back", f"{total / plain:.2f} of s3fs's time")
    assert total <= plain
