"""Exit codes, and the line on standard error for each exception; never a traceback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from storage_core.cli import output
from storage_core.errors import BlobNotFound, StorageError, StorageNotFound

DONE: Final = 0
FAILED: Final = 1
WRONG_USAGE: Final = 2
NOT_FOUND: Final = 3
INTERRUPTED: Final = 130
SIGNALLED: Final = 128
"""The number of the signal is added, as shells do."""

MEANINGS: Final = {
    DONE: "done",
    FAILED: "it failed, with one error: … line on standard error; or test, validate or doctor "
    "found something",
    WRONG_USAGE: "wrong usage, or a question with no terminal to ask on",
    NOT_FOUND: "no such storage or blob",
    INTERRUPTED: "interrupted",
}
"""The meaning of each exit code, for the documentation."""

DEBUG: Final = "STORAGE_DEBUG"
"""The environment variable that makes an unexpected error print where in the code it happened."""


class CommandFailed(Exception):
    """The command failed; the message is the line that is printed."""


class WrongUsage(Exception):
    """The command line is wrong; the message says what to write instead."""


class Ended(BaseException):
    """A signal asks the process to end; like Ctrl+C, `except Exception` does not catch it."""

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
    if isinstance(error, KeyboardInterrupt | EOFError):
        output.end_line()
        return INTERRUPTED
    if isinstance(error, Ended):
        output.end_line()
        return error.code
    if isinstance(error, WrongUsage):
        output.error(" ".join(str(error).split()).rstrip("."))
        return WRONG_USAGE
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


def _report_unexpected(error: Exception) -> None:
    """Print only the name of its class: the message may contain a secret."""
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
