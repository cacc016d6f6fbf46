"""Asks a person at a terminal.

Secrets are read without echo and without the terminal's limit on the length of a line (1024
characters on macOS, 4096 on Linux), which a pasted key may exceed. They may have several lines, as
the key file of a service account does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from storage_core.cli import output
from storage_core.cli.errors import NoTerminal

SECRET_HINT: Final = (
    "What you type is hidden. Better than the secret itself is a reference to it:\n"
    "env:NAME (an environment variable), file:/absolute/path or keyring:service/user.\n"
)
"""The hint above the question for a secret setting."""

_ERASE: Final = (b"\x7f", b"\x08")
_ERASE_ALL: Final = b"\x15"
_END: Final = b"\x04"


def is_terminal() -> bool:
    """Whether there is a terminal to ask on."""
    return sys.stdin is not None and sys.stdin.isatty()


def return_to_terminal() -> None:
    """Ask on the terminal from now on, since standard input has been read to its end.

    Does nothing unless a person sees all output: a script must not take over a terminal.
    """
    if not (sys.stderr is not None and sys.stderr.isatty() and output.is_terminal()):
        return
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
        os.dup2(terminal, 0)
        os.close(terminal)
    except OSError:
        return
    sys.stdin = open(0, closefd=False)  # noqa: SIM115


def require_terminal(instead: str) -> None:
    """Raise an error if there is no terminal to ask on.

    Args:
        instead: what to do without a terminal, for the message.

    Raises:
        NoTerminal: standard input is not a terminal.
    """
    if not is_terminal():
        raise NoTerminal(f"there is no terminal to ask on; {instead}")


def say(text: str = "") -> None:
    """Print a line of the conversation."""
    if output.is_terminal():
        output.emit(output.safe(text))
    else:
        output.note(text)


def ask(question: str) -> str:
    """Ask and return the answer without outer spaces.

    Raises:
        EOFError: the person ended the input.
    """
    if output.is_terminal():
        _load_line_editor()
        output.flush()
        return input(question).strip()
    _show(question)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()


def ask_hidden(
    question: str, is_complete: Callable[[str], bool] | None = None, *, hint: str = ""
) -> str:
    """Ask for a secret: nothing of the answer is shown.

    Args:
        question: what to ask.
        is_complete: tells whether an answer of several lines is complete; an empty line ends it in
            any case. None: the answer has one line.
        hint: lines to print above the question.

    Raises:
        EOFError: the person ended the input.
    """
    lines: list[str] = []
    # Echo off first: a fast answer must not be echoed.
    with _silent_terminal() as read_line:
        _show(hint + question)
        try:
            while True:
                lines.append(read_line())
                text = "\n".join(lines).strip()
                if is_complete is None or not lines[-1].strip() or is_complete(text):
                    return text
        finally:
            _show("\n")


def confirm(question: str, *, default: bool) -> bool:
    """Ask for yes or no; an empty answer is `default`."""
    while True:
        answer = ask(f"{question} [{'Y/n' if default else 'y/N'}]: ").lower()
        if not answer:
            return default
        if answer in ("y", "yes", "n", "no"):
            return answer[0] == "y"
        say("Answer y or n")


def _show(text: str) -> None:
    """Print without a line break, on the terminal."""
    if output.is_terminal():
        output.emit_now(text, end="")
    elif sys.stderr is not None:
        sys.stderr.write(text)
        sys.stderr.flush()


def _load_line_editor() -> None:
    """Load `readline`, for arrow keys and Tab in answers."""
    try:
        import readline
    except ImportError:
        return
    # Bracketed paste would print its escape sequence before every question.
    readline.parse_and_bind("set enable-bracketed-paste off")
    readline.set_auto_history(False)


@contextmanager
def _silent_terminal() -> Iterator[Callable[[], str]]:
    """Switch the echo off and yield a function that reads one line."""
    try:
        import termios
    except ImportError:
        from getpass import getpass

        yield lambda: getpass("")
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    silent: list[Any] = list(before)
    silent[3] &= ~(termios.ECHO | termios.ICANON)
    # Keep what was typed or pasted ahead: it is the answer.
    termios.tcsetattr(descriptor, termios.TCSADRAIN, silent)
    try:
        yield lambda: _read_line(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _read_line(descriptor: int) -> str:
    line = bytearray()
    while True:
        typed = os.read(descriptor, 1)
        if typed in (b"\n", b"\r"):
            return line.decode(errors="replace")
        if typed in (b"", _END):
            if not line:
                raise EOFError
        elif typed in _ERASE:
            del line[_last_character(line) :]
        elif typed == _ERASE_ALL:
            line.clear()
        else:
            line += typed


def _last_character(line: bytearray) -> int:
    """The index at which the last UTF-8 character begins."""
    start = max(len(line) - 1, 0)
    while start > 0 and line[start] & 0xC0 == 0x80:
        start -= 1
    return start
