"""Credential helpers: the programs that `credential_process` of a profile names."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
from typing import Any, Final, NamedTuple
from weakref import WeakSet


class Helper(NamedTuple):
    """A program, without its arguments, which may hold secrets; and the profile that names it."""

    program: str
    profile: str


class Helpers:
    """Runs credential helpers without a terminal: nobody would see their questions, and they must
    not read what is typed into the app."""

    def __init__(self) -> None:
        """Run nothing yet."""
        self.last: Helper | None = None
        """The helper that was run last."""

        self.exit_code: int | None = None
        """Its exit code; None while it runs, and if it cannot be run."""

        self.stderr = b""
        """What it has written to standard error."""

        self._running: subprocess.Popen[bytes] | None = None
        self.process = os.getpid()
        _all.add(self)
        self._answers: dict[tuple[str, ...], Answer] = {}

    def run(self, profile: str, command: list[str]) -> Answer:
        """Run a helper, once: botocore asks twice for credentials that expire soon.

        Raises:
            OSError: it cannot be run.
        """
        if (answer := self._answers.get((*command,))) is not None:
            return answer
        self.last, self.exit_code, self.stderr = Helper(command[0], profile), None, b""
        self._running = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A session of its own has no terminal, and can be stopped with all its processes.
            start_new_session=True,
        )
        stdout, self.stderr = self._running.communicate()
        self.exit_code = self._running.returncode
        answer = self._answers[(*command,)] = Answer(stdout, self.stderr, self.exit_code)
        return answer

    def stop(self) -> None:
        """Stop a helper that still runs; the thread that waits for it goes on."""
        running = self._running
        if running is None or running.returncode is not None:
            return
        if hasattr(os, "killpg"):
            try:
                os.killpg(running.pid, signal.SIGKILL)
            except OSError:
                pass  # It has just ended.
        else:
            running.kill()


class Answer:
    """A process that has ended, with the interface that botocore uses."""

    def __init__(self, stdout: bytes, stderr: bytes, returncode: int) -> None:
        """Keep its output."""
        self.returncode = returncode
        self._output = stdout, stderr

    def communicate(self) -> tuple[Any, Any]:
        """Its output."""
        return self._output


_all: Final[WeakSet[Helpers]] = WeakSet()


@atexit.register
def _stop_all() -> None:
    """Stop all helpers when this process ends: the terminal's Ctrl+C does not reach them."""
    for helpers in list(_all):
        if helpers.process == os.getpid():
            helpers.stop()
