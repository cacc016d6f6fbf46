"""Connects to a server by TCP, trying the addresses of its name, within the time of a call."""

from __future__ import annotations

import os
import select
import socket
from errno import EINPROGRESS
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.remote.faults import BadSettings, Unconnected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage_core.backends.remote.limit import Limit

_HEAD_START: Final = 0.25
"""Seconds that an address has before the next is tried as well (RFC 8305), so that a network that
swallows IPv6 costs no more."""


def connected(host: str, port: int, limit: Limit) -> socket.socket:
    """A socket that is connected to a server.

    Raises:
        Unconnected: no address of the name accepts a connection, or it has none.
        BadSettings: it is not the name of a host.
    """
    try:
        addresses = _addresses(host, port, limit)
        sock = _first(addresses, limit)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except TimeoutError as error:
        if error.errno is None:
            raise
        raise Unconnected(host, port, error) from error
    except OSError as error:
        raise Unconnected(host, port, error) from error
    except UnicodeError:
        raise BadSettings("the address of the server has a name that none can have") from None
    return sock


def _addresses(host: str, port: int, limit: Limit) -> Sequence[tuple[Any, ...]]:
    # As bytes: for text Python loads the rules of international names, which takes 2 ms.
    name = host.encode()
    if ":" in host or host.replace(".", "").isdigit():
        return socket.getaddrinfo(name, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    # In a thread, since nothing interrupts a lookup. Imported late: few calls need the module.
    from storage_core.backends.remote.threads import within

    try:
        return within(limit.left(), socket.getaddrinfo, name, port, 0, socket.SOCK_STREAM)
    except TimeoutError:
        limit.left()
        raise


def _first(addresses: Sequence[tuple[Any, ...]], limit: Limit) -> socket.socket:
    """A socket for the first address that connects; each is tried a little after the one before."""
    waiting: dict[int, socket.socket] = {}
    poll = select.poll()
    error: OSError | None = None
    left = [*addresses]
    try:
        while left or waiting:
            if left:
                family, kind, protocol, _, address = left.pop(0)
                try:
                    sock = socket.socket(family, kind, protocol)
                except OSError as failure:
                    error = failure
                    continue
                waiting[sock.fileno()] = sock
                limit.hold(sock)
                sock.setblocking(False)
                code = sock.connect_ex(address)
                if code not in (0, EINPROGRESS):
                    error = _given_up(waiting.pop(sock.fileno()), code, limit)
                    continue
                poll.register(sock, select.POLLOUT)
            pause = limit.left()
            for number, _ in poll.poll((min(pause, _HEAD_START) if left else pause) * 1000):
                poll.unregister(number)
                sock = waiting.pop(number)
                code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if code == 0:
                    limit.release(sock)
                    return sock
                error = _given_up(sock, code, limit)
        raise error or OSError("the name has no address")
    finally:
        for each in waiting.values():
            each.close()
        for each in waiting.values():
            limit.release(each)


def _given_up(sock: socket.socket, code: int, limit: Limit) -> OSError:
    sock.close()
    limit.release(sock)
    return OSError(code, os.strerror(code))
