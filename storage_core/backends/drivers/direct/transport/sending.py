"""Sends a request, to its end or until the server refuses it.

A server may refuse a body that is still being sent, and close the connection: its answer counts
then, not the broken pipe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage_core.backends.drivers.direct.transport.connection import Connection
    from storage_core.backends.drivers.direct.transport.head import Head
    from storage_core.backends.drivers.direct.transport.request import Body

_SMALL: Final = 65536
"""Bytes up to which a body is joined to the head, so that the whole request is sent at once."""


def sent(
    connection: Connection, head: bytes, body: bytes | memoryview | Body | None, size: int | None
) -> Head:
    """Send a request and return the head of the answer.

    Args:
        connection: to the server.
        head: of the request.
        body: of the request.
        size: of the body, in bytes; None if there is none.
    """
    try:
        if body is None or size is None:
            connection.send(head)
        elif size <= _SMALL:
            connection.send(b"".join((head, *_pieces(body, size))))
        else:
            connection.send(head)
            for each in _pieces(body, size):
                if not connection.send_unless_refused(each):
                    connection.lasts = False
                    break
    except ConnectionError:
        # The answer may have come before the connection has ended.
        connection.lasts = False
        found = _late(connection)
        if found is None:
            raise
        return found
    return connection.head()


def _late(connection: Connection) -> Head | None:
    try:
        found = connection.head()
    except ConnectionError as error:
        if type(error.__cause__).__name__ == "SSLError":
            raise  # An error of TLS says more than that the connection has ended.
        return None
    # A success cannot be the answer to half a request.
    return found if found.status >= 300 else None


def _pieces(body: bytes | memoryview | Body, size: int) -> Iterable[bytes | memoryview]:
    return (body,) if isinstance(body, bytes | memoryview) else _chunks(body, size)


def _chunks(body: Body, size: int) -> Iterator[bytes | memoryview]:
    for each in body.chunks():
        size -= each.nbytes if isinstance(each, memoryview) else len(each)
        if size < 0:
            break
        yield each
    if size:
        raise ValueError("a body to be sent is not of the size that it has said")
