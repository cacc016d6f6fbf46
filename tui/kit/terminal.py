"""The terminal that the app runs in: signals that end or stop the app, a terminal that goes away.

A signal ends the app as quitting does, so that the terminal is restored; the exit code is 128 plus
the signal's number, as in a shell.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from types import FrameType
from typing import IO, TYPE_CHECKING, Any, Final

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from textual.app import App

ENDING: Final = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
"""Signals that end a program and can be handled."""

GONE: Final = 128 + signal.SIGHUP
"""Exit code when the terminal is gone."""


@contextmanager
def ended_by_signals(stop: Callable[[int], object]) -> Iterator[None]:
    """Call `stop` with the exit code when a signal asks the program to end.

    Signals that are ignored already, as SIGHUP is under `nohup`, stay ignored.
    """

    def ending(number: int, _: FrameType | None) -> None:
        code = 128 + number
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # The app has not started or has ended, so the terminal needs no restoring.
            raise SystemExit(code) from None
        # Not at once, in the middle of whatever the event loop is doing.
        loop.call_soon_threadsafe(stop, code)

    before = {
        number: signal.signal(number, ending)
        for number in ENDING
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


def is_gone() -> bool:
    """Whether the terminal that there was at the start has gone away."""
    return sys.__stdin__ is None or not os.isatty(sys.__stdin__.fileno())


def let_go() -> None:
    """Detach from a terminal that is gone, since reading and writing would fail."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    os.close(nowhere)


def stop_group() -> None:
    """Stop the process group, `make` and the like included, as Ctrl+Z does, until continued.

    If there is no shell that could continue the group, the kernel ignores the signal.
    """
    before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    try:
        os.kill(0, signal.SIGTSTP)
    finally:
        signal.signal(signal.SIGTSTP, before or signal.SIG_DFL)


class TerminalDriver(LinuxDriver):
    """Textual's driver, made to survive a lost terminal and to draw again when continued."""

    def __init__(self, app: App[Any], **kwargs: Any) -> None:
        super().__init__(app, **kwargs)
        self._shown_in, self._started = app, False
        if isinstance(self._file, TextIOWrapper):
            # Whatever the locale: typed text is read as UTF-8 too, and a screen full of escapes
            # such as \u2500 would be unreadable.
            self._file.reconfigure(encoding="utf-8")
        self._file: Any = _Lasting(self._file) if self._file is not None else None

    def start_application_mode(self) -> None:
        """Take the terminal."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._started = True

    def stop_application_mode(self) -> None:
        """Restore the terminal."""
        super().stop_application_mode()
        self._started = False

    def resume_application_mode(self) -> None:
        """Take it again: SIGCONT comes after a stop that was not heard of (SIGSTOP) as well."""
        if self._started:
            # Stop the old threads first, or a second pair would run beside them.
            self.suspend_application_mode()
        super().resume_application_mode()
        self._shown_in.call_later(self._shown_in.refresh, layout=True)

    def run_input_thread(self) -> None:
        """Read keys until the terminal is gone."""
        # `KitApp` notices that by itself.
        with suppress(OSError):
            super().run_input_thread()


class _Lasting:
    """A stream that ignores the loss of its terminal. An error would end Textual's writing thread,
    and then block everything that writes."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()
