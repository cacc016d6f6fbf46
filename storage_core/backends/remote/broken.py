"""What has become of a connection, in the same words whichever library tells of it.

As in `faults`, exceptions are known by the package and the name of their class.
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
"""How httpx begins what it says of answers; it has one class for these and for broken ones."""

_MOST: Final = 50
"""Exceptions that are looked at: they may lead round in a circle."""


class Broken(ConnectionError):
    """What has become of a connection of our own; its words are those from here."""


def broken(error: BaseException) -> str | None:
    """What has become of the connection, where that is what `error` is about."""
    for each in related(error):
        words = _words(each)
        # What was on the way to an answer is not what that says.
        if words is not None or _has_answered(each):
            return words
    return None


def is_garbled(error: BaseException) -> bool:
    """Whether it is aiohttp's for an answer that is not HTTP, to which it gives a status itself."""
    return _name(type(error)) == ("aiohttp", "ClientResponseError") and any(
        _name(base) == ("aiohttp", "HttpProcessingError") for base in type(error.__cause__).__mro__
    )


def related(error: BaseException) -> Iterator[BaseException]:
    """`error`, and what it was made of, under whichever name its library keeps that."""
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
        # Nothing is said before TLS is.
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
    """What the system says, or Python in its place: then there is no number, and no text.

    A socket with a timeout does say something: "timed out", or which step of TLS did.
    """
    if isinstance(error, TimeoutError):
        said = str(error)
        is_own = type(error).__module__ == "builtins"
        is_of_socket = is_own and said.endswith("timed out")
        return NO_ANSWER if error.errno == ETIMEDOUT or not said or is_of_socket else None
    if isinstance(error, EOFError):
        return None if str(error) else CLOSED
    if isinstance(error, ConnectionResetError | BrokenPipeError | ConnectionAbortedError):
        # aiohttp has one of its own, for the request after.
        is_own = type(error).__module__ == "builtins"
        return RESET if error.errno or not str(error) or not is_own else None
    return None


def _has_answered(error: BaseException) -> bool:
    status = getattr(error, "status", None) or getattr(error, "status_code", None)
    return isinstance(status, int) or getattr(error, "response", None) is not None


def _name(kind: type) -> tuple[str, str]:
    return kind.__module__.partition(".")[0], kind.__name__
