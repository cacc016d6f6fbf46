"""Exit codes, and the line on standard error for each exception; never a traceback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

import click

from storage_core.cli import output
from storage_core.errors import BlobNotFound, StorageError, StorageNotFound
from storage_core.nearest import nearest

DONE: Final = 0
FAILED: Final = 1
WRONG_USAGE: Final = 2
NOT_FOUND: Final = 3
INTERRUPTED: Final = 130
SIGNALLED: Final = 128
"""And the number of the signal, as a shell has it."""

DEBUG: Final = "STORAGE_DEBUG"
"""Environment variable: if set, an unexpected error also prints where in the code it happened."""


class CommandFailed(Exception):
    """The command failed; the message is the line that is printed."""


class WrongUsage(click.UsageError):
    """The command line is wrong; the message says what to write instead."""


class Ended(BaseException):
    """A signal asks the process to end; like Ctrl+C, it is let through by everything on the way."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code: Final = SIGNALLED + number


class NoTerminal(WrongUsage):
    """A question has to be asked, and there is no terminal."""


def reported(error: BaseException) -> int:
    """Print the line for `error` and return the exit code."""
    if isinstance(error, output.OutputClosed):
        output.abandon()
        return DONE
    if isinstance(error, output.OutputFailed):
        output.abandon()
        output.error(f"cannot write the output ({error.strerror})")
        return FAILED
    if isinstance(error, KeyboardInterrupt | EOFError | click.Abort):
        output.end_line()
        return INTERRUPTED
    if isinstance(error, Ended):
        output.end_line()
        return error.code
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.ClickException):
        output.error(_usage(error))
        return error.exit_code
    if isinstance(error, StorageNotFound | BlobNotFound):
        output.error(str(error))
        return NOT_FOUND
    if isinstance(error, CommandFailed | StorageError):
        output.error(str(error))
        return FAILED
    if not isinstance(error, Exception):
        raise error
    _report_unexpected(error)
    return FAILED


def _usage(error: click.ClickException) -> str:
    # What follows the full stop is click's own suggestion.
    said = error.message if isinstance(error, click.NoSuchOption) else error.format_message()
    message = " ".join(said.split()).rstrip(".")
    if isinstance(error, WrongUsage):
        return message
    message = f"{message[:1].lower()}{message[1:]}"
    context = getattr(error, "ctx", None)
    if isinstance(error, click.NoSuchOption) and context:
        known = [
            name.strip("-")
            for each in context.command.get_params(context)
            for name in (*each.opts, *each.secondary_opts)
        ]
        meant = nearest(error.option_name.strip("-"), known)
        if meant:
            return f"{message}; did you mean --{meant}?"
    return f"{message}; see: {context.command_path if context else 'storage'} --help"


def _report_unexpected(error: Exception) -> None:
    """The name of its class only: the message of an unknown exception may hold a secret."""
    if os.environ.get(DEBUG):
        for line in _where(error):
            output.note(line)
        hint = "report this as a bug, with the lines above"
    else:
        hint = f"this is a bug; set {DEBUG}=1 to see where it happened (no values are shown)"
    output.error(f"unexpected {type(error).__name__}; {hint}")


def _where(error: BaseException) -> Iterator[str]:
    """The traceback of `error` without messages and values."""
    from traceback import extract_tb

    cause = error.__cause__ or error.__context__
    if cause is not None:
        yield from _where(cause)
    yield f"{type(error).__name__}:"
    for frame in extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
