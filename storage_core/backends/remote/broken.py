"""How a connection broke, in the same words whichever library reports it.

As in `faults`, exceptions are recognised by the package and the name of their class.
"""

from __future__ import annotations

from errno import ETIMEDOUT
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

RESET: Final = "the connection was reset"
CLOSED: Final = "the server closed the connection without an answer"
EARLY: Final = "the answer ended early"
NOT_HTTP: Final = "what answered is not HTTP, or not proper HTTP"
NO_ANSWER: Final = "no answer"
NO_TLS_YET: Final = "the connection ended while TLS was agreed on"
TLS_ENDED: Final = "TLS broke off"
FORKED: Final = "the connection was opened before a fork"

_BY_CLASS: Final = {
    ("aiohttp", "ClientPayloadError"): EARLY,
    ("aiohttp", "HttpProcessingError"): NOT_HTTP,
    ("aiohttp", "ServerDisconnectedError"): CLOSED,
    ("aiohttp", "ServerTimeoutError"): NO_ANSWER,
    ("azure", "ServiceRequestTimeoutError"): NO_ANSWER,
    ("azure", "ServiceResponseTimeoutError"): NO_ANSWER,
    ("botocore", "ConnectTimeoutError"): NO_ANSWER,
    ("botocore", "IncompleteReadError"): EARLY,
    ("botocore", "ReadTimeoutError"): NO_ANSWER,
    ("http", "BadStatusLine"): NOT_HTTP,
    ("http", "IncompleteRead"): EARLY,
    ("http", "RemoteDisconnected"): CLOSED,
    ("httpx", "TimeoutException"): NO_ANSWER,
    ("requests", "ChunkedEncodingError"): EARLY,
    ("requests", "Timeout"): NO_ANSWER,
    ("ssl", "SSLError"): TLS_ENDED,
    ("urllib3", "InvalidChunkLength"): NOT_HTTP,
}

_BY_WORDS: Final = {
    "Server disconnected": CLOSED,
    "peer closed connection": EARLY,
}
"""Beginnings of httpx's messages: it has one class for broken connections and for bad answers."""

_MOST: Final = 50
"""How many exceptions of a chain are looked at: it may be a circle."""


class Broken(ConnectionError):
    """A connection of the engine `direct` broke; its message has the words of this module."""


def broken(error: BaseException) -> str | None:
    """How the connection broke, in words; None if `error` is about something else."""
    for each in related(error):
        words = _words(each)
        # Once there is an answer, what happened before it does not matter.
        if words is not None or _has_answered(each):
            return words
    return None


def is_garbled(error: BaseException) -> bool:
    """Whether `error` is aiohttp's for an answer that is not HTTP; its status is made up."""
    return _name(type(error)) == ("aiohttp", "ClientResponseError") and any(
        _name(base) == ("aiohttp", "HttpProcessingError") for base in type(error.__cause__).__mro__
    )


def related(error: BaseException) -> Iterator[BaseException]:
    """`error` and the errors that it wraps, under whichever name its library keeps them."""
    pending: list[object] = [error]
    seen: set[int] = set()
    while pending and len(seen) < _MOST:
        each = pending.pop(0)
        if not isinstance(each, BaseException) or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        kept = getattr(each, "kwargs", None)
        pending += [each.__cause__, each.__context__, *each.args]
        pending += [
            getattr(each, name, None)
            for name in ("os_error", "certificate_error", "inner_exception", "reason")
        ]
        pending.append(kept.get("error") if isinstance(kept, dict) else None)


def _words(error: BaseException) -> str | None:
    if isinstance(error, Broken):
        return str(error)
    if is_garbled(error):
        return NOT_HTTP
    names = [_name(base) for base in type(error).__mro__]
    if ("aiohttp", "ClientConnectorError") in names:
        # No request is sent before TLS is set up.
        ended = isinstance(getattr(error, "os_error", None), ConnectionResetError)
        return NO_TLS_YET if ended else None
    if ("httpx", "RemoteProtocolError") in names:
        said = str(error)
        begun = (found for text, found in _BY_WORDS.items() if said.startswith(text))
        return next(begun, NOT_HTTP)
    if ("urllib3", "ProtocolError") in names and str(error) == "Response ended prematurely":
        return EARLY
    found = next((_BY_CLASS[name] for name in names if name in _BY_CLASS), None)
    return found or _of_system(error)


def _of_system(error: BaseException) -> str | None:
    """The words for an error of the system, or of Python, which has neither number nor text.

    Only that of a socket with a timeout has a text: "timed out", or which step of TLS did.
    """
    if isinstance(error, TimeoutError):
        said = str(error)
        is_own = type(error).__module__ == "builtins"
        is_of_socket = is_own and said.endswith("timed out")
        return NO_ANSWER if error.errno == ETIMEDOUT or not said or is_of_socket else None
    if isinstance(error, EOFError):
        return None if str(error) else CLOSED
    if isinstance(error, ConnectionResetError | BrokenPipeError | ConnectionAbortedError):
        # aiohttp raises a subclass of its own, for the next request on the connection.
        is_own = type(error).__module__ == "builtins"
        return RESET if error.errno or not str(error) or not is_own else None
    return None


def _has_answered(error: BaseException) -> bool:
    status = getattr(error, "status", None) or getattr(error, "status_code", None)
    return isinstance(status, int) or getattr(error, "response", None) is not None


def _name(kind: type) -> tuple[str, str]:
    return kind.__module__.partition(".")[0], kind.__name__
