"""Runs a command: arguments in, exit code out."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from storage_core.cli import errors, output, plain
from storage_core.cli.session import Session
from storage_core.cli.shells import VARIABLE


def run(arguments: list[str], session: Session) -> int:
    """Run one command and return its exit code; an exception is printed as one line."""
    output.prepare()
    try:
        with _ended_by_signals():
            code = _run(arguments, session)
            output.flush()
            return code
    except BaseException as error:
        return _reported(error)


def _run(arguments: list[str], session: Session) -> int:
    completing = os.environ.get(VARIABLE)
    asked = None if completing else plain.read(arguments)
    if asked is not None:
        return plain.run(asked, session)
    # Imported here: see `plain`.
    from storage_core.cli import invoking

    return (
        invoking.completed(session, VARIABLE)
        if completing
        else invoking.invoked(arguments, session)
    )


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Raise `Ended` on SIGHUP and SIGTERM, so that the process cleans up before it ends.

    The terminal shows again what is typed, and files are left whole. A signal that is ignored
    already, like SIGHUP under `nohup`, stays ignored.
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


def _reported(error: BaseException) -> int:
    code = errors.reported(error)
    try:
        output.flush()
    except (output.OutputClosed, output.OutputFailed):
        # The first error counts; what was printed before it is lost.
        output.abandon()
    return code
