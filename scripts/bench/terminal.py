"""A process in a terminal of its own, as `app.py` starts the app and the hello-world."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import termios
import time
from collections.abc import Sequence
from pathlib import Path

from .measure import spawned

SIZE = (120, 40)
"""Columns and lines."""

_PATIENCE = 60.0
"""How many seconds a process may print nothing."""


def in_terminal(command: Sequence[str | Path]) -> tuple[int, int]:
    """Start a process; return its ID, and the descriptor from which its output is read."""
    terminal, inside = pty.openpty()
    columns, lines = SIZE
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    pid = spawned(command, [(os.POSIX_SPAWN_DUP2, inside, number) for number in (0, 1, 2)])
    os.close(inside)
    return pid, terminal


def until(terminal: int, awaited: str, start: float) -> float:
    """Seconds from `start` until the process printed `awaited`.

    Raises:
        SystemExit: it ended before, or stopped printing.
    """
    seen = b""
    while awaited.encode() not in seen:
        if not (piece := _read(terminal)):
            text = seen.decode(errors="replace")
            raise SystemExit(f"error: {awaited!r} was not painted, but:\n{text}")
        seen += piece
    return time.perf_counter() - start


def to_the_end(terminal: int) -> str:
    """Everything that the process prints until it ends."""
    seen = b""
    while piece := _read(terminal):
        seen += piece
    return seen.decode(errors="replace")


def _read(terminal: int) -> bytes:
    """The next bytes; empty at the end, or if none come for `_PATIENCE` seconds."""
    ready, _, _ = select.select([terminal], [], [], _PATIENCE)
    try:
        return os.read(terminal, 65_536) if ready else b""
    except OSError:
        # This is how Linux reports that no process has the terminal open any more.
        return b""
