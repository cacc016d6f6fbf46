"""One attempt at each operation on a KV server.

A server must have two of the calls; if it lacks the others, deleting and listing fail and say so.
Put-if-absent looks first and then writes: no call of the protocol does both at once, so of two
writers at the same moment the later one wins.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from storage_core.backends.base import Entry, Info
from storage_core.backends.drivers.kv.protocol import (
    MAX_BLOB,
    NotABlob,
    decode,
    encode,
    from_segment,
    to_segment,
)
from storage_core.backends.remote.driver import Kept, Page, Part, Received
from storage_core.blobpath import BlobPath, Prefix
from storage_core.errors import (
    ConfigurationError,
    IntegrityError,
    InvalidKey,
    StorageError,
    StorageUnavailable,
    UnsupportedOperation,
)
from storage_core.keys import KINDS, parse_key, random_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage_core.backends.drivers.kv.client import Answer, Client
    from storage_core.backends.source import Source

T = TypeVar("T")

_QUICK: Final = 64 * 1024
"""Up to so many bytes are converted to JSON and back on the event loop itself."""

_ENOUGH: Final = 64
"""Bytes of an answer that tell `null` from a value."""


class Missing(Exception):
    """The server has no value under a key."""


class KVSession:
    """The requests to one server."""

    is_lost = False
    has_condition = False

    def __init__(self, client: Client, where: str) -> None:
        """Take the connections, and what messages call the server."""
        self._client = client
        self._where = where

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def find(self) -> None:
        """Ask for a key that nobody uses: every server of the protocol answers that."""
        answer = await self._client.request("GET", f"results-{random_name()}")
        if answer.status != 404 and not (answer.is_success and answer.is_null):
            raise ConfigurationError(
                f"{self._where} answered {answer} to an unknown key, as no KV server does; "
                "correct API Address"
            )

    async def get(self, path: BlobPath, received: Received) -> None:
        """Get the value."""
        answer = await self._client.request("GET", self._segment(path), received=received)
        data: bytes | None = None
        if answer.is_success:
            try:
                data = await _beside(len(answer.body), decode, answer.body)
            except NotABlob as error:
                raise IntegrityError(
                    f"{self._where} has something else than a blob under {path}: {error}; "
                    "see who else writes there"
                ) from error
        elif answer.status != 404:
            self._refuse(f"reading {path}", answer)
        if data is None:
            raise Missing(path)
        received[:] = [data]

    async def get_range(
        self, path: BlobPath, start: int, size: int, received: Received, kept: Kept
    ) -> Part:
        """Take a range from the whole value: the protocol has no ranges."""
        whole: Received = []
        await self.get(path, whole)
        received.append(whole[0][start : start + size])
        return Part(total=len(whole[0]))

    async def head(self, path: BlobPath) -> Info:
        """Get the beginning of the value, which does not tell how long it is."""
        if path in KINDS:
            raise Missing(path)  # It is a folder.
        answer = await self._client.request("GET", self._segment(path), enough=_ENOUGH)
        if answer.status == 404 or (answer.is_success and answer.is_null):
            raise Missing(path)
        if not answer.is_success:
            self._refuse(f"looking up {path}", answer)
        return Info(None)

    async def put(self, path: BlobPath, data: bytes, *, create: bool) -> None:
        """Post the value."""
        self._check_size(path, len(data))
        body = await _beside(len(data), encode, data)
        answer = await self._client.request("POST", self._segment(path), body=body)
        if answer.is_success:
            return
        if answer.status in (404, 405, 501):
            raise ConfigurationError(
                f"{self._where} takes no values ({answer}); correct API Address"
            )
        if answer.status == 413:
            raise StorageError(
                f"{self._where} refused blob {path} as too large: {len(data)} bytes, "
                f"{len(body)} as JSON; raise its limit or use another storage"
            )
        self._refuse(f"storing {path}", answer)

    async def put_stream(self, path: BlobPath, source: Source, *, create: bool) -> None:
        """Post the value, which goes through memory."""
        self._check_size(path, source.size)
        await self.put(path, source.whole(), create=create)

    async def copy(self, source: BlobPath, target: BlobPath) -> bool:
        """Return False: no call of the protocol copies."""
        return False

    async def delete(self, path: BlobPath) -> None:
        """Delete the value, and check that it is gone: not every server can delete."""
        answer = await self._client.request("DELETE", self._segment(path))
        try:
            await self.head(path)
        except Missing:
            return
        raise UnsupportedOperation(
            f"{self._where} cannot delete (it answered {answer}); remove {path} on the server"
        )

    async def page(self, prefix: Prefix, *, delimiter: bool, token: Any, limit: int) -> Page:
        """Get all keys at once; names that are no keys are those of other programs."""
        answer = await self._client.request("GET", "")
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
        found = [str(key) for key in keys if key and str(key).startswith(prefix)]
        if delimiter and not prefix:
            folders = sorted({path.partition("/")[0] for path in found})
            return Page([Entry(folder, is_folder=True) for folder in folders])
        return Page([Entry(path) for path in found])

    def _segment(self, path: BlobPath) -> str:
        try:
            return to_segment(parse_key(path))
        except InvalidKey:
            raise UnsupportedOperation(
                f"{self._where} knows no folders but flows and results, and no names there but "
                f"those of keys: {path} is none; use another storage"
            ) from None

    def _check_size(self, path: BlobPath, size: int) -> None:
        if size > MAX_BLOB:
            raise StorageError(
                f"blob {path} has {size} bytes, and {self._where} is sent at most {MAX_BLOB}; "
                "use another storage"
            )

    def _refuse(self, doing: str, answer: Answer) -> NoReturn:
        raise StorageUnavailable(
            f"{self._where} answered {answer} when {doing}; check API Address and the server"
        )


async def _beside(size: int, work: Callable[[bytes], T], data: bytes) -> T:
    """Run `work` in a thread if it may take long, so that other calls go on."""
    return work(data) if size <= _QUICK else await asyncio.to_thread(work, data)
