"""Tokens, kept until shortly before they expire, and fetched by one thread for all."""

from __future__ import annotations

import os
import time
from _thread import allocate_lock
from typing import TYPE_CHECKING, Final

from storage_core.backends.drivers.clouds.azure.token import SCOPE, Token
from storage_core.backends.drivers.direct.transport import ask
from storage_core.backends.remote.faults import Explained
from storage_core.backends.remote.limit import OutOfTime

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage_core.backends.drivers.clouds.azure.chain import Chain
    from storage_core.backends.drivers.clouds.azure.service_principal import ServicePrincipal
    from storage_core.backends.drivers.direct.transport import Transport
    from storage_core.backends.remote.limit import Limit

_BEFORE_THE_END: Final = 300.0
"""Seconds before its end that a token is renewed, as by Azure's own client; a token that lasts no
longer than this is renewed after half of its time."""

_FRESH: Final = 60.0
"""Seconds for which a token counts as fresh: if such a one is refused, another would be as well."""


class Tokens:
    """The token of one configuration."""

    def __init__(self, find: Callable[[Limit], Token]) -> None:
        """Have none yet.

        Args:
            find: fetches a token from its source.
        """
        self._find = find
        self._token: Token | None = None
        self._refused = ""
        """The token that was refused last, which is not used again."""

        self._found_at = self._ends_at = 0.0
        self._searches = 0
        self._failure: Explained | None = None
        self._lock = allocate_lock()
        self._process = os.getpid()

    def get(self, limit: Limit) -> str:
        """A valid token.

        Raises:
            Explained: no token can be had.
            OutOfTime: another thread has been getting one all the time.
        """
        searches, token = self._searches, self._token
        if token is not None and token.token != self._refused and time.time() < self._ends_at:
            return token.token
        if self._process != os.getpid():
            # After a fork: a thread of the parent may have held the lock.
            self._lock, self._process = allocate_lock(), os.getpid()
        lock = self._lock
        if not lock.acquire(timeout=limit.left()):
            raise OutOfTime
        try:
            if searches == self._searches or not (self._token or self._failure):
                self._search(limit)
            token, failure = self._token, self._failure
        finally:
            lock.release()
        if token is None:
            assert failure is not None
            raise Explained(failure.fault, str(failure), failure.remedy, while_signing_in=True)
        return token.token

    def forget(self, token: str) -> bool:
        """Stop using a refused token; return whether another one is worth a try."""
        kept = self._token
        if kept is None or kept.token != token:
            return True
        # The token is not removed: another thread may just have put a new one in its place.
        self._refused = token
        return time.time() - self._found_at > _FRESH

    def _search(self, limit: Limit) -> None:
        self._token = self._failure = None
        self._refused = ""  # The source may give the same token again: then it is used.
        try:
            self._token = token = self._find(limit)
        except Explained as failure:
            self._failure = failure
            raise
        finally:
            self._searches += 1
        self._found_at = time.time()
        lasts = token.expires_on - self._found_at
        self._ends_at = token.expires_on - min(_BEFORE_THE_END, lasts / 2)


def of_chain(chain: Chain, limit: Limit) -> Token:
    """A token of Azure's own chain; in a thread, since nothing in the chain has a deadline."""
    from storage_core.backends.remote.threads import within

    try:
        return within(min(chain.seconds, limit.left()), chain.token, SCOPE)
    except OutOfTime:
        raise
    except Exception as error:
        said = chain.failure(error)
        if said is None:
            raise
    # Raised out here, without the chain's own error as context: that may hold secrets.
    raise said


def of_principal(principal: ServicePrincipal, transport: Transport, limit: Limit) -> Token:
    """A token of a service principal.

    Args:
        principal: knows what to ask.
        transport: asks.
        limit: how long it may take.
    """
    seconds = min(principal.seconds, limit.left())
    try:
        status, content = ask(
            transport, limit.another(seconds), principal.url, form=principal.form(SCOPE)
        )
    except Exception as error:
        raise principal.unanswered(error) from error
    return principal.token(status, content)
