"""A store: a configuration opened for use. What programs write blobs to and read them from.

`opening.py` opens one. A worker process may use a store for a single blob only, so this module
imports nothing that the store's own type does not need.
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
        """Seconds that one call may take, retries included, plus one for each 64 KiB moved."""

        self._opened: Backend | None = configuration.opened(timeout=self.timeout)

    @property
    def location(self) -> str:
        """Where the configuration leads, as a person would write it; passwords are masked."""
        return self.configuration.location

    @property
    def backend(self) -> CheckedBackend:
        """The backend, which takes any path below the location, not just keys of the two kinds.

        Nothing read through it is verified, and the caller names what is written. After `close`,
        get it from here again.
        """
        from storage_core.backends.checked import CheckedBackend

        return CheckedBackend(self._backend)

    @property
    def fs(self) -> StoreFileSystem:
        """An fsspec file system over all paths below the location; it pickles as the store does.

        Nothing read through it is verified, and the caller names what is written.
        """
        from storage_core.fs import StoreFileSystem

        return StoreFileSystem(self)

    @property
    def _backend(self) -> Backend:
        # Read the attribute once: another thread may close the store in between.
        opened = self._opened
        if opened is None:
            opened = self._opened = self.configuration.opened(timeout=self.timeout)
        return opened

    def write(self, data: Data, kind: Kind = "results", *, key: str | None = None) -> str:
        """Store `data` and return its key.

        Args:
            data: the bytes; may be empty.
            kind: "results" or "flows".
            key: `KIND/NAME`, to choose it yourself; by default it is generated.

        Raises:
            BlobExists: there is a blob under the chosen `key` already.
            InvalidKey: `key` or `kind` is not valid.
            StorageError: it failed for another reason; nothing readable was stored.
        """
        data = _checked(data)
        self._backend.require_writable()
        target = self._naming.key(kind, key, lambda: keys.content_name(data))
        self._backend.put(target.path, data, overwrite=key is None)
        return str(target)

    def read(self, key: str) -> bytes:
        """Return the bytes under `key`.

        Raises:
            BlobNotFound: there is no such blob.
            IntegrityError: `key` is a hash, and the bytes found do not have it.
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

        If some fail, the rest are still written, each with its own `timeout`. If `blobs` itself
        raises, or the caller is interrupted, no further ones are started.

        Args:
            blobs: the bytes of each; with a generator, no more than `jobs` are in memory at a time.
            kind: "results" or "flows", for all of them.
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

        A blob that cannot be read yields None, so that the values line up with `keys`; the rest are
        still read, each with its own `timeout`. After the last one `BulkError` says what went wrong
        (`zip` only gets that far with `strict=True`). Closing the generator stops the rest.

        Args:
            keys: the keys.
            jobs: how many are read at a time; no more than these are in memory.

        Raises:
            BulkError: some were not read, or are not valid; its `results` has a key or an error
                for each.
        """
        from storage_core.blobs import many

        return many.read(self.read, many.wanted(keys, jobs), jobs)

    def write_file(
        self, path: str | os.PathLike[str], kind: Kind = "results", *, key: str | None = None
    ) -> str:
        """Like `write`, with the bytes of a local file, in bounded memory.

        The KV server and `memory://` have to hold the whole blob in memory. Where the name is the
        hash of the bytes, and a blob has it already, that one is verified and nothing is written.
        """
        from storage_core.blobs import storing

        self._backend.require_writable()
        return storing.stored(self._backend, self._naming, path, kind, key)

    def read_file(self, key: str, path: str | os.PathLike[str]) -> int:
        """Write the blob to a local file, in bounded memory, and return its size in bytes.

        It is verified as by `read`, and the file appears complete or not at all. An existing file
        is replaced and keeps its mode; if `path` is a symbolic link, its target is replaced; a
        device or a named pipe is written to.
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

        The same content has the same key on every machine. Files that `.gitignore` and
        `.storageignore` in the folder exclude are left out, as git would, and so are `.git` and
        `__pycache__`. Modes, times, owners and empty folders are not kept; files that begin with
        `#!` are executable. The logger `storage_core` warns of files that look like secrets.

        Args:
            path: the script or the folder.
            compression: "gzip" or "zstd", for a key that ends in `.tar.gz` or `.tar.zst`.

        Raises:
            StorageError: a file cannot be read, or changes meanwhile; there is a link, a pipe, or a
                name that is not UTF-8 or is another's but for case or Unicode normal form.
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

        The files are verified, and appear all together or not at all.

        Args:
            key: as `save_flow` has returned it.
            path: a folder that does not exist yet or is empty; also for a single script.
            max_files: how many files and folders there may be; by default 100,000.
            max_bytes: how many bytes they may have in all; by default 16 GiB.

        Raises:
            BlobNotFound: there is no such blob.
            IntegrityError: the bytes are not those that were saved.
            InvalidKey: `key` is not a key of flow code.
            StorageError: the archive holds what flow code cannot, or more than is allowed; or
                `path` is not empty.
        """
        from storage_core.blobs.archive import loading

        return loading.loaded(self._backend, key, path, max_files=max_files, max_bytes=max_bytes)

    def open(self, key: str) -> BinaryIO:
        """Open the blob for reading from start to end; the caller closes it.

        Where `key` is a hash, the bytes are verified at their end: only the last `read` can raise
        `IntegrityError`, so do not rely on what was read until then.
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
        """Store an object and return its key, whose end says how to read it: `results/SHA256.json`.

        Saving the same object again is no error. A large array or frame goes through a temporary
        file in bounded memory.

        Args:
            obj: what to store.
            kind: "results" or "flows".
            key: `KIND/NAME`, to choose it yourself: NAME must end as a generated one would. By
                default NAME begins with the SHA-256 of the bytes, on every storage type.
            serializer: "json", "npy", "parquet", "pickle", "cloudpickle", or one of another
                package; by default one of the first three if it gives the same object back, else
                "pickle".
            compression: "gzip" or "zstd".

        Raises:
            BlobExists: there is a blob under the chosen `key` already.
            InvalidKey: `key` or `kind` is not valid, or `key` names another form or compression.
            UnsupportedOperation: the serializer cannot write `obj` (the message names the part at
                fault), or a package is missing.
        """
        from storage_core.blobs.objects import saving

        self._backend.require_writable()
        return saving.packed(obj, kind, key, serializer, compression).put(self._backend)

    def load(self, key: str, *, allow_pickle: bool = False) -> Any:
        """Return the object under `key`.

        Where the key holds the SHA-256 of the bytes, they are verified before they are decoded.

        Args:
            key: as `save` has returned it.
            allow_pickle: whether to load a pickle, which runs whatever code it holds: only if you
                trust everyone who may write to the store.

        Raises:
            BlobNotFound: there is no such blob.
            IntegrityError: the bytes are not those that were saved.
            InvalidKey: `key` is not valid, or does not say how the object was written.
            UnsupportedOperation: it needs `allow_pickle`, another Python, or a package.
        """
        from storage_core.blobs.objects import loading

        return loading.wanted(key, allow_pickle, self.location).load(self._backend)

    def link(self, key: str, *, expires: timedelta | float = 3600) -> str:
        """Return a signed URL with which anybody can read the blob for a while: treat it as secret.

        S3 Storage has such links, Azure Blob Storage with an account key, and Google Cloud Storage
        with a service account. The logger `storage_core` says if one expires earlier.

        Args:
            key: of the blob, which must exist.
            expires: for how long, in seconds or as a `timedelta`; on S3 and Google Cloud Storage
                7 days at most, and no longer than the credentials that sign it are valid.

        Raises:
            BlobNotFound: there is no such blob.
            UnsupportedOperation: this storage has no links, or none that are valid for so long.
        """
        from storage_core.blobs import linking

        return linking.linked(self.backend, keys.parse_key(key).path, expires)

    def check(self) -> None:
        """Reach the storage, sign in and find the bucket, writing nothing.

        Raises:
            StorageUnavailable, AccessDenied: it cannot be reached; it refuses the credentials.
            ConfigurationError: what the settings name does not exist, or they are wrong.
        """
        self._backend.check()

    def close(self) -> None:
        """Close the connections; the next call opens the store again."""
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
    """Unpickle a store; it opens at its first use, where the references can be resolved."""
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
