"""The `storage` command in tests: in this process, as a process of its own, and at a terminal."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pexpect
import pytest

from storage_core.cli import main

COMMAND = (sys.executable, "-m", "storage_core")
"""The command as a process, for what needs one."""

TWO = """\
version = 1
default = "prod-results"  # ours

[storage.prod-results]
id = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"
type = "s3"
bucket = "acme-results"
region_name = "eu-west-1"
aws_access_key_id = "AKIAEXAMPLE"
aws_secret_access_key = "env:PROD_S3_SECRET"

[storage.laptop]
id = "a0286a5b-1b1b-4c4c-8d8d-2e2e2e2e2e2e"
type = "local"
storage_path = "~/data"
"""
"""A file as a person would have it."""


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    output: bytes
    err: str

    @property
    def out(self) -> str:
        return self.output.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.output)


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Runs a command in this process, its standard input a pipe."""

    def run(*arguments: str, stdin: bytes = b"") -> Outcome:
        streams = {
            "stdin": io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"),
            "stdout": io.TextIOWrapper(io.BytesIO(), encoding="utf-8"),
            "stderr": io.TextIOWrapper(io.BytesIO(), encoding="utf-8"),
        }
        with monkeypatch.context() as patch:
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            code = main(arguments)
        written = {}
        for name in ("stdout", "stderr"):
            streams[name].flush()
            written[name] = streams[name].buffer.getvalue()
        return Outcome(code, written["stdout"], written["stderr"].decode())

    return run


@pytest.fixture
def config(home: Path) -> Path:
    """The configuration file, not there yet; its folder is."""
    home.mkdir()
    return home / "storage.toml"


@pytest.fixture
def two(config: Path) -> Path:
    """A configuration file with `prod-results` (the default, S3) and `laptop` (local)."""
    config.write_text(TWO)
    config.chmod(0o600)
    return config


@pytest.fixture
def terminal() -> Iterator[Callable[..., pexpect.spawn]]:
    """Runs a command at a terminal of 24 lines with 80 columns."""
    started: list[pexpect.spawn] = []

    def spawn(*arguments: str, **environment: str) -> pexpect.spawn:
        child = pexpect.spawn(
            COMMAND[0],
            [*COMMAND[1:], *arguments],
            env={**os.environ, **environment},
            dimensions=(24, 80),
            encoding="utf-8",
            timeout=30,
            preexec_fn=_heed_ctrl_c,
        )
        # Answers are sent when their question stands there; nothing has to be waited for.
        child.delaybeforesend = None
        started.append(child)
        return child

    yield spawn
    for child in started:
        child.close(force=True)


def _heed_ctrl_c() -> None:
    """Undo what the child inherits where the tests run in the background of a script."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ended(child: pexpect.spawn) -> int:
    """The exit code of a command that has nothing more to ask."""
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus is not None
    return int(child.exitstatus)


def run_process(
    *arguments: str, program: str = "storage_core", **options: Any
) -> subprocess.CompletedProcess[str]:
    """A command as a process, its output captured unless `options` say otherwise.

    `program` is the package that is run: `tui` for what the app has a part in.
    """
    defaults = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.run(
        [*COMMAND[:-1], program, *arguments],
        text=True,
        timeout=60,
        check=False,
        **{**defaults, **options},
    )
