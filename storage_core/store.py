"""A store: a configuration opened for use. What programs write blobs to and read them from.

The way in is `opening.py`. A worker process runs through here once for a single blob, so nothing is
imported that the store's own type does not need.
"""

from __future__ import annotations

from storage_core import keys
from storage_core.blobpath import prefix_of
from storage_core.errors import BlobNotFound
from storage_core.keys import Key, Kind, Naming

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import (
        AsyncGenerator,
        AsyncIterable,
        AsyncIterator,
        Generator,
        Iterable,
        Iterator,
    )
    from datetime import timedelta
    from typing import Any, BinaryIO, Self, TypeAlias

    from storage_core.backends.base import Backend
    from storage_core.backends.checked import CheckedBackend
    from storage_core.blobs.blob import Blob
    from storage_core.blobs.compression import Compression
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.fs import StoreFileSystem

    Data: TypeAlias = bytes | bytearray | memoryview
    Keys: TypeAlias = list[str]
    FileNames: TypeAlias = list[str]


class Store:
    """An opened storage. Made by `get_store` and `open_store`.

    May be used from several threads, after `fork`, and pickled: a pickled store carries its
    configuration (references unresolved, plain secrets as they are) and opens again where it is
    used.
    """

    def __init__(self, configuration: StorageConfiguration, *, timeout: float | None) -> None:
        self.configuration = configuration
        """The configuration that was opened; its `repr` masks secrets."""

        self.timeout = configuration.timeout_for(timeout)
        """Seconds one call may take, retries included, and one more per 64 KiB moved."""

        self._opened: Backend | None = configuration.opened(timeout=self.timeout)

    @property
    def location(self) -> str:
        """The place as a person would write it, passwords masked."""
        return self.configuration.location

    @property
    def backend(self) -> CheckedBackend:
        """The place itself: any path below the location, where a store has keys of two kinds.

        What is read through it is not verified, and what is written is named by the caller. Ask
        for it anew after `close`.
        """
        from storage_core.backends.checked import CheckedBackend

        return CheckedBackend(self._backend)

    @property
    def fs(self) -> StoreFileSystem:
        """A file system of fsspec's over any path below the location; it pickles as the store does.

        What is read through it is not verified, and what is written is named by the caller.
        """
        from storage_core.fs import StoreFileSystem

        return StoreFileSystem(self)

    @property
    def _backend(self) -> Backend:
        # Looked at once: another thread may be closing the store.
        opened = self._opened
        if opened is None:
            opened = self._opened = self.configuration.opened(timeout=self.timeout)
        return opened

    def write(self, data: Data, kind: Kind = "results", *, key: str | None = None) -> str:
        """Store `data` and return its key.

        Args:
            data: the bytes, possibly none.
            kind: "results" or "flows".
            key: `KIND/NAME`, to choose it yourself; by default it is generated.

        Raises:
            BlobExists: `key` was chosen and is taken.
            InvalidKey: `key` or `kind` is not valid.
            StorageError: any other of the family; then nothing readable was stored.
        """
        data = _checked(data)
        self._backend.require_writable()
        target = self._naming.key(kind, key, lambda: keys.content_name(data))
        self._backend.put(target.path, data, overwrite=key is None)
        return str(target)

    def read(self, key: str) -> bytes:
        """Return the bytes under `key`.

        Raises:
            BlobNotFound: there is none.
            IntegrityError: `key` is the hash of other bytes than those found.
        """
        target = keys.parse_key(key)
        return self._verified(target, self._backend.get(target.path))

    def exists(self, key: str) -> bool:
        """Whether there is a blob under `key`."""
        return self._backend.exists(keys.parse_key(key).path)

    def delete(self, key: str) -> None:
        """Remove the blob under `key`; no error when there is none."""
        self._backend.delete(keys.parse_key(key).path)

    def list(self, kind: Kind | None = None) -> Iterator[Blob]:
        """Yield the blobs of one kind, or of both, in no particular order."""
        from storage_core.blobs.blob import blob_of

        return (
            blob
            for each in keys.kinds(kind)
            for entry in self._backend.list(prefix_of(each), delimiter=True)
            if (blob := blob_of(entry))
        )

    def write_many(self, blobs: Iterable[Data], kind: Kind = "results", *, jobs: int = 32) -> Keys:
        """`write` each of `blobs`, several at once, and return their keys in the same order.

        When some fail, the rest is written all the same, each within a `timeout` of its own. When
        `blobs` itself raises, or the caller is interrupted, no more are begun.

        Args:
            blobs: the bytes; may be a generator, of which no more than `jobs` are in memory.
            kind: "results" or "flows", of all of them.
            jobs: how many are written at a time.

        Raises:
            BulkError: some were not written; its `results` has a key or an error for each.
        """
        from storage_core.blobs import many

        many.require(jobs, blobs)
        checked = keys.check_kind(kind)
        self._backend.require_writable()
        return many.written(lambda data: self.write(data, checked), blobs, jobs)

    def read_many(
        self, keys: Iterable[str], *, jobs: int = 32
    ) -> Generator[bytes | None, None, None]:
        """`read` each of `keys`, several at once, and yield their bytes in the same order.

        None is yielded in the place of a blob that cannot be read, so that what comes belongs to
        the key at the same place, and the rest is read all the same, each within a `timeout` of its
        own. At the end `BulkError` says what went wrong (`zip` gets there with `strict=True` only).
        To close the generator stops the rest.

        Args:
            keys: all of them are checked before any is read.
            jobs: how many are read at a time; no more than these are in memory.

        Raises:
            InvalidKey: one of `keys` is not valid; at once.
            BulkError: some were not read; its `results` has a key or an error for each.
        """
        from storage_core.blobs import many

        return many.read(self.read, many.wanted(keys, jobs), jobs)

    def write_file(
        self, path: str | os.PathLike[str], kind: Kind = "results", *, key: str | None = None
    ) -> str:
        """Like `write`, with the bytes of a local file, in bounded memory.

        The KV server and `memory://` have to hold the whole blob in memory. Where the name is the
        hash of the bytes, a blob that is there is read instead of written again.
        """
        from storage_core.blobs import storing

        self._backend.require_writable()
        return storing.stored(self._backend, self._naming, path, kind, key)

    def read_file(self, key: str, path: str | os.PathLike[str]) -> int:
        """Write the blob to a local file, in bounded memory, verified like `read`; gives its size.

        The file appears when it is complete, or not at all. One that is there is replaced and keeps
        its mode; where `path` is a symbolic link, what it leads to is replaced; a device or a named
        pipe is written to.
        """
        from storage_core.blobs import files

        target = keys.parse_key(key)
        return files.fetch_to_file(
            path,
            lambda file: self._backend.get_stream(target.path, file),
            target.name if self._naming.is_hash(target) else None,
            f"{self.location}: {key}",
        )

    def save_flow(
        self, path: str | os.PathLike[str], *, compression: Compression | None = None
    ) -> str:
        """Store a script or a folder as one tar, and return its key, `flows/SHA256.tar`.

        The same content has the same key on every machine. Left out is what `.gitignore` and
        `.storageignore` in the folder say, as git would, and `.git` and `__pycache__` always.
        Modes, times, owners and empty folders are not kept; what begins with `#!` can be executed.
        Files that look like secrets are warned of by the logger `storage_core`.

        Args:
            path: the script or the folder.
            compression: "gzip" or "zstd", for a key that ends in `.tar.gz` or `.tar.zst`.

        Raises:
            StorageError: a file cannot be read or changes meanwhile; there is a link, a pipe, or a
                name that is not UTF-8 or is one with another by case or normal form.
            UnsupportedOperation: zstd is missing (extra `objects`).
        """
        from storage_core.blobs.archive import saving

        self._backend.require_writable()
        return saving.saved(self._backend, path, compression=compression)

    def load_flow(
        self,
        key: str,
        path: str | os.PathLike[str],
        *,
        max_files: int | None = None,
        max_bytes: int | None = None,
    ) -> FileNames:
        """Unpack what `save_flow` has stored, and return the names of the files.

        They appear all together, verified, or not at all.

        Args:
            key: as `save_flow` has returned it.
            path: a folder that is not there yet, or empty; that of a script, too.
            max_files: how many files and folders there may be; by default 100,000.
            max_bytes: how many bytes they may have; by default 16 GiB.

        Raises:
            BlobNotFound: there is nothing under `key`.
            IntegrityError: what is there is not what was saved.
            InvalidKey: `key` is none of flow code.
            StorageError: it holds what flow code cannot, or too much; or `path` is not empty.
        """
        from storage_core.blobs.archive import loading

        return loading.loaded(self._backend, key, path, max_files=max_files, max_bytes=max_bytes)

    def open(self, key: str) -> BinaryIO:
        """Open the blob for reading from start to end; the caller closes it.

        A `hash` blob is verified when its end is reached: `IntegrityError` comes from the last
        `read`, so what was read before must not be relied on until then.
        """
        target = keys.parse_key(key)
        file = self._backend.open(target.path)
        if not self._naming.is_hash(target):
            return file
        from storage_core.blobs import files

        return files.verifying(file, target.name, f"{self.location}: {key}")

    def save(
        self,
        obj: object,
        kind: Kind = "results",
        *,
        key: str | None = None,
        serializer: str | None = None,
        compression: Compression | None = None,
    ) -> str:
        """Store an object and return its key, which says what is stored: `results/SHA256.json`.

        Saving the same once more is no error. A large array or frame goes through a temporary file
        in bounded memory.

        Args:
            obj: what to store.
            kind: "results" or "flows".
            key: `KIND/NAME`, to choose it yourself: NAME ends in how the object is to be written.
                By default it begins with the SHA-256 of the bytes, on every storage type.
            serializer: "json", "npy", "parquet", "pickle", "cloudpickle", or one of another
                package; by default the first three where the object comes back the same, else
                "pickle".
            compression: "gzip" or "zstd".

        Raises:
            BlobExists: `key` was chosen and is taken.
            InvalidKey: `key` or `kind` is not valid, or `key` does not end in what is stored.
            UnsupportedOperation: `obj` cannot be written so (the message names the part of it that
                cannot), or a package is missing.
        """
        from storage_core.blobs.objects import saving

        self._backend.require_writable()
        return saving.packed(obj, kind, key, serializer, compression).put(self._backend)

    def load(self, key: str, *, allow_pickle: bool = False) -> Any:
        """Return the object under `key`, which `save` has given.

        Where the key has the SHA-256 of the bytes, it is checked before anything is decoded.

        Args:
            key: of the object.
            allow_pickle: whether a pickle is loaded, which runs whatever code it holds: only if you
                trust everyone who may write there.

        Raises:
            BlobNotFound: there is none.
            IntegrityError: the bytes are not those that were saved.
            InvalidKey: `key` is not valid, or does not say how the object was written.
            UnsupportedOperation: it needs `allow_pickle`, another Python, or a package.
        """
        from storage_core.blobs.objects import loading

        return loading.wanted(key, allow_pickle, self.location).load(self._backend)

    def link(self, key: str, *, expires: timedelta | float = 3600) -> str:
        """A signed URL under which anybody can read the blob for a while: a secret in itself.

        S3 Storage has them, Azure Blob Storage with an account key and Google Cloud Storage with a
        service account. That one holds for less than asked for is told by the logger
        `storage_core`.

        Args:
            key: of the blob; it is looked up first.
            expires: how long it is to hold, in seconds or as a span; on S3 and Google Cloud Storage
                7 days at most, and no longer than the credentials that sign it.

        Raises:
            BlobNotFound: there is none.
            UnsupportedOperation: this storage has no links, or none that hold for so long.
        """
        from storage_core.blobs import linking

        return linking.linked(self.backend, keys.parse_key(key).path, expires)

    def check(self) -> None:
        """Reach the storage, sign in and find the bucket, writing nothing.

        Raises:
            StorageUnavailable, AccessDenied, ConfigurationError: what is in the way.
        """
        self._backend.check()

    def close(self) -> None:
        """Let go of connections; the next call opens the store again."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    async def alink(self, key: str, *, expires: timedelta | float = 3600) -> str:
        """`link` without blocking the event loop."""
        from asyncio import to_thread

        return await to_thread(self.link, key, expires=expires)

    async def awrite(self, data: Data, kind: Kind = "results", *, key: str | None = None) -> str:
        """`write` without blocking the event loop."""
        from storage_core.blobs.off_loop import off_loop

        data = _checked(data)
        self._backend.require_writable()
        name = await off_loop(keys.content_name, data) if self._naming.needs_bytes(key) else ""
        target = self._naming.key(kind, key, lambda: name)
        await self._backend.aput(target.path, data, overwrite=key is None)
        return str(target)

    async def aread(self, key: str) -> bytes:
        """`read` without blocking the event loop."""
        from storage_core.blobs.off_loop import off_loop

        target = keys.parse_key(key)
        return await off_loop(self._verified, target, await self._backend.aget(target.path))

    async def asave(
        self,
        obj: object,
        kind: Kind = "results",
        *,
        key: str | None = None,
        serializer: str | None = None,
        compression: Compression | None = None,
    ) -> str:
        """`save` without blocking the event loop; do not change `obj` meanwhile."""
        from asyncio import to_thread

        from storage_core.blobs.objects import saving

        self._backend.require_writable()
        packed = await to_thread(saving.packed, obj, kind, key, serializer, compression)
        return await packed.aput(self._backend)

    async def aload(self, key: str, *, allow_pickle: bool = False) -> Any:
        """`load` without blocking the event loop."""
        from asyncio import to_thread

        from storage_core.blobs.objects import loading

        wanted = await to_thread(loading.wanted, key, allow_pickle, self.location)
        return await wanted.aload(self._backend)

    async def awrite_many(
        self,
        blobs: Iterable[Data] | AsyncIterable[Data],
        kind: Kind = "results",
        *,
        jobs: int = 32,
    ) -> Keys:
        """`write_many` without blocking the event loop; `blobs` may be asynchronous too."""
        from storage_core.blobs import many

        many.require(jobs, blobs)
        checked = keys.check_kind(kind)
        self._backend.require_writable()
        return await many.awritten(lambda data: self.awrite(data, checked), blobs, jobs)

    def aread_many(
        self, keys: Iterable[str], *, jobs: int = 32
    ) -> AsyncGenerator[bytes | None, None]:
        """`read_many` without blocking the event loop."""
        from storage_core.blobs import many

        return many.aread(self.aread, many.wanted(keys, jobs), jobs)

    async def aexists(self, key: str) -> bool:
        """`exists` without blocking the event loop."""
        try:
            await self._backend.ahead(keys.parse_key(key).path)
        except BlobNotFound:
            return False
        return True

    async def adelete(self, key: str) -> None:
        """`delete` without blocking the event loop."""
        await self._backend.adelete(keys.parse_key(key).path)

    async def alist(self, kind: Kind | None = None) -> AsyncIterator[Blob]:
        """`list` without blocking the event loop."""
        from storage_core.blobs.blob import blob_of

        for each in keys.kinds(kind):
            async for entry in self._backend.alist(prefix_of(each), delimiter=True):
                if blob := blob_of(entry):
                    yield blob

    @property
    def _naming(self) -> Naming:
        return Naming(self.configuration.naming)

    def _verified(self, key: Key, data: bytes) -> bytes:
        if self._naming.is_hash(key) and keys.content_name(data) != key.name:
            from storage_core.blobs import files

            raise files.damaged(f"{self.location}: {key}")
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return _reopened, (self.configuration, self.timeout)

    def __repr__(self) -> str:
        return f"<Store {self.configuration!r}>"


def _reopened(configuration: StorageConfiguration, timeout: float) -> Store:
    """A store out of a pickle; it opens at its first use, where the references can be resolved."""
    store = Store.__new__(Store)
    store.configuration = configuration
    store.timeout = timeout
    store._opened = None
    return store


def _checked(data: Data) -> bytes:
    if isinstance(data, bytes):
        return data
    if isinstance(data, bytearray | memoryview):
        return bytes(data)
    raise TypeError(f"write takes bytes, not {type(data).__name__}")
