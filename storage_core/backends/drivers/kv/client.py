"""Blobs on a KV server: the client's half of the protocol. Opened by the storage type `kv`.

The server may be anybody's. Two calls it must have; a server without the others cannot delete or
list, and says so. Put-if-absent looks first and writes then: no call of the protocol does both at
once, so of two that race the later wins. For testing, as the specification says.
"""

from __future__ import annotations

import io
import json
import os
from base64 import b64encode
from time import monotonic
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

from storage_core.backends.base import Backend, Blob
from storage_core.backends.drivers.kv.protocol import (
    MAX_BLOB,
    NotABlob,
    decode,
    encode,
    from_segment,
    to_segment,
)
from storage_core.errors import (
    BlobExists,
    BlobNotFound,
    ConfigurationError,
    IntegrityError,
    StorageError,
    StorageUnavailable,
    UnsupportedOperation,
)
from storage_core.keys import Key, Kind, random_name
from storage_core.redaction import mask_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
    from pathlib import Path

    from storage_core.backends.drivers.kv.transport import Answer, Transport

T = TypeVar("T")

_QUICK: Final = 64 * 1024
"""Bytes that are turned to JSON and back without leaving the event loop."""

_ENOUGH: Final = 64
"""Bytes of an answer that tell `null` from a value."""


class KVBackend(Backend):
    """Blobs of one KV server. Safe in threads and after a fork."""

    def __init__(self, api_address: str, *, token: str | None, timeout: float) -> None:
        """Name the server; nothing is opened yet.

        Args:
            api_address: an http or https URL, possibly with user and password.
            token: sent as a bearer token.
            timeout: seconds that one call may take.

        Raises:
            ConfigurationError: the address is no URL, or the token cannot be sent.
        """
        self.location = mask_url(api_address).rstrip("/")
        try:
            parts = urlsplit(api_address.rstrip("/"))
        except ValueError:
            # Its text holds the user and the password.
            raise ConfigurationError(f"{self.location} is no URL; correct API Address") from None
        self._where = f"the KV server at {self.location}"
        self._address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self._secrets = tuple(filter(None, (token, parts.password, unquote(parts.password or ""))))
        self._headers: dict[str, str] = {}
        self._timeout = timeout
        self._opened: Transport | None = None
        if token is not None:
            if not token.isprintable() or not token.strip():
                raise ConfigurationError(
                    f"Token for {self._where} is empty or not printable; correct it"
                )
            if parts.username is not None:
                raise ConfigurationError(
                    f"{self._where} has both a user in API Address and a Token; remove one of them"
                )
            self._headers["Authorization"] = f"Bearer {token}"
        elif parts.username is not None:
            user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {b64encode(user.encode()).decode()}"

    def check(self) -> None:
        """Ask for a key that nobody has: any server of the protocol answers that."""
        self._run(self._check())

    def put(self, key: Key, data: bytes, *, overwrite: bool) -> None:
        """Store a blob; see the module's docstring on `overwrite=False`."""
        self._run(self._put(key, data, overwrite=overwrite))

    def get(self, key: Key) -> bytes:
        return self._run(self._get(key))

    def exists(self, key: Key) -> bool:
        return self._run(self._exists(key, self._until()))

    def delete(self, key: Key) -> None:
        self._run(self._delete(key))

    def list(self, kind: Kind) -> Iterator[Blob]:
        yield from self._run(self._list(kind))

    def put_file(self, key: Key, path: Path, *, overwrite: bool) -> None:
        """Like `put`; the file goes through memory."""
        from storage_core.backends.source import chunks_of

        try:
            self._refuse_large(key, os.stat(path).st_size)
        except OSError as error:
            raise StorageError(f"cannot read {path}: {error.strerror}") from error
        self.put(key, b"".join(chunks_of(path)), overwrite=overwrite)

    def get_file(self, key: Key, path: Path) -> None:
        """Fetch the blob, through memory, into a new file."""
        from storage_core.backends.source import write_chunks

        write_chunks(path, (self.get(key),))

    def open(self, key: Key) -> BinaryIO:
        return io.BytesIO(self.get(key))

    def close(self) -> None:
        if self._opened is not None:
            self._run(self._opened.close())

    async def aput(self, key: Key, data: bytes, *, overwrite: bool) -> None:
        await self._arun(self._put(key, data, overwrite=overwrite))

    async def aget(self, key: Key) -> bytes:
        return await self._arun(self._get(key))

    async def aexists(self, key: Key) -> bool:
        return await self._arun(self._exists(key, self._until()))

    async def adelete(self, key: Key) -> None:
        await self._arun(self._delete(key))

    async def alist(self, kind: Kind) -> AsyncIterator[Blob]:
        for blob in await self._arun(self._list(kind)):
            yield blob

    async def _check(self) -> None:
        answer = await self._ask("GET", f"results-{random_name()}", self._until())
        if answer.status != 404 and not (answer.is_success and _is_null(answer)):
            raise ConfigurationError(
                f"{self._where} answered {answer} to an unknown key, as no KV server does; "
                "correct API Address"
            )

    async def _put(self, key: Key, data: bytes, *, overwrite: bool) -> None:
        self._refuse_large(key, len(data))
        until = self._until()
        body = await _beside(len(data), encode, data)
        if not overwrite and await self._exists(key, until):
            raise BlobExists(f"{self._where} already holds a blob {key}; choose another key")
        answer = await self._ask("POST", to_segment(key), until, body=body)
        if answer.is_success:
            return
        if answer.status in (404, 405, 501):
            raise ConfigurationError(
                f"{self._where} takes no values ({answer}); correct API Address"
            )
        if answer.status == 413:
            raise StorageError(
                f"{self._where} refused blob {key} as too large: {len(data)} bytes, "
                f"{len(body)} as JSON; raise its limit or use another storage"
            )
        raise self._odd(f"storing {key}", answer)

    async def _get(self, key: Key) -> bytes:
        answer = await self._ask("GET", to_segment(key), self._until())
        data: bytes | None = None
        if answer.is_success:
            try:
                data = await _beside(len(answer.body), decode, answer.body)
            except NotABlob as error:
                raise IntegrityError(
                    f"{self._where} has something else than a blob under {key}: {error}; "
                    "see who else writes there"
                ) from error
        elif answer.status != 404:
            raise self._odd(f"reading {key}", answer)
        if data is None:
            raise BlobNotFound(f"{self._where} holds no blob {key}")
        return data

    async def _exists(self, key: Key, until: float) -> bool:
        answer = await self._ask("GET", to_segment(key), until, enough=_ENOUGH)
        if answer.is_success:
            return not _is_null(answer)
        if answer.status == 404:
            return False
        raise self._odd(f"looking up {key}", answer)

    async def _delete(self, key: Key) -> None:
        until = self._until()
        answer = await self._ask("DELETE", to_segment(key), until)
        if await self._exists(key, until):
            raise UnsupportedOperation(
                f"{self._where} cannot delete (it answered {answer}); remove {key} on the server"
            )

    async def _list(self, kind: Kind) -> Sequence[Blob]:
        answer = await self._ask("GET", "", self._until())
        names: object = None
        if answer.is_success:
            try:
                names = await _beside(len(answer.body), json.loads, answer.body)
            except (ValueError, RecursionError):
                pass
        if not isinstance(names, list):
            raise UnsupportedOperation(
                f"{self._where} cannot list its keys (it answered {answer}); "
                "look on the server, or use another storage"
            )
        keys = {from_segment(name) for name in names if isinstance(name, str)}
        return [Blob(str(key), None, None) for key in keys if key and key.kind == kind]

    async def _ask(
        self,
        method: str,
        segment: str,
        until: float,
        *,
        body: bytes | None = None,
        enough: int | None = None,
    ) -> Answer:
        # What is left for the second request of a call, and if nothing is, enough to say so.
        left = max(until - monotonic(), self._timeout / 32)
        return await self._open_transport().request(
            method, segment, timeout=left, body=body, enough=enough
        )

    def _open_transport(self) -> Transport:
        if self._opened is None:
            # It loads aiohttp, which takes a third of a second.
            from storage_core.backends.drivers.kv.transport import Transport

            self._opened = Transport(
                self._address, self._where, headers=self._headers, secrets=self._secrets
            )
        return self._opened

    def _until(self) -> float:
        return monotonic() + self._timeout

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        from storage_core.backends.remote import io_loop

        self._open_transport()
        return io_loop.run(work)

    async def _arun(self, work: Coroutine[Any, Any, T]) -> T:
        from asyncio import to_thread

        from storage_core.backends.remote import io_loop

        if self._opened is None:
            await to_thread(self._open_transport)
        return await io_loop.arun(work)

    def _refuse_large(self, key: Key, size: int) -> None:
        if size > MAX_BLOB:
            raise StorageError(
                f"blob {key} has {size} bytes, and {self._where} is sent at most {MAX_BLOB}; "
                "use another storage"
            )

    def _odd(self, doing: str, answer: Answer) -> StorageUnavailable:
        return StorageUnavailable(
            f"{self._where} answered {answer} when {doing}; check API Address and the server"
        )


def _is_null(answer: Answer) -> bool:
    return answer.body.strip() == b"null"


async def _beside(size: int, work: Callable[[bytes], T], data: bytes) -> T:
    """Run `work` in a thread where it takes long, so that other calls go on."""
    if size <= _QUICK:
        return work(data)
    from asyncio import to_thread

    return await to_thread(work, data)
