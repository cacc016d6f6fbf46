"""Sends the requests of one attempt, which the shared client makes, by our own transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from storage_core.backends.drivers.direct.gcs.signing_in import SignIn
    from storage_core.backends.drivers.direct.transport import Answer, Transport
    from storage_core.backends.remote.limit import Limit

_GZIP: Final = 31
"""The `wbits` of zlib that means gzip."""


class Sender:
    """Sends by a transport, within the time of an attempt. Nothing that it awaits suspends."""

    def __init__(self, transport: Transport, sign_in: SignIn, limit: Limit) -> None:
        """Send nothing yet."""
        self._transport = transport
        self._sign_in = sign_in
        self._limit = limit

    async def sign(self, headers: dict[str, str]) -> str | None:
        """Add a token to the headers of a request, and return it; None without one."""
        return self._sign_in.sign(self._limit, headers)

    def send(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> _Asked:
        """A request as an asynchronous context manager, which sends it when it is entered."""
        return _Asked(self._transport, self._limit, method, url, headers, body)

    async def close(self) -> None:
        """Do nothing: the transport is shared."""


class _Asked:
    """A request, sent when it is entered."""

    def __init__(self, transport: Transport, *request: Any) -> None:
        self._transport = transport
        self._request = request
        self._answer: Answer | None = None

    async def __aenter__(self) -> _Answer:
        self._answer = self._transport.exchange(*self._request)
        return _Answer(self._answer)

    async def __aexit__(self, *raised: Any) -> None:
        if self._answer is not None:
            self._answer.close()


class _Answer:
    """An answer in the form that the shared client expects."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.status = answer.status
        self.headers: Mapping[str, str] = answer.headers

    def chunks(self) -> _Chunks:
        came = self._answer.chunks()
        # A blob that was stored compressed comes so if its metadata forbid unpacking it.
        packed = self.headers.get("content-encoding", "").lower() == "gzip"
        return _Chunks(_unpacked(came) if packed else came)


class _Chunks:
    """Chunks to be awaited; not an async generator, which the caller's event loop would track."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def __aiter__(self) -> _Chunks:
        return self

    async def __anext__(self) -> bytes:
        try:
            return next(self._chunks)
        except StopIteration:
            raise StopAsyncIteration from None


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    from zlib import decompressobj, error

    unpacking = decompressobj(_GZIP)
    for chunk in chunks:
        rest = chunk
        while rest:
            if unpacking.eof:
                unpacking = decompressobj(_GZIP)
            try:
                piece = unpacking.decompress(rest)
            except error:
                raise ConnectionError("what came is not packed as its header says") from None
            rest = unpacking.unused_data
            if piece:
                yield piece
    if not unpacking.eof:
        raise ConnectionError("what came packed has no end")
