"""A real bash, zsh or fish in which a test types."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pexpect

import storage_core
from storage_core.cli.shells.bash import quoted

_ARGS = 'args() { printf "%s\\0" "$@" > out.tmp; mv out.tmp out; }'
_START = {
    "bash": (
        ["--norc", "--noprofile", "-i"],
        [
            "set +H; bind 'set enable-bracketed-paste off'",
            _ARGS,
            'eval "$(storage completion bash)"',
        ],
    ),
    "zsh": (
        ["-f", "-i"],
        ["bindkey -e; unsetopt beep; LISTMAX=9999", _ARGS, 'eval "$(storage completion zsh)"'],
    ),
    "fish": (
        ["--no-config", "-i"],
        [
            "function args; printf '%s\\0' $argv > out.tmp; mv out.tmp out; end",
            "storage completion fish | source",
        ],
    ),
}
"""For each shell, how it is started, and what makes it ready: `args` writes its arguments down."""

SECONDS = 60
"""For how long a line may take: the machine may be busy."""


def is_there(name: str) -> bool:
    """Whether the machine has this shell."""
    return shutil.which(name) is not None


class Shell:
    """A shell that completes `storage`.

    Args:
        name: bash, zsh or fish.
        folder: where it works; its home.
        names: the configurations there are.
        old: the line that loads the completion, where it is not `storage completion`.
    """

    def __init__(self, name: str, folder: Path, names: Iterable[str], old: str = "") -> None:
        self.name = name
        self.folder = folder
        program = folder / "bin" / "storage"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m storage_core "$@"\n')
        program.chmod(0o755)
        with storage_core.ConfigFile(folder / "storage.toml").transaction() as edit:
            for each in names:
                edit.add(storage_core.TemporaryLocalStorage(), name=each)
        arguments, lines = _START[name]
        self._child = pexpect.spawn(
            shutil.which(name) or name,
            arguments,
            env={
                **os.environ,
                "PATH": f"{program.parent}:{os.environ['PATH']}",
                "STORAGE_CONFIG": str(folder / "storage.toml"),
                "HOME": str(folder),
                "XDG_CONFIG_HOME": str(folder / "xdg"),
                "XDG_DATA_HOME": str(folder / "xdg"),
                "INPUTRC": os.devnull,
                "TERM": "dumb",
                "LC_ALL": "C.UTF-8",
            },
            cwd=str(folder),
            encoding="utf-8",
            timeout=SECONDS,
            dimensions=(24, 1000),
        )
        self._child.delaybeforesend = None
        self.shown = ""
        """What was on the terminal since the last line."""
        for line in [*lines[:-1], old or lines[-1], "args ready"]:
            self._child.sendline(line)
        assert self._written(lambda: None) == ["ready"], self.shown

    def completed(self, line: str) -> list[str]:
        """The arguments of the line that a person has after typing this and Tab."""
        self._child.send(f"{line}\t")
        if self.name == "fish":
            # It repaints in its own time, and takes the next key for part of that otherwise.
            self._settle()
        # To the beginning of the line, so that another command gets what stands there.
        self._child.send("\x01args \r")
        return self._written(lambda: self._child.send("\x03"))

    def quoted(self, text: str, quote: str) -> str | None:
        """`text` as a person would type it, behind an open quotation mark if there is one.

        None where it cannot stand behind this one.
        """
        if not quote:
            return quoted(text, "")
        if quote in text or (quote == '"' and text.startswith("`") and self.name != "fish"):
            return None
        is_special = quote == '"' or self.name == "fish"
        return quote + (text.replace("\\", "\\\\") if is_special else text)

    def close(self) -> None:
        """End it."""
        self._child.close(force=True)

    def _settle(self) -> None:
        for _ in range(3):
            self._read()

    def _read(self) -> None:
        try:
            self.shown += self._child.read_nonblocking(100_000, 0.05)
        except pexpect.TIMEOUT:
            pass

    def _written(self, give_up: Callable[[], object]) -> list[str]:
        file = self.folder / "out"
        self.shown = ""
        deadline = time.monotonic() + SECONDS
        while not file.exists():
            self._read()
            if time.monotonic() > deadline:
                give_up()
                raise AssertionError(f"{self.name} shows {self.shown[-2000:]!r}")
        # What it shows after that belongs to the line before.
        self._read()
        found = file.read_bytes().decode().split("\0")[:-1]
        file.unlink()
        return found
