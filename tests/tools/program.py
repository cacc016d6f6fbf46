"""Programs of others that have an environment of their own: `tests/tools/programs/NAME`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def executable(program: str, name: str | None = None) -> Path:
    """The file `name` (else `program`) of a program's environment, which `make test-tools` makes.

    Fails the test where there is none: nothing is skipped.
    """
    found = ROOT / f".venv-program-{program}" / "bin" / (name or program)
    if not found.exists():
        pytest.fail(f"{found} is missing; `make test-tools` installs it")
    return found


def run(
    program: str,
    *arguments: str,
    name: str | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """What a program prints; one that fails fails the test, with what it said.

    Args:
        program: its environment.
        arguments: for it.
        name: another executable of that environment, such as `python`.
        cwd: where it runs.
        env: variables besides those of the test.
    """
    command: Sequence[str] = [str(executable(program, name)), *arguments]
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done.stdout
