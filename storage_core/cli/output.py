"""Prints to standard output and standard error; commands print only through this module.

Text from the file or a server is escaped, so that no name can control the terminal. A closed pipe
ends the command silently; a full disk is an error like any other.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import IO, Any, Final

from storage_core.printable import printable

safe: Final = printable
"""Escapes all that a terminal would not simply show, line breaks too."""

_STYLES: Final = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}


class OutputClosed(Exception):
    """Nobody reads standard output any more."""


class OutputFailed(OSError):
    """Standard output cannot be written, for example because its disk is full."""


def prepare() -> None:
    """Make every character printable in any locale, if need be as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")


def is_terminal() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def width() -> int | None:
    """The cells in a line of the terminal; None (no limit) if standard output is not one."""
    if not is_terminal():
        return None
    # Imported here: with the compression modules that it loads it takes 2 ms.
    from shutil import get_terminal_size

    return get_terminal_size().columns


def styled(text: str, *styles: str) -> str:
    """`text` in these styles, if standard output is a terminal that may have colours."""
    if not text or not is_terminal():
        return text
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{';'.join(_STYLES[style] for style in styles)}m{text}\x1b[0m"


def symbol(wanted: str, plain: str) -> str:
    """`wanted`, or `plain` if standard output cannot encode it."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        wanted.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return plain
    return wanted


def emit(text: str = "", *, end: str = "\n") -> None:
    """Print one line (already safe) on standard output.

    Raises:
        OutputClosed: nobody reads standard output any more.
        OutputFailed: it cannot be written.
    """
    if sys.stdout is not None:
        _guarded(lambda: sys.stdout.write(text + end))


def emit_now(text: str, *, end: str = "\n") -> None:
    """`emit`, and flush."""
    emit(text, end=end)
    flush()


def emit_bytes(data: bytes) -> None:
    """Write a blob to standard output."""
    if sys.stdout is None:
        return
    flush()
    _guarded(lambda: sys.stdout.buffer.write(data))
    _guarded(sys.stdout.buffer.flush)


def emit_json(value: Any) -> None:
    """Print `value` as readable JSON, without characters that a terminal would act on."""
    from json import dumps

    readable = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"
    text = dumps(_plain(value), indent=2, ensure_ascii=not readable, allow_nan=False)
    emit("\n".join(_json_safe(line) for line in text.split("\n")))


def flush() -> None:
    """Flush standard output."""
    if sys.stdout is not None:
        _guarded(sys.stdout.flush)


def note(text: str) -> None:
    """Print one line on standard error, for the person."""
    try:
        # Flush first, so that a terminal that shows both streams has them in order.
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        pass
    _to_stderr(safe(text) + "\n")


def warn(text: str) -> None:
    """Print a warning."""
    note(f"warning: {text}")


def error(text: str) -> None:
    """Print the line that says why the command failed."""
    note(f"error: {text}")


def end_line() -> None:
    """End the line of an interrupted question, so that the shell's prompt is on a new line."""
    if sys.stderr is not None and sys.stderr.isatty():
        _to_stderr("\n")


def abandon() -> None:
    """Discard unprinted output; at exit Python would try to print it again, and complain."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except (OSError, ValueError, AttributeError):
        pass


def _to_stderr(text: str) -> None:
    stream: IO[str] | None = sys.stderr
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):
        pass


def _guarded(write: Callable[[], object]) -> None:
    try:
        write()
    except BrokenPipeError:
        raise OutputClosed from None
    except OSError as failure:
        raise OutputFailed(failure.errno, failure.strerror) from None


def _json_safe(line: str) -> str:
    """A line of JSON, with characters that a terminal would act on as `\\u` escapes."""
    if line.isprintable():
        return line
    from json import dumps

    return "".join(c if c.isprintable() else dumps(c)[1:-1] for c in line)


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it: dates, infinity and NaN become text."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and value - value == 0:
        return value
    return str(value)
