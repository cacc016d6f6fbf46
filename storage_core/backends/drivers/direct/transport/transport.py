"""Exchanges one request for its answer, over a connection of the pool or a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import finalize

from storage_core.backends.drivers.direct.transport.answer import Answer
from storage_core.backends.drivers.direct.transport.head import framing
from storage_core.backends.drivers.direct.transport.opening import opened
from storage_core.backends.drivers.direct.transport.pool import Pool
from storage_core.backends.drivers.direct.transport.request import head, parted, size_of
from storage_core.backends.drivers.direct.transport.sending import sent
from storage_core.backends.remote.faults import ProxyRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from storage_core.backends.drivers.direct.transport.connection import Connection
    from storage_core.backends.drivers.direct.transport.request import Body
    from storage_core.backends.remote.limit import Limit
    from storage_core.backends.remote.network import Network


class Transport:
    """Sends requests to servers, from any number of threads, before and after a fork."""

    def __init__(self, network: Network, timeout: float) -> None:
        """Connect nothing yet.

        Args:
            network: decides on the proxy and the certificates.
            timeout: seconds that connecting may take, if the limit of a call is longer.
        """
        self._network = network
        self._timeout = timeout
        self._pool = Pool()
        # Python warns of sockets that it has to close itself.
        finalize(self, self._pool.close)

    def exchange(
        self,
        limit: Limit,
        method: str,
        url: str,
        headers: Iterable[tuple[str, str]] | Mapping[str, str] = (),
        body: bytes | memoryview | Body | None = None,
    ) -> Answer:
        """Send a request once, and return the answer when its head has come.

        No redirect is followed, and nothing is sent again: a write may have been received.

        Args:
            limit: how long all of it may take, the body of the answer included.
            method: such as GET.
            url: percent-encoded; its path and query are sent as they are given.
            headers: sent as they are. `Host` (without the default port), `Content-Length` and
                `Accept-Encoding` are added unless given.
            body: what to send.

        Raises:
            ProxyRefused: a proxy wants a user and a password.
            OSError: the connection failed, or what came is not an HTTP answer.
        """
        where, path = parted(url)
        self._network.url = url
        connection = self._pool.take(where.origin)
        if connection is None:
            seconds = min(limit.left(), self._timeout)
            connection = opened(self._network, url, where, limit.another(seconds))
        try:
            connection.hold(limit)
            if connection.absolute:
                path = f"{where.origin}{path}"
            size = size_of(body)
            begun = head(method, path, where.shown, headers, size, connection.more)
            found = sent(connection, begun, body, size)
            if found.status == ProxyRefused.status:
                raise ProxyRefused
            connection.lasts = connection.lasts and found.lasts
            return Answer(found, framing(method, found), connection, self._done)
        except BaseException:
            connection.drop()
            raise

    def _done(self, connection: Connection) -> None:
        connection.release()
        self._pool.put(connection)

    def close(self) -> None:
        """Close idle connections; the others are closed after their answers."""
        self._pool.close()
