"""Requests for tokens: in good time, and none of them twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final, NamedTuple, TypeAlias

from storage_core.backends.remote.faults import ProxyRefused, Redirected

_ANSWER: Final = 0.4
"""Of the time for a call, for one answer of a server that gives tokens."""

ALL: Final = 0.8
"""Of the time for a call, for all of signing in."""

LARGEST: Final = 1024 * 1024
"""Bytes of an answer. Time is allowed for all that comes, so there has to be an end."""


class Response(NamedTuple):
    """An answer, as google-auth wants it."""

    status: int
    headers: Mapping[str, str]
    """To be asked for names in lower case."""

    data: bytes


Send: TypeAlias = Callable[[str, str, Mapping[str, str], bytes | None, float], Response]
"""Sends method, URL, headers and body, within so many seconds, and follows no redirect. Raises
`TimeoutError` when there is no answer by then."""


def too_long() -> ConnectionError:
    """What to raise for an answer of more than `LARGEST` bytes."""
    return ConnectionError("its answer is too long for a token")


class Lost(Exception):
    """There is no answer: `args[0]` is what is in the way, in words or as it was raised."""


class Asking:
    """Asks for one token, as `google.auth.transport.Request` does; remembers who was asked last."""

    def __init__(self, send: Send, timeout: float) -> None:
        """Ask nobody yet.

        Args:
            send: makes a request.
            timeout: seconds that the whole call may take for which a token is wanted.
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
            Lost: there is no answer, or none that counts. Of no family that google-auth would try
                again after, which takes longer than there is time.
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
