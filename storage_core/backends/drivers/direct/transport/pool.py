"""Idle connections that wait for the next request; of those to a server, the last used comes first.

There is no lock: each step is one atomic operation of a deque, so a fork leaves nothing locked.
"""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from storage_core.backends.drivers.direct.transport.connection import Connection

_MOST_IDLE: Final = 256
"""Idle connections for each server. 1,000 reads by 256 jobs with a round trip of 40 ms take 0.43 s;
with 64 connections the others are opened again and again, and it is 0.59. On Linux, a process may
have 1,024 files open."""

_LONGEST_IDLE: Final = 60.0
"""Seconds. Servers that end idle connections mostly do so after a minute or more (nginx 75 s, a
load balancer of AWS 60 s, Go never); a request sent at that moment would be lost."""


class Pool:
    """The idle connections of a transport."""

    def __init__(self) -> None:
        """Have none yet."""
        self._idle: dict[str, deque[Connection]] = {}
        self._is_closed = False

    def take(self, origin: str) -> Connection | None:
        """A connection to a server, if there is one that can be used; else None."""
        idle = self._idle.get(origin)
        while idle:
            try:
                connection = idle.pop()
            except IndexError:
                return None
            if connection.idle_since > monotonic() - _LONGEST_IDLE and connection.is_fresh:
                return connection
            connection.close()
        return None

    def put(self, connection: Connection) -> None:
        """Take a connection back whose answer has been read."""
        if not (connection.lasts and connection.wire.is_own and connection.is_clean):
            connection.close()
            return
        now = connection.idle_since = monotonic()
        idle = self._idle.setdefault(connection.origin, deque())
        idle.append(connection)
        while len(idle) > 1 and (
            len(idle) > _MOST_IDLE or idle[0].idle_since < now - _LONGEST_IDLE
        ):
            try:
                idle.popleft().close()
            except IndexError:
                return
        if self._is_closed:
            self.close()

    def close(self) -> None:
        """Close all idle connections; those in use are closed when they come back."""
        self._is_closed = True
        for idle in [*self._idle.values()]:
            while idle:
                try:
                    idle.pop().close()
                except IndexError:
                    break
