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
"""Seconds in which something has to come out of a terminal."""


def in_terminal(command: Sequence[str | Path]) -> tuple[int, int]:
    """Start a process; its ID, and the descriptor that what it prints is read from."""
    terminal, inside = pty.openpty()
    columns, lines = SIZE
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    pid = spawned(command, [(os.POSIX_SPAWN_DUP2, inside, number) for number in (0, 1, 2)])
    os.close(inside)
    return pid, terminal


def until(terminal: int, awaited: str, start: float) -> float:
    """Seconds from `start` until the process printed `awaited`.

    Raises:
        SystemExit: it ended before, or prints nothing any more.
    """
    seen = b""
    while awaited.encode() not in seen:
        if not (piece := _read(terminal)):
            text = seen.decode(errors="replace")
            raise SystemExit(f"error: {awaited!r} was not painted, but:\n{text}")
        seen += piece
    return time.perf_counter() - start


def to_the_end(terminal: int) -> str:
    """All that the process prints."""
    seen = b""
    while piece := _read(terminal):
        seen += piece
    return seen.decode(errors="replace")


def _read(terminal: int) -> bytes:
    """What comes next; nothing when nothing comes."""
    ready, _, _ = select.select([terminal], [], [], _PATIENCE)
    try:
        return os.read(terminal, 65_536) if ready else b""
    except OSError:
        # So it is told that nobody has the terminal open any more.
        return b""
