"""Runs a function in a forked child: as another user, with other limits, or to be killed."""

from __future__ import annotations

import os
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534

FORKING = ("-W", "ignore:This process:DeprecationWarning")
"""Options of a Python that is to fork: from 3.12 on it warns if it has threads, as ours has."""


def in_child(action: Callable[[], object]) -> str:
    """What `action` returns in a forked child, as text; if it fails, the test fails."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            outcome = f"+{action()}"
        except BaseException:
            outcome = f"-{traceback.format_exc()}"
        with os.fdopen(writing, "w") as pipe:
            pipe.write(outcome)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        outcome = pipe.read()
    os.waitpid(pid, 0)
    assert outcome.startswith("+"), outcome or "the child died"
    return outcome[1:]


def without_root(action: Callable[[], object]) -> str:
    """As `in_child`, but not as root, whom permissions do not stop.

    What `action` imports must be loaded already.
    """

    def dropped() -> object:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        return action()

    return in_child(dropped)


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder that `without_root` may write to; unlike pytest's own, it is open to other users."""
    with tempfile.TemporaryDirectory(prefix="storage-test-", dir="/tmp") as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        try:
            yield folder
        finally:
            for each in (folder, *folder.rglob("*")):
                if each.is_dir() and not each.is_symlink():
                    each.chmod(0o755)


class Killable:
    """A child that runs `action` until it is killed."""

    def __init__(self, action: Callable[[Callable[[], None]], object]) -> None:
        """Start `action`, which gets a function to call when it may be killed from then on."""
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            try:
                action(lambda: os.close(writing))
            finally:
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            pipe.read()

    def kill(self) -> None:
        """Kill it at once; fail if it had ended by itself."""
        os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        assert os.WIFSIGNALED(status), "the child ended before it was killed"
