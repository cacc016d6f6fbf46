"""Signing in for threads that wait: within the time of their attempts, one of them at a time."""

from __future__ import annotations

import os
from _thread import allocate_lock
from typing import TYPE_CHECKING

from storage_core.backends.drivers.clouds.google.asking import ALL, Asking, Response
from storage_core.backends.drivers.direct.transport import Transport
from storage_core.backends.remote.limit import OutOfTime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from storage_core.backends.drivers.clouds.google.tokens import Tokens
    from storage_core.backends.remote.limit import Limit


class SignIn:
    """Signs requests with tokens."""

    def __init__(self, tokens: Tokens) -> None:
        """Take them, or where they come from."""
        self._tokens = tokens
        self._transport = Transport(tokens.network, tokens.timeout)
        self._lock = allocate_lock()
        self._process = os.getpid()

    def close(self) -> None:
        """End the connections that nobody uses."""
        self._transport.close()

    def sign(self, limit: Limit, headers: dict[str, str]) -> str | None:
        """Add what signs in to the headers of a request; returns the token, if there is one.

        Args:
            limit: how long that may take.
            headers: of the request.

        Raises:
            Explained: there is no token to be had.
            OutOfTime: others are still waiting for one.
        """
        tokens = self._tokens
        while not (tokens.is_found and (tokens.signs_nobody_in or tokens.fresh)):
            self._alone(limit, self._step)
        token = tokens.fresh
        if token is not None:
            tokens.sign(headers, token)
        return token

    def _alone(self, limit: Limit, step: Callable[[Limit], None]) -> None:
        """Do something that no other thread does meanwhile."""
        if self._process != os.getpid():
            # In a forked child nobody else holds it, whoever did in the parent.
            self._lock, self._process = allocate_lock(), os.getpid()
        lock = self._lock
        if not lock.acquire(timeout=limit.left()):
            raise OutOfTime
        try:
            step(limit)
        finally:
            lock.release()

    def _step(self, limit: Limit) -> None:
        """Do what comes next, unless another thread has done so."""
        tokens = self._tokens
        if not tokens.is_found:
            # It may be a file on a disk that hangs.
            self._within(limit.left(), tokens.find)
        elif not (tokens.signs_nobody_in or tokens.fresh):
            asking = Asking(self._sender(limit), tokens.timeout)
            try:
                if tokens.only_asks:
                    tokens.renew(asking)
                else:
                    self._within(min(ALL * tokens.timeout, limit.left()), tokens.renew, asking)
            except TimeoutError:
                raise tokens.late(asking.url) from None

    @staticmethod
    def _within(seconds: float, function: Callable[..., None], *args: object) -> None:
        from storage_core.backends.remote.threads import within

        within(seconds, function, *args)

    def _sender(self, limit: Limit) -> Callable[..., Response]:
        """What sends requests for tokens, for an attempt."""

        def send(
            method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float
        ) -> Response:
            until = limit.another(min(seconds, limit.left()))
            with self._transport.exchange(until, method, url, headers, body) as answer:
                return Response(answer.status, answer.headers, answer.read())

        return send
