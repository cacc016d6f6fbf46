"""What a command loads: none waits for the app, and most wait for no driver, table or validator."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

DRIVERS = {"fsspec", "s3fs", "gcsfs", "adlfs", "aiohttp", "botocore", "google", "azure"}
EDITORS = {"pydantic", "tomlkit", "filelock", "keyring"}
SCREENS = {"textual", "rich"}


def loaded(*arguments: str) -> set[str]:
    """The top-level modules that a fresh process of `storage` adds to those of bare Python."""
    program = (
        "import sys\nbefore = set(sys.modules)\n"
        f"sys.argv = ['storage', *{arguments!r}]\n"
        "from tui.__main__ import main\ncode = main()\n"
        "print('\\n'.join(sys.modules.keys() - before), file=sys.stderr)\nsys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize(
    "arguments",
    [
        *((), ("ls",), ("ls", "--json"), ("show", "prod-results"), ("path",), ("validate",)),
        *(("types",), ("schema",), ("--help",), ("--version",), ("create", "s3", "--help")),
    ],
    ids=" ".join,
)
def test_a_command_that_only_looks_loads_no_driver_no_screen_and_no_validator(
    two: Path, arguments: tuple[str, ...]
) -> None:
    assert not loaded(*arguments) & (DRIVERS | EDITORS | SCREENS)


def test_an_edit_loads_no_driver(two: Path) -> None:
    assert not loaded("set-default", "laptop") & (DRIVERS | SCREENS | {"pydantic"})
    assert not loaded("edit", "laptop", "--storage-path", "/x") & (DRIVERS | SCREENS)


def test_local_blobs_load_no_driver(two: Path, tmp_path: Path) -> None:
    assert not loaded("blobs", "laptop") & (DRIVERS | EDITORS | SCREENS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_press_of_tab_loads_no_driver_no_screen_and_no_validator(
    two: Path, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    monkeypatch.setenv("_STORAGE_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("_STORAGE_LINE", "storage create s3 --region-name eu")
    monkeypatch.setenv("_STORAGE_WORDS", "storage\x1fcreate\x1fs3\x1f--region-name\x1feu")
    found = loaded()
    assert "click" in found
    assert not found & (DRIVERS | EDITORS | SCREENS)
