"""A large file is written and read through `storage://` in bounded memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.figures import Figure
from tests.fs.places import s3_table, written
from tests.servers.s3 import S3Server

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "size", [96, pytest.param(2048, marks=[pytest.mark.tools, pytest.mark.timeout(900)])]
)
def test_memory_does_not_grow_with_the_file(
    s3_disk_server: S3Server, tmp_path: Path, size: int, figure: Figure
) -> None:
    file = written(tmp_path / "storage.toml", {"prod": s3_table(s3_disk_server)})
    done = subprocess.run(
        [sys.executable, "-m", "tests.fs.large", str(size), "storage://prod/large"],
        cwd=ROOT,
        env={**os.environ, "STORAGE_CONFIG": file},
        capture_output=True,
        text=True,
        timeout=800,
    )
    assert done.returncode == 0, done.stderr
    figure("storage://", f"{size} MiB written, read and copied", f"{done.stdout} MiB more memory")
    assert float(done.stdout) < 60
