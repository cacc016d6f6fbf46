"""An answer, whose body is received as it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage_core.backends.drivers.direct.transport.head import (
    MOST,
    ended_early,
    in_mid_body,
    not_http,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from storage_core.backends.drivers.direct.transport.connection import Connection
    from storage_core.backends.drivers.direct.transport.head import Framing, Head

_PIECE: Final = 65536
"""Bytes to receive at a time. 512 MiB from a local rclone take 0.13 s of processor time, 0.42 over
TLS; with 128 KiB it is 0.27 and 0.42, with 256 KiB 0.18 and 1.0: larger memory is mapped anew each
time, over TLS for one record of 16 KiB."""

LONGEST: Final = 64 * 1024 * 1024
"""The most bytes of an answer that is not a blob: a page of the longest names has 10 MiB. There is
a bound because more time is given as bytes come."""

SHORT: Final = 65536
"""The most bytes of an answer that only confirms or refuses; most have a few hundred."""

_HEXADECIMAL: Final = b"0123456789abcdefABCDEF"


class TooLong(ConnectionError):
    """An answer has more bytes than it may."""

    def __init__(self) -> None:
        """Make the error."""
        super().__init__("the answer is longer than any that was asked for")


class Answer:
    """An answer of a server. Read it to its end, or close it."""

    def __init__(
        self,
        head: Head,
        framing: Framing,
        connection: Connection,
        done: Callable[[Connection], None],
    ) -> None:
        """Begin after the head.

        Args:
            head: the head of the answer.
            framing: tells where the body ends.
            connection: what the body comes over.
            done: takes the connection back at the end of the body.
        """
        self.status = head.status
        self.reason = head.reason
        self.headers: Mapping[str, str] = head.headers
        """By names in lower case."""

        self._connection: Connection | None = connection
        self._chunked = framing.chunked
        self._left = 0 if framing.chunked else framing.size
        """Bytes to the end of the body, or of the current chunk; None if that is unknown."""

        self._begun = False
        self._done = done
        self._ready = b""
        """Bytes of the body that have been taken from the connection already."""

        if self._left is not None and not self._chunked:
            ready = connection.taken(self._left)
            if ready is not None:
                # The whole body is here: free the connection, as some callers read the head only.
                self._ready = ready
                self._finish()

    def read(self, most: int = LONGEST) -> bytes:
        """Read the rest of an answer that is not a blob.

        Args:
            most: how many bytes it may have.

        Raises:
            TooLong: there are more.
        """
        if self._connection is None:
            data, self._ready = self._ready, b""
            return data
        return b"".join(self.chunks(most))

    def chunks(self, most: int | None = None) -> Iterator[bytes]:
        """Yield the rest of the body as it comes.

        Args:
            most: how many bytes it may have; None if the caller checks that.

        Raises:
            TooLong: there are more.
        """
        size = 0
        while data := self._some():
            size += len(data)
            if most is not None and size > most:
                self.close()
                raise TooLong
            yield data

    def close(self) -> None:
        """Discard the rest, if there is any, and the connection with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.drop()

    def __enter__(self) -> Answer:
        """Close it afterwards."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close it."""
        self.close()

    def _some(self) -> bytes:
        if self._ready:
            data, self._ready = self._ready, b""
            return data
        connection = self._advanced()
        if connection is None:
            return b""
        try:
            most = _PIECE if self._left is None else min(self._left, _PIECE)
            data = connection.some(most)
            self._moved(len(data))
        except ConnectionError as error:
            self.close()
            raise in_mid_body(error) from error
        except BaseException:
            self.close()
            raise
        return data

    def _moved(self, count: int) -> None:
        """Take note of bytes that have been read."""
        if self._left is None:
            if count == 0:
                self._finish()
            return
        if count == 0:
            raise ended_early()
        self._left -= count
        if self._left == 0 and not self._chunked:
            self._finish()

    def _advanced(self) -> Connection | None:
        """The connection, at the next bytes of the body; None at its end."""
        if self._chunked and self._left == 0 and self._connection is not None:
            try:
                self._next_chunk(self._connection)
            except ConnectionError as error:
                self.close()
                raise in_mid_body(error) from error
            except BaseException:
                self.close()
                raise
        return self._connection

    def _next_chunk(self, connection: Connection) -> None:
        if self._begun and connection.line():
            raise not_http()
        self._begun = True
        line = connection.line()
        # Extra time is given for the bytes of chunks only, not for the lines between them.
        connection.wire.limit.came(-len(line))
        size = line.partition(b";")[0].rstrip(b" \t")
        if not 0 < len(size) < 16 or size.strip(_HEXADECIMAL):
            raise not_http()
        self._left = int(size, 16)
        if self._left == 0:
            trailers = 0
            # Skip the trailers: nothing here uses them.
            while line := connection.line():
                trailers += len(line)
                if trailers > MOST:
                    raise not_http()
            self._finish()

    def _finish(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._done(connection)
