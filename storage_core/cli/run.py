"""Runs a command: arguments in, exit code out."""

from __future__ import annotations

import os

from storage_core.cli import errors, output
from storage_core.cli.command import Session
from storage_core.cli.group import PROGRAM, storage

_COMPLETE = "_STORAGE_COMPLETE"


def run(arguments: list[str], session: Session) -> int:
    """Run one command; every exception becomes a line and an exit code."""
    output.prepare()
    try:
        code = _completed(session) if os.environ.get(_COMPLETE) else _invoked(arguments, session)
        output.flush()
        return code
    except BaseException as error:
        return _reported(error)


def _invoked(arguments: list[str], session: Session) -> int:
    # Not click's own `main`, which would take a storage's broken pipe for that of the output.
    with storage.make_context(PROGRAM, arguments, obj=session) as context:
        code = storage.invoke(context)
    return code if isinstance(code, int) else errors.DONE


def _completed(session: Session) -> int:
    """Answer the shell's request for completions."""
    from click.shell_completion import shell_complete

    return shell_complete(storage, {"obj": session}, PROGRAM, _COMPLETE, os.environ[_COMPLETE])


def _reported(error: BaseException) -> int:
    code = errors.reported(error)
    try:
        output.flush()
    except (output.OutputClosed, output.OutputFailed):
        # The first error counts; what was printed before it is lost.
        output.abandon()
    return code
