"""Where rclone is told its remotes: in a file that it looks for, and by variables."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import pytest

from storage_core.errors import ConfigurationError
from storage_core.importing.sources import rclone
from tests.importing.rclone.tool import run
from tests.importing.using import named, shown


def test_the_file_is_the_one_that_rclone_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, xdg = tmp_path / "user", tmp_path / "xdg"
    candidates = [
        xdg / "rclone/rclone.conf",
        home / ".config/rclone/rclone.conf",
        home / ".rclone.conf",
    ]
    monkeypatch.setenv("XDG_CONFIG_HOME", str(xdg))
    assert rclone.found() == []
    for candidate in reversed(candidates):
        candidate.parent.mkdir(parents=True, exist_ok=True)
        candidate.write_text("[x]\ntype=s3\nenv_auth=true\n")
        told = run("config", "file", HOME=str(home), XDG_CONFIG_HOME=str(xdg))

        assert rclone.found()[0].place == str(candidate) == told.decode().splitlines()[-1]


def test_no_file_where_rclone_is_told_that_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "user/.rclone.conf").write_text("[x]\ntype=s3\n")
    for word in ("", "/dev/null", "notfound", str(tmp_path / "missing.conf")):
        monkeypatch.setenv("RCLONE_CONFIG", word)
        # An empty variable is as good as none for rclone's flag, and names memory.
        assert rclone.found() == []


def test_variables_make_remotes_and_stay_references(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = token_hex(20)
    file.write_text("[disk]\ntype=s3\naccess_key_id=ID\nsecret_access_key=old\n")
    for name, value in {
        "RCLONE_CONFIG_ENV-MADE_TYPE": "s3",
        "RCLONE_CONFIG_ENV-MADE_ACCESS_KEY_ID": "AKIA",
        "RCLONE_CONFIG_ENV-MADE_SECRET_ACCESS_KEY": secret,
        "RCLONE_CONFIG_DISK_SECRET_ACCESS_KEY": secret,
        "RCLONE_S3_REGION": "eu-north-1",
    }.items():
        monkeypatch.setenv(name, value)

    found = rclone.found()

    assert named(found, "env-made").place == "RCLONE_CONFIG_ENV-MADE_TYPE"
    assert named(found, "env-made").settings == {
        "aws_access_key_id": "env:RCLONE_CONFIG_ENV-MADE_ACCESS_KEY_ID",
        "aws_secret_access_key": "env:RCLONE_CONFIG_ENV-MADE_SECRET_ACCESS_KEY",
        "region_name": "env:RCLONE_S3_REGION",
    }
    assert (
        named(found, "disk").settings["aws_secret_access_key"].startswith("env:RCLONE_CONFIG_DISK")
    )
    assert secret not in shown(found)
    # A file that is named counts by itself.
    (alone,) = rclone.found(str(file))
    assert alone.settings["aws_secret_access_key"] == "old"


def test_files_that_cannot_be_read_are_errors(file: Path, tmp_path: Path) -> None:
    file.mkdir()
    with pytest.raises(ConfigurationError, match="is a folder"):
        rclone.found()
    file.rmdir()
    file.write_bytes(b"#" * (5 << 20))
    with pytest.raises(ConfigurationError, match="larger than 4 MiB"):
        rclone.found()
    with pytest.raises(ConfigurationError, match="does not exist"):
        rclone.found(str(tmp_path / "missing"))
