"""Copies to the clipboard with programs that report whether that worked.

A terminal does not report it: Textual sends an escape sequence (OSC 52), which tmux drops by
default and some terminals ignore.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Final

PATIENCE: Final = 3.0
"""Seconds that a program may take."""


def programs(environment: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """The commands that may reach the clipboard from here, the likeliest first."""
    if environment.get("TMUX"):
        # Into tmux's own buffer, and through tmux to the terminal.
        yield ("tmux", "load-buffer", "-w", "-")
        # Before tmux 3.2.
        yield ("tmux", "load-buffer", "-")
    if environment.get("WAYLAND_DISPLAY"):
        yield ("wl-copy",)
    if environment.get("DISPLAY"):
        yield ("xclip", "-selection", "clipboard")
    if sys.platform == "darwin" and not environment.get("SSH_CONNECTION"):
        yield ("pbcopy",)


def taken(text: str) -> bool:
    """Copy `text` with a program; returns whether one took it. It blocks: call it in a thread."""
    for command in programs(os.environ):
        try:
            done = subprocess.run(
                command,
                input=text.encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        if done.returncode == 0:
            return True
    return False
