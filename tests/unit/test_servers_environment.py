"""What the root conftest keeps away from every test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

THEIRS = {
    "AWS_ACCESS_KEY_ID": "developer",
    "AWS_PROFILE": "developer",
    "AZURE_STORAGE_CONNECTION_STRING": "developer",
    "GOOGLE_APPLICATION_CREDENTIALS": "/developer.json",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "PREFECT_HOME": "/developer",
    "STORAGE_CONFIG": "/developer/storage.toml",
    "STORAGE_DEFAULT": "developer",
    "http_proxy": "http://127.0.0.1:9",
}


def test_a_test_sees_none_of_the_developers_settings(pytestconfig) -> None:
    inner = f"{__file__}::test_each_test_has_a_home_of_its_own"
    outcome = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", inner],
        cwd=pytestconfig.rootpath,
        env={**os.environ, **THEIRS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout


def test_each_test_has_a_home_of_its_own(home: Path, tmp_path: Path) -> None:
    left = {name: os.environ[name] for name in THEIRS if name in os.environ}
    assert left == {"PREFECT_HOME": str(home)}
    assert home.is_relative_to(tmp_path)
    assert Path.home().is_relative_to(tmp_path)
    assert list(Path.home().iterdir()) == []
