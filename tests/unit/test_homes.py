"""`~` where there is no home: never a folder of that name, never the root of the disk."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

import storage_core
from storage_core.paths import absolute

Run: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]

# What a container's user without an entry in /etc/passwd meets; to be that user takes root.
_UNKNOWN_USER = """
import pwd, sys
def nobody(_): raise KeyError
pwd.getpwuid = pwd.getpwnam = nobody
from tui.__main__ import main
sys.exit(main())
"""


@pytest.fixture
def nobody(tmp_path: Path) -> Run:
    """Runs a command as a user whom the system does not know, in an empty folder."""
    folder = tmp_path / "empty"
    folder.mkdir()

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        inherited = {k: v for k, v in os.environ.items() if k not in ("HOME", "PREFECT_HOME")}
        done = subprocess.run(
            [sys.executable, "-c", _UNKNOWN_USER, *arguments],
            cwd=folder,
            env={**inherited, **environment},
            input="x",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert list(folder.iterdir()) == []
        return done

    return run


@pytest.mark.parametrize("home", [None, "", "some/where"])
def test_without_a_home_nothing_is_made_anywhere(nobody: Run, home: str | None) -> None:
    environment = {} if home is None else {"HOME": home}
    done = nobody("create", "local", "--name", "a", "--storage-path", "/data", **environment)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ~/.prefect: HOME is ")
    assert "STORAGE_CONFIG" in done.stderr
    assert "PREFECT_HOME" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not Path("/.prefect").exists()


def test_without_a_home_a_file_that_is_named_can_be_used(nobody: Run, tmp_path: Path) -> None:
    file = str(tmp_path / "config" / "storage.toml")
    for arguments in (
        ("create", "local", "--name", "a", "--storage-path", str(tmp_path / "data"), "--default"),
        ("create", "local", "--name", "b", "--storage-path", "~/data"),
        ("ls",),
        ("restore",),
        ("write",),
        ("reset-default",),
    ):
        done = nobody(*arguments, STORAGE_CONFIG=file)
        assert done.returncode == 0, arguments
        edits = arguments[0] in ("create", "reset-default")
        assert done.stderr.count("cannot keep the last version") == edits
    done = nobody("ls", STORAGE_CONFIG=file)
    assert "Temporary Local Storage is used (~/.prefect)" in done.stdout
    for arguments in (("write",), ("write", "--to", "b")):
        done = nobody(*arguments, STORAGE_CONFIG=file)
        assert done.returncode == 1
        assert "HOME is not set" in done.stderr


@pytest.mark.parametrize("path", ["~/x", "~", "~nobody-here/x", "~nobody-here"])
@pytest.mark.parametrize("home", ["", "relative"])
def test_a_tilde_that_leads_nowhere_is_an_error(
    monkeypatch: pytest.MonkeyPatch, path: str, home: str
) -> None:
    monkeypatch.setenv("HOME", home)
    with pytest.raises(storage_core.ConfigurationError, match=r"HOME|no user nobody-here"):
        absolute(path)


def test_a_secret_is_never_read_or_written_below_a_folder_named_tilde(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "relative")
    tilde = tmp_path / "~nobody-here"
    tilde.mkdir()
    (tilde / "secret").write_text("of somebody else")
    file = storage_core.ConfigFile(tmp_path / "storage.toml")
    file.add(
        storage_core.S3Storage(
            bucket="acme",
            aws_access_key_id="AKIA",
            aws_secret_access_key="file:~nobody-here/secret",
        ),
        name="a",
    )
    with pytest.raises(storage_core.ConfigurationError, match="no user nobody-here"):
        storage_core.get_store("a", config_path=file.path)
