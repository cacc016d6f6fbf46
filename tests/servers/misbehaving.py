"""The ways in which a server can be broken, for backends whose drivers were written by others.

Each is an answer for `raw_server`. `signing_in` puts a working token endpoint in front of one, for
drivers that sign in before they ask for anything.
"""

from __future__ import annotations

import json
import socket
from secrets import token_urlsafe
from typing import Final

from tests.servers.raw_http import Answer, RawServer, response

_TOKEN_PATH: Final = b"POST /token "
_NO_LINGER: Final = b"\1\0\0\0\0\0\0\0"


def hang(server: RawServer, connection: socket.socket) -> None:
    """No answer at all."""
    server.stopped.wait(30)


def drip(server: RawServer, connection: socket.socket) -> None:
    """One byte a second of a small blob."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    while not server.stopped.wait(1.0):
        connection.sendall(b"x")


def drip_head(server: RawServer, connection: socket.socket) -> None:
    """A header that grows and grows."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while not server.stopped.wait(0.2):
        connection.sendall(b"x")


def reset_in_mid_body(server: RawServer, connection: socket.socket) -> None:
    """Half of what was promised, and the connection is gone."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)


def reset_at_once(server: RawServer, connection: socket.socket) -> None:
    """The connection is gone before a status."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)


SHORT_BODY: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nshort"
NOT_HTTP: Final = b"SSH-2.0-OpenSSH_9.2\r\n"

UNAVAILABLE: Final[dict[str, bytes | Answer]] = {
    "429": response("429 Too Many Requests"),
    "500": response("500 Internal Server Error"),
    "502": response("502 Bad Gateway"),
    "503": response("503 Service Unavailable"),
    "400": response("400 Bad Request"),
    "418": response("418 I'm a teapot"),
    "501": response("501 Not Implemented"),
    "not HTTP": NOT_HTTP,
    "nothing": b"",
    "hang": hang,
    "drip": drip,
    "drip in the head": drip_head,
    "reset in mid-body": reset_in_mid_body,
    "reset at once": reset_at_once,
    "short body": SHORT_BODY,
}
"""The answers after which a read fails with `StorageUnavailable`."""


def signing_in(answer: bytes | Answer) -> Answer:
    """Give a token to a service account that asks for one, and `answer` to all other requests."""

    def serve(server: RawServer, connection: socket.socket) -> None:
        if server.asked.startswith(_TOKEN_PATH):
            token = {"access_token": token_urlsafe(), "expires_in": 3600, "token_type": "Bearer"}
            connection.sendall(response("200 OK", json.dumps(token).encode()))
        elif callable(answer):
            answer(server, connection)
        else:
            connection.sendall(answer)

    return serve
