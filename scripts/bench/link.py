"""A slow link: a proxy that delays all bytes by so many milliseconds in each direction.

    python link.py HOST PORT MILLISECONDS

Prints the port it listens on. A new connection costs a round trip first, as it does on a real link.
One thread and one queue for all connections suffice: since the delay is always the same, what came
first is due first. A request and its answer cost it 35 µs of processor time, so that 1,600 a second
take 6 % of a processor; alone it passes 6,000 a second.
"""

from __future__ import annotations

import select
import socket
import sys
import time
from collections import deque

_PIECE = 256 * 1024
_HELD = 64 * 1024 * 1024
"""The most bytes held for one connection: 20 ms at 3 GB/s."""


class End:
    """One side of a connection."""

    def __init__(self, connection: socket.socket, opened: float) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection = connection
        self.opened = opened
        self.other = self
        self.out: deque[memoryview] = deque()
        self.held = 0
        self.is_reading = True
        self.ended = 0


class Link:
    """Both directions of all connections."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._target, self._seconds = (host, port), seconds
        self._listener = socket.create_server((host, 0), backlog=1024)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._ready = select.epoll()
        self._ready.register(self._listener, select.EPOLLIN)
        self._ends: dict[int, End] = {}
        self._line: deque[tuple[float, End, bytes]] = deque()

    def serve(self) -> None:
        """Pass bytes on, for ever."""
        line, ready, number = self._line, self._ready, self._ready.fileno()
        while True:
            wait = max(0.0, line[0][0] - time.monotonic()) if line else None
            # epoll's own timeout would be rounded to whole milliseconds.
            select.select([number], [], [], wait)
            for which, events in ready.poll(0):
                if which == self._listener.fileno():
                    self._accept()
                elif end := self._ends.get(which):
                    if events & ~select.EPOLLOUT:
                        self._take(end)
                    if events & select.EPOLLOUT:
                        self._give(end)
            now = time.monotonic()
            while line and line[0][0] <= now:
                _, end, piece = line.popleft()
                end.out.append(memoryview(piece))
                self._give(end)

    def _accept(self) -> None:
        try:
            client = End(self._listener.accept()[0], time.monotonic() + 2 * self._seconds)
        except BlockingIOError:
            return
        server = End(socket.create_connection(self._target), 0.0)
        client.other, server.other = server, client
        for end in (client, server):
            self._ends[end.connection.fileno()] = end
            self._ready.register(end.connection, select.EPOLLIN)

    def _take(self, end: End) -> None:
        if not end.is_reading:
            return
        try:
            piece = end.connection.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        due = max(time.monotonic(), end.opened) + self._seconds
        self._line.append((due, end.other, piece))
        end.held += len(piece)
        if not piece or end.held > _HELD:
            end.is_reading = False
            self._ready.modify(end.connection, self._wanted(end))

    def _give(self, end: End) -> None:
        while end.out:
            piece = end.out[0]
            try:
                if not piece:
                    self._end(end)
                    return
                sent = end.connection.send(piece)
            except BlockingIOError:
                break
            except OSError:
                self._drop(end)
                return
            other = end.other
            other.held -= sent
            if sent < len(piece):
                end.out[0] = piece[sent:]
                break
            end.out.popleft()
            if not other.is_reading and other.ended == 0 and other.held <= _HELD // 2:
                other.is_reading = True
                self._ready.modify(other.connection, self._wanted(other))
        if end.connection.fileno() >= 0:
            self._ready.modify(end.connection, self._wanted(end))

    def _wanted(self, end: End) -> int:
        return (select.EPOLLIN if end.is_reading else 0) | (select.EPOLLOUT if end.out else 0)

    def _end(self, end: End) -> None:
        """Pass on that the other side sends nothing more."""
        end.out.clear()
        end.other.ended = 1
        if end.ended:
            self._drop(end)
            return
        end.connection.shutdown(socket.SHUT_WR)

    def _drop(self, end: End) -> None:
        for each in (end, end.other):
            if each.connection.fileno() >= 0:
                del self._ends[each.connection.fileno()]
                self._ready.unregister(each.connection)
                each.connection.close()
            each.out.clear()
            each.is_reading = False


if __name__ == "__main__":
    link = Link(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]) / 1000)
    print(link.port, flush=True)
    link.serve()
