"""Runs a program in a terminal of its own, types, and prints its screens; `others.py` starts it.

It imports nothing of the project, and runs in an environment with pyte, which only this needs. It
reads the steps as JSON from standard input, and prints the screens as JSON.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from typing import Any

import pyte  # type: ignore[import-not-found]  # in `.venv-beside-pyte` only

_AT_REST = 0.7  # seconds without output after which a screen counts as settled
_PATIENCE = 20.0

# Sequences that pyte misreads: keyboard protocols, queries, titles and pictures.
_STRANGE = re.compile(
    rb"\x1b\[[<>=?][\d;]*u|\x1b\[[<>=?]?[\d;]*\$[a-z]|\x1b[P_^].*?\x1b\\", re.DOTALL
)

# The sixteen colours as xterm has them.
_COLORS = {
    "black": "#000000", "red": "#cd3131", "green": "#0dbc79", "brown": "#e5e510",
    "blue": "#2472c8", "magenta": "#bc3fbc", "cyan": "#11a8cd", "white": "#e5e5e5",
    "brightblack": "#666666", "brightred": "#f14c4c", "brightgreen": "#23d18b",
    "brightbrown": "#f5f543", "brightyellow": "#f5f543", "brightblue": "#3b8eea",
    "brightmagenta": "#d670d6", "brightcyan": "#29b8db", "brightwhite": "#ffffff",
}  # fmt: skip
FOREGROUND, BACKGROUND = "#d8dbe2", "#14161c"


class Terminal:
    """A program with the screen it draws on.

    Args:
        command: the program and its arguments.
        environment: all its environment variables.
        folder: its working directory.
        size: columns and rows of the terminal.
    """

    def __init__(
        self, command: list[str], environment: dict[str, str], folder: str, size: tuple[int, int]
    ) -> None:
        columns, rows = size
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._kept = b""
        self._pid, self._fd = pty.fork()
        if not self._pid:
            # Before the program asks how large its terminal is.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.chdir(folder)
            os.execvpe(command[0], command, environment)

    def type(self, text: str) -> None:
        """Press keys, and wait until the program has drawn the result."""
        os.write(self._fd, text.encode())
        self.rest()

    def click(self, text: str) -> None:
        """Click on this text."""
        for row, line in enumerate(self._screen.display, 1):
            if text in line:
                place = f"{line.index(text) + 1};{row}"
                self.type(f"\x1b[<0;{place}M\x1b[<0;{place}m")
                return
        raise ValueError(f"nothing to click at: {text}")

    def rest(self, seconds: float = _AT_REST) -> None:
        """Wait until nothing has been drawn for a while."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and self._read(seconds):
            pass

    def wait(self, text: str) -> None:
        """Wait until the screen shows this.

        Raises:
            TimeoutError: It does not within `_PATIENCE` seconds.
        """
        end = time.monotonic() + _PATIENCE
        while text not in "\n".join(self._screen.display):
            if time.monotonic() > end:
                shown = "\n".join(self._screen.display)
                raise TimeoutError(f"never showed {text!r}, but:\n{shown}")
            self._read(0.1)
        self.rest()

    def seen(self) -> list[list[list[Any]]]:
        """Return each row's cells: text, colour, background, bold, italic, underlined, struck."""
        return [
            [self._cell(self._screen.buffer[row][column]) for column in range(self._screen.columns)]
            for row in range(self._screen.lines)
        ]

    def close(self) -> None:
        """End the program."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._fd)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._fd], [], [], seconds)[0]:
            return False
        try:
            data = self._kept + os.read(self._fd, 65536)
        except OSError:  # the program has ended
            return False
        # A sequence that was cut in the middle waits for the rest.
        start = data.rfind(b"\x1b")
        whole = start < 0 or len(data) - start > 64 or re.search(rb"[@-Z\\^-~]", data[start + 2 :])
        self._kept = b"" if whole else data[start:]
        self._stream.feed(_STRANGE.sub(b"", data if whole else data[:start]))
        return True

    def _cell(self, cell: pyte.screens.Char) -> list[Any]:
        color, ground = _hex(cell.fg, FOREGROUND), _hex(cell.bg, BACKGROUND)
        if cell.reverse:
            color, ground = ground, color
        style = [cell.bold, cell.italics, cell.underscore, cell.strikethrough]
        return [cell.data, color, ground, *style]


def _hex(color: str, default: str) -> str:
    return default if color == "default" else _COLORS.get(color, f"#{color}")


def main() -> None:
    """Run the program with the steps from standard input, and print the screens."""
    told = json.load(sys.stdin)
    terminal = Terminal(told["command"], told["environment"], told["folder"], told["size"])
    screens: dict[str, Any] = {}
    try:
        for does, what in told["steps"]:
            if does == "see":
                terminal.rest()
                screens[what] = terminal.seen()
            elif does == "type":
                terminal.type(what)
            elif does == "click":
                terminal.click(what)
            elif does == "wait":
                terminal.wait(what)
            else:
                terminal.rest(what)
    finally:
        terminal.close()
    json.dump(screens, sys.stdout)


if __name__ == "__main__":
    main()
