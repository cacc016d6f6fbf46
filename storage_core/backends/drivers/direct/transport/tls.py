"""TLS over a connection, and inside the TLS of a connection to a proxy."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.remote.broken import NO_TLS_YET, Broken
from storage_core.backends.remote.faults import BadSettings, TLSRefused

if TYPE_CHECKING:
    from storage_core.backends.drivers.direct.transport.wire import Stream, Wire

_RECORD: Final = 65536
"""Bytes to read from the outer TLS at a time: some records of 16 KiB."""


def secure(wire: Wire, context: ssl.SSLContext, host: str) -> None:
    """Use TLS from now on.

    Raises:
        ssl.SSLCertVerificationError: the other end cannot be trusted.
        TLSRefused: the other end does not use TLS, or no version that both support.
    """
    try:
        if isinstance(wire.sock, ssl.SSLSocket):
            inner = _Within(wire.stream, context, host)
            wire.stream = inner
            wire.agree(inner.do_handshake)
        else:
            sock = context.wrap_socket(
                wire.sock,
                server_hostname=host,
                do_handshake_on_connect=False,
                suppress_ragged_eofs=False,
            )
            wire.become(sock)
            wire.agree(sock.do_handshake)
    except ssl.SSLCertVerificationError:
        raise
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError) as error:
        raise Broken(NO_TLS_YET) from error
    except ssl.SSLError as error:
        raise TLSRefused(*error.args) from error
    except ValueError:
        raise BadSettings("the address of the server has a name that TLS cannot ask for") from None


class _Within:
    """TLS inside a stream that uses TLS itself, which the sockets of `ssl` cannot do."""

    def __init__(self, outer: Stream, context: ssl.SSLContext, host: str) -> None:
        """Send nothing yet.

        Args:
            outer: the stream to the proxy.
            context: knows the trusted certificates.
            host: the name of the server.
        """
        self._outer = outer
        self._in = ssl.MemoryBIO()
        self._out = ssl.MemoryBIO()
        self._offered = 0
        self._unsent = memoryview(b"")
        self._tls = context.wrap_bio(self._in, self._out, server_hostname=host)

    def do_handshake(self) -> None:
        """Agree on keys."""
        self._pumped(self._tls.do_handshake)

    def settimeout(self, value: float, /) -> None:
        """Set the time limit of each following call, in seconds."""
        self._outer.settimeout(value)

    def recv(self, size: int, /) -> bytes:
        """Receive bytes, as `socket.recv` does."""
        found: bytes = self._pumped(self._tls.read, size)
        return found

    def send(self, data: bytes | memoryview, /) -> int:
        """Send all of `data`; return how many bytes that is."""
        if self._offered == 0:
            self._offered = self._tls.write(data)
        # If that takes too long, the same data is offered again.
        self._flush()
        offered, self._offered = self._offered, 0
        return offered

    def pending(self) -> int:
        """How many bytes have been received and wait to be read."""
        outer = getattr(self._outer, "pending", lambda: 0)()
        return self._tls.pending() + self._in.pending + int(outer)

    def close(self) -> None:
        """Close the outer stream."""
        self._outer.close()

    def _pumped(self, call: Any, *args: Any) -> Any:
        while True:
            try:
                result = call(*args)
            except ssl.SSLWantReadError:
                self._flush()
                data = self._outer.recv(_RECORD)
                if data:
                    self._in.write(data)
                else:
                    self._in.write_eof()
            else:
                self._flush()
                return result

    def _flush(self) -> None:
        """Send what the inner TLS has produced."""
        while self._unsent or self._out.pending:
            if not self._unsent:
                self._unsent = memoryview(self._out.read())
            self._unsent = self._unsent[self._outer.send(self._unsent) :]
