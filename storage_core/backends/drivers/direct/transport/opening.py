"""Opens a connection to a server: directly or through a proxy, with TLS or without."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from storage_core.backends.drivers.direct.transport.connecting import connected
from storage_core.backends.drivers.direct.transport.connection import Connection

if TYPE_CHECKING:
    from storage_core.backends.drivers.direct.transport.request import Server
    from storage_core.backends.remote.limit import Limit
    from storage_core.backends.remote.network import Network


def opened(network: Network, url: str, where: Server, limit: Limit) -> Connection:
    """A new connection to a server, over which no request has been sent yet.

    Args:
        network: decides on the proxy and the certificates.
        url: of the request to come.
        where: the server.
        limit: the time for connecting.
    """
    proxy = network.proxy_for(url)
    if proxy is None:
        connection = _reached(where.host, where.port, where.origin, limit)
    else:
        parts = urlsplit(proxy)
        host = parts.hostname or ""
        secure = parts.scheme == "https"
        connection = _reached(host, parts.port or (443 if secure else 80), where.origin, limit)
    try:
        if proxy is not None:
            if secure:
                _secure(connection, network, host)
            signed = _authorization(proxy)
            if where.scheme == "https":
                _tunnel(connection, where, signed)
            else:
                connection.absolute, connection.more = True, signed
        if where.scheme == "https":
            _secure(connection, network, where.host)
        connection.release()
    except BaseException:
        connection.drop()
        raise
    return connection


def _reached(host: str, port: int, origin: str, limit: Limit) -> Connection:
    connection = Connection(connected(host, port, limit), origin)
    connection.hold(limit)
    return connection


def _secure(connection: Connection, network: Network, host: str) -> None:
    # Imported late: it loads ssl.
    from storage_core.backends.drivers.direct.transport.tls import secure

    secure(connection.wire, network.context(), host)


def _tunnel(connection: Connection, where: Server, signed: str) -> None:
    """Have the proxy connect to a server."""
    shown = f"[{where.host}]" if ":" in where.host else where.host
    server = f"{shown}:{where.port}"
    connection.send(f"CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n{signed}\r\n".encode())
    answer = connection.head()
    if not 200 <= answer.status < 300:
        # In the words of http.client, by which `hindrance` recognises it.
        raise OSError(f"Tunnel connection failed: {answer.status} {answer.reason}")
    if not connection.is_clean:
        raise ConnectionResetError("the proxy has said more than that it has connected")


def _authorization(proxy: str) -> str:
    """The header line for the user and the password in the URL of a proxy, if there are any."""
    user, at, _ = urlsplit(proxy).netloc.rpartition("@")
    if not at:
        return ""
    from base64 import b64encode

    name, _, password = user.partition(":")
    pair = f"{unquote(name)}:{unquote(password)}".encode()
    return f"Proxy-Authorization: Basic {b64encode(pair).decode()}\r\n"
