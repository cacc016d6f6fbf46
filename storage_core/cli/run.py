"""Runs a command: arguments in, exit code out."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from storage_core.cli import errors, output
from storage_core.cli.command import Session
from storage_core.cli.group import PROGRAM, storage

_COMPLETE = "_STORAGE_COMPLETE"


def run(arguments: list[str], session: Session) -> int:
    """Run one command; every exception becomes a line and an exit code."""
    output.prepare()
    try:
        with _ended_by_signals():
            completing = os.environ.get(_COMPLETE)
            code = _completed(session) if completing else _invoked(arguments, session)
            output.flush()
            return code
    except BaseException as error:
        return _reported(error)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Unwind when a signal asks for the end: a terminal shows again what is typed, files are whole.

    What is ignored already, as SIGHUP is under `nohup`, stays ignored.
    """

    def end(number: int, _: FrameType | None) -> None:
        raise errors.Ended(number)

    known = [getattr(signal, name, None) for name in ("SIGHUP", "SIGTERM")]
    before = {
        number: signal.signal(number, end)
        for number in known
        if number is not None
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(number) is signal.SIG_DFL
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _invoked(arguments: list[str], session: Session) -> int:
    # Not click's own `main`, which would take a storage's broken pipe for that of the output.
    with storage.make_context(PROGRAM, arguments, obj=session) as context:
        code = storage.invoke(context)
    return code if isinstance(code, int) else errors.DONE


def _completed(session: Session) -> int:
    """Answer the shell's request for completions."""
    from click.shell_completion import shell_complete

    from storage_core.cli.completion import register

    register()
    return shell_complete(storage, {"obj": session}, PROGRAM, _COMPLETE, os.environ[_COMPLETE])


def _reported(error: BaseException) -> int:
    code = errors.reported(error)
    try:
        output.flush()
    except (output.OutputClosed, output.OutputFailed):
        # The first error counts; what was printed before it is lost.
        output.abandon()
    return code
