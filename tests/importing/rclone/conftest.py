"""Where the file of rclone is."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where rclone's file is, which a test writes."""
    path = tmp_path / "rclone.conf"
    monkeypatch.setenv("RCLONE_CONFIG", str(path))
    return path
