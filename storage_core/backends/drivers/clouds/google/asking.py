"""Requests for tokens: within a time limit, and none of them twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final, NamedTuple, TypeAlias

from storage_core.backends.remote.faults import ProxyRefused, Redirected

_ANSWER: Final = 0.4
"""Fraction of the time for a call that one answer of a token server may take."""

ALL: Final = 0.8
"""Fraction of the time for a call that signing in may take as a whole."""

LARGEST: Final = 1024 * 1024
"""The most bytes of an answer. There is a bound because more time is given as bytes come."""


class Response(NamedTuple):
    """An answer in the form that google-auth expects."""

    status: int
    headers: Mapping[str, str]
    """To be asked for names in lower case."""

    data: bytes


Send: TypeAlias = Callable[[str, str, Mapping[str, str], bytes | None, float], Response]
"""Sends method, URL, headers and body, within so many seconds, and follows no redirect. Raises
`TimeoutError` when there is no answer by then."""


def too_long() -> ConnectionError:
    """The error for an answer of more than `LARGEST` bytes."""
    return ConnectionError("its answer is too long for a token")


class Lost(Exception):
    """There is no answer: `args[0]` is the reason, in words or as the error that was raised."""


class Asking:
    """Asks for one token, as `google.auth.transport.Request` does; remembers who was asked last."""

    def __init__(self, send: Send, timeout: float) -> None:
        """Send nothing yet.

        Args:
            send: makes a request.
            timeout: seconds that the whole call may take that needs the token.
        """
        self._send = send
        self.url = ""
        self._answer = _ANSWER * timeout
        self._until = monotonic() + ALL * timeout

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_more: Any,
    ) -> Response:
        """Make one request.

        Raises:
            Lost: there is no answer, or not a valid one. It is not of a class after which
                google-auth would try again, which would take too long.
        """
        self.url = url.partition("?")[0]
        left = min(self._answer, self._until - monotonic())
        if left <= 0:
            raise Lost("no answer in time")
        data = body.encode() if isinstance(body, str) else body
        try:
            answer = self._send(method, url, headers or {}, data, left)
        except Exception as error:
            raise Lost(error) from None
        if answer.status == ProxyRefused.status:
            raise Lost(ProxyRefused())
        if 300 <= answer.status < 400:
            raise Lost(Redirected(answer.headers.get("location", "")))
        if answer.status == 429 or answer.status >= 500:
            raise Lost(f"it answered {answer.status}")
        return answer
