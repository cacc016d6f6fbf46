"""Signs in for blocking threads: within the time of their attempts, one thread at a time."""

from __future__ import annotations

import os
from _thread import allocate_lock
from typing import TYPE_CHECKING, TypeVar

from storage_core.backends.drivers.clouds.google.asking import (
    ALL,
    LARGEST,
    Asking,
    Response,
    too_long,
)
from storage_core.backends.drivers.direct.transport import Transport
from storage_core.backends.remote.limit import OutOfTime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from storage_core.backends.drivers.clouds.google.tokens import Tokens
    from storage_core.backends.remote.limit import Limit

T = TypeVar("T")


class SignIn:
    """Signs requests with tokens."""

    def __init__(self, tokens: Tokens) -> None:
        """Take the source of tokens."""
        self._tokens = tokens
        self._transport = Transport(tokens.network, tokens.timeout)
        self._lock = allocate_lock()
        self._process = os.getpid()

    def close(self) -> None:
        """Close idle connections."""
        self._transport.close()

    def sign(self, limit: Limit, headers: dict[str, str]) -> str | None:
        """Add a token to the headers of a request, and return it; None without one.

        Args:
            limit: how long that may take.
            headers: of the request.

        Raises:
            Explained: no token can be had.
            OutOfTime: other threads have been getting one all the time.
        """
        tokens = self._tokens
        if not tokens.is_found:
            self._alone(limit, self._find)
        if tokens.signs_nobody_in:
            return None
        token = tokens.fresh() or self._alone(limit, self._renewed)
        if token is not None:
            tokens.sign(headers, token)
        return token

    def _alone(self, limit: Limit, do: Callable[[Limit], T]) -> T:
        """Do something that no other thread does meanwhile."""
        if self._process != os.getpid():
            # After a fork: a thread of the parent may have held the lock.
            self._lock, self._process = allocate_lock(), os.getpid()
        lock = self._lock
        if not lock.acquire(timeout=limit.left()):
            raise OutOfTime
        try:
            return do(limit)
        finally:
            lock.release()

    def _find(self, limit: Limit) -> None:
        """Look for credentials, unless another thread has done so."""
        from storage_core.backends.remote.threads import within

        if self._tokens.is_found:
            return
        try:
            # In a thread: they may be in a file on a disk that hangs.
            within(limit.left(), self._tokens.find)
        except TimeoutError:
            raise OutOfTime from None

    def _renewed(self, limit: Limit) -> str | None:
        """A fresh token, which another thread may have fetched meanwhile."""
        tokens = self._tokens
        if token := tokens.fresh():
            return token
        asking = Asking(self._sender(limit), tokens.timeout)
        if tokens.only_asks:
            return tokens.renew(asking)
        from storage_core.backends.remote.threads import within

        try:
            # In a thread: getting a token may run programs and read files.
            return within(min(ALL * tokens.timeout, limit.left()), tokens.renew, asking)
        except TimeoutError:
            raise tokens.late(asking.url) from None

    def _sender(self, limit: Limit) -> Callable[..., Response]:
        """A function that sends requests for tokens within the time of an attempt."""

        def send(
            method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float
        ) -> Response:
            until = limit.another(min(seconds, limit.left()))
            data = b""
            with self._transport.exchange(until, method, url, headers, body) as answer:
                for chunk in answer.chunks():
                    data += chunk
                    if len(data) > LARGEST:
                        raise too_long()
            return Response(answer.status, answer.headers, data)

        return send
