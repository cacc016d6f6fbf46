"""A request on its way, until its end or until the server has heard enough.

A server may refuse a body while that is still being sent, and close: its answer is what counts, not
the broken pipe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage_core.backends.drivers.direct.transport.connection import Connection
    from storage_core.backends.drivers.direct.transport.head import Head
    from storage_core.backends.drivers.direct.transport.request import Body

_SMALL: Final = 65536
"""Bytes that are copied behind the head, so that all of a request leaves at once."""


def sent(
    connection: Connection, head: bytes, body: bytes | memoryview | Body | None, size: int | None
) -> Head:
    """The head of the answer to a request.

    Args:
        connection: to the server.
        head: of the request.
        body: of it.
        size: bytes of the body.
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
            raise  # What TLS has to say tells more than that the connection has ended.
        return None
    # None can be content with half a request.
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
