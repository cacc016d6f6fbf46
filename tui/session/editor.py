"""The person's own text editor: which one it is, how to open a line in it, running it."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Timer

from storage_core.errors import ConfigurationError
from storage_core.paths import shortened

_PLUS = {
    *("vi", "vim", "nvim", "gvim", "nano", "pico", "micro", "emacs", "emacsclient"),
    *("joe", "jed", "mg", "kak", "mcedit"),
}
_COLON = {"hx", "helix", "subl", "zed"}
_GOTO = {"code", "codium"}

_ENDING = (signal.SIGTERM, *([signal.SIGHUP] if sys.platform != "win32" else []))
_OF_KEYS = (signal.SIGINT, *([signal.SIGQUIT] if sys.platform != "win32" else []))

_PATIENCE = 1.0
"""Seconds until a signal is handed on to the editor. A signal that is sent to all programs of a
terminal has reached it already; a second one would keep it from rescuing unsaved text."""


def editor(environment: Mapping[str, str]) -> list[str]:
    """The words of `$VISUAL`, else of `$EDITOR`, else `vi`.

    Raises:
        ConfigurationError: there is no such program, or none is named and there is no `vi`.
    """
    # Imported only here: the list is drawn without it.
    from shlex import split

    for variable in ("VISUAL", "EDITOR"):
        try:
            words = split(environment.get(variable, ""))
        except ValueError:
            raise ConfigurationError(
                f"${variable} has a quotation mark that is not closed"
            ) from None
        if words and shutil.which(words[0], path=environment.get("PATH")) is None:
            raise ConfigurationError(f"${variable} names {words[0]}, which is no program here")
        if words:
            return words
    if shutil.which("vi", path=environment.get("PATH")) is None:
        raise ConfigurationError("no text editor is known; set $EDITOR to yours")
    return ["vi"]


def opening(words: Sequence[str], path: str, line: int | None) -> list[str]:
    """The command that opens `path`, at `line` if we know how to tell this editor."""
    # `vim.basic`, `emacs-nox`, `code-insiders`.
    name = re.split(r"[.-]", Path(words[0]).name)[0]
    if line is not None and name in _PLUS:
        return [*words, f"+{line}", path]
    if line is not None and name in _COLON:
        return [*words, f"{path}:{line}"]
    if line is not None and name in _GOTO:
        return [*words, "--goto", f"{path}:{line}"]
    return [*words, path]


def run(command: Sequence[str]) -> int:
    """Run an editor in this terminal until it ends; returns its exit code.

    Ctrl+C and Ctrl+\\ are for the editor. A signal that asks this process to end is handed on to
    it, and obeyed when the editor has ended: otherwise two programs would share the terminal, and
    an editor that gets the signal rescues unsaved text.

    Raises:
        ConfigurationError: it cannot be started.
    """
    running: list[subprocess.Popen[bytes]] = []
    heard: list[int] = []
    timers: list[Timer] = []

    def tell() -> None:
        timers.append(Timer(_PATIENCE, running[0].send_signal, heard[:1]))
        timers[0].start()

    def hand_on(number: int, _: object) -> None:
        heard.append(number)
        if running and len(heard) == 1:
            tell()

    # Handlers, since the editor would inherit ignored signals. They are set before it starts, since
    # it may be sent a signal before this process reaches its next line.
    handlers = dict.fromkeys(_ENDING, hand_on) | dict.fromkeys(_OF_KEYS, lambda *_: None)
    before = {
        number: signal.signal(number, handler)
        for number, handler in handlers.items()
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        running.append(subprocess.Popen(command))
        if heard and not timers:
            tell()
        return running[0].wait()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(f"{command[0]} cannot be started: {reason}") from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
        for timer in timers:
            timer.cancel()
        for number in heard[:1]:
            signal.raise_signal(number)


def line_to_see(path: str, name: str | None) -> int | None:
    """The line where the file is broken, else that of the configuration `name`, if any."""
    from storage_core.config.toml import read, scan

    try:
        text = read.read_text(path)
        read.parse(text, path)
    except ConfigurationError as error:
        place = re.match(rf"{re.escape(shortened(path))}:(\d+): ", str(error))
        return int(place[1]) if place else None
    return None if name is None else scan.line_of(text, ("storage", name))
