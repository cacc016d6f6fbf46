"""Saves an object as bytes under a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from storage_core import keys
from storage_core.blobs.compression import SUFFIXES, Compression
from storage_core.blobs.objects import names
from storage_core.blobs.objects.choosing import best_for, is_known, serializer_named
from storage_core.blobs.objects.names import FOR_ONE_PYTHON, ObjectName
from storage_core.blobs.objects.packing import Compressing
from storage_core.blobs.objects.serializer import Unserializable
from storage_core.blobs.objects.spool import Spool
from storage_core.errors import InvalidKey, StorageError
from storage_core.keys import Key
from storage_core.printable import printable

if TYPE_CHECKING:
    from storage_core.backends.base import Backend
    from storage_core.blobs.objects.serializer import Sink

_STEM: Final = "NAME"


class Packed(NamedTuple):
    """An object as bytes, and the key to store them under."""

    key: Key
    spool: Spool
    overwrite: bool
    """Whether an existing blob may be replaced: under a hash it is the same, or damaged."""

    def put(self, backend: Backend) -> str:
        """Store it, and return its key."""
        with self.spool:
            if (data := self.spool.data) is not None:
                backend.put(self.key.path, data, overwrite=self.overwrite)
            else:
                file = self.spool.reopened()
                backend.put_stream(self.key.path, file, overwrite=self.overwrite)
        return str(self.key)

    async def aput(self, backend: Backend) -> str:
        """`put` without blocking the event loop."""
        if (data := self.spool.data) is None:
            from asyncio import to_thread

            return await to_thread(self.put, backend)
        await backend.aput(self.key.path, data, overwrite=self.overwrite)
        return str(self.key)


def packed(
    obj: object,
    kind: str,
    key: str | None,
    serializer: str | None,
    compression: Compression | None,
) -> Packed:
    """Write an object as bytes, in memory or a temporary file, and name them.

    Raises:
        InvalidKey: the key does not say how the object is written, or says something else.
        UnsupportedOperation: the serializer cannot write the object, or a package is missing.
        ValueError: there is no such compression.
    """
    checked_kind = keys.check_kind(kind)
    if compression is not None and compression not in SUFFIXES:
        known = " or ".join(map(repr, SUFFIXES))
        raise ValueError(f"compression must be {known}, not {compression!r}")
    chosen = None
    if key is not None:
        chosen = _chosen(key, serializer, compression)
        serializer, compression = chosen.serializer, chosen.compression
    elif serializer is None:
        serializer = best_for(obj)
    spool = Spool()
    try:
        _write(obj, serializer, compression, spool)
        if chosen is None:
            python = names.this_python() if serializer == FOR_ONE_PYTHON else None
            name = ObjectName(spool.digest, serializer, compression, python)
            return Packed(Key(checked_kind, str(name)), spool, overwrite=True)
        if chosen.is_hash and chosen.stem != spool.digest:
            raise InvalidKey(
                f"key {key} is the hash of other bytes; leave the key out to have it generated"
            )
        return Packed(keys.parse_key(str(key)), spool, overwrite=False)
    except BaseException:
        spool.close()
        raise


def _write(obj: object, name: str, compression: Compression | None, spool: Spool) -> None:
    serializer = serializer_named(name)
    sink: Sink = spool
    packing = None
    if compression is not None:
        sink = packing = Compressing(spool, compression)
    try:
        serializer.dump(obj, sink)
    except (StorageError, MemoryError):
        raise
    except Exception as error:
        why = printable(f"{type(error).__name__}: {error}")[:200]
        raise Unserializable(
            f"the object cannot be written as {name} ({why}); choose another serializer"
        ) from error
    if packing is not None:
        packing.end()


def _chosen(key: str, serializer: str | None, compression: Compression | None) -> ObjectName:
    """What a chosen key says.

    Raises:
        InvalidKey: it says nothing, or something else than the caller.
    """
    name = names.parse(keys.parse_key(key).name)
    python = names.this_python()
    wanted = _endings(serializer, compression)
    if name is None or not is_known(name.serializer):
        raise InvalidKey(f"key {key} does not say what is stored; let it end in {wanted}")
    if name.serializer == FOR_ONE_PYTHON and name.python != python:
        raise InvalidKey(
            f"key {key} does not say that this is {names.spoken(python)}; "
            f"let it end in .{python}.{FOR_ONE_PYTHON}"
        )
    if serializer not in (None, name.serializer) or compression not in (None, name.compression):
        raise InvalidKey(f"key {key} says something else than is wanted; let it end in {wanted}")
    return name


def _endings(serializer: str | None, compression: Compression | None) -> str:
    """The words for what a key may end in."""
    some = [serializer] if serializer is not None else names.BUILT_IN
    python = names.this_python()
    endings = [
        str(ObjectName("", each, compression, python if each == FOR_ONE_PYTHON else None))
        for each in some
    ]
    return endings[0] if len(endings) == 1 else f"{', '.join(endings[:-1])} or {endings[-1]}"
