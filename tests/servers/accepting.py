"""A port of this process whose connections a test's own function serves, each in a thread.

For servers that a test writes by hand, because no well-behaved one behaves as it needs.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.servers.process import HOST


@contextmanager
def accepting(serve: Callable[[socket.socket], object], stopped: threading.Event) -> Iterator[int]:
    """The port; `stopped` is set when the context ends, for a `serve` that hangs until then.

    A connection is closed when `serve` returns, or when the client has gone: that is no error,
    since tests often are about it.
    """

    def served(connection: socket.socket) -> None:
        try:
            with connection:
                serve(connection)
        except OSError:
            pass

    def accept(listener: socket.socket) -> None:
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=served, args=(connection,), daemon=True).start()

    with socket.create_server((HOST, 0), backlog=64) as listener:
        thread = threading.Thread(target=accept, args=(listener,), daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            stopped.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
