"""What the terminal can do: its size, its colours, and where copied text goes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Final

from storage_core.doctor.report import NOTE, OK, Finding

_SECTION: Final = "terminal"
_NARROWEST, _LOWEST = 80, 24


def findings() -> Iterator[Finding]:
    """Yield what is found; in a script there may be no terminal."""
    if not any(stream is not None and stream.isatty() for stream in (sys.stdout, sys.stderr)):
        yield Finding(_SECTION, "terminal", "none")
        return
    name = os.environ.get("TERM", "")
    shown = name if re.fullmatch(r"[\w.+-]{1,40}", name) else "not named"
    columns, lines = shutil.get_terminal_size()
    text = f"{shown}, {columns}×{lines}, {_colours(name)}"
    if columns < _NARROWEST or lines < _LOWEST:
        yield Finding(_SECTION, "terminal", text, f"the app wants {_NARROWEST}×{_LOWEST}", NOTE)
    elif name in ("", "dumb"):
        yield Finding(_SECTION, "terminal", text, "the app needs a terminal that TERM names", NOTE)
    else:
        yield Finding(_SECTION, "terminal", text)
    yield _clipboard()


def _colours(name: str) -> str:
    if os.environ.get("NO_COLOR") or name in ("", "dumb"):
        return "no colours"
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "16 million colours"
    return "256 colours" if "256" in name else "16 colours"


def _clipboard() -> Finding:
    if os.environ.get("TMUX"):
        return _of_tmux()
    for variable, program in (("WAYLAND_DISPLAY", "wl-copy"), ("DISPLAY", "xclip")):
        if os.environ.get(variable) and shutil.which(program):
            return Finding(_SECTION, "clipboard", f"by {program}")
    if sys.platform == "darwin" and not os.environ.get("SSH_CONNECTION"):
        return Finding(_SECTION, "clipboard", "by pbcopy")
    return Finding(
        _SECTION, "clipboard", "by the terminal (OSC 52), which does not tell whether it takes it"
    )


def _of_tmux() -> Finding:
    """tmux takes copied text into its buffer; `set-clipboard` says whether it passes it on."""
    try:
        done = subprocess.run(
            ["tmux", "show-options", "-gsv", "set-clipboard"],
            capture_output=True,
            text=True,
            timeout=1,
            check=False,
        )
        setting = done.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        setting = ""
    if setting == "off":
        return Finding(
            _SECTION,
            "clipboard",
            "tmux keeps it for itself (set-clipboard off)",
            "tmux set -g set-clipboard on",
            NOTE,
        )
    passed = f" (set-clipboard {setting})" if setting in ("on", "external") else ""
    return Finding(_SECTION, "clipboard", f"by tmux, to its terminal{passed}", level=OK)
