"""Loads the object under a key: fetched, verified, and only then decoded."""

from __future__ import annotations

from contextlib import ExitStack
from pickle import UnpicklingError
from shutil import copyfileobj
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, NoReturn, cast

from storage_core import keys
from storage_core.backends.base import CHUNK_SIZE
from storage_core.blobs.compression import Damaged
from storage_core.blobs.files import damaged
from storage_core.blobs.objects import names
from storage_core.blobs.objects.choosing import is_known, serializer_named
from storage_core.blobs.objects.memory import TooLarge
from storage_core.blobs.objects.packing import unpacking
from storage_core.blobs.objects.serializer import NeedsPickle, Serializer
from storage_core.blobs.objects.spool import SMALL, Spool
from storage_core.errors import IntegrityError, InvalidKey, StorageError, UnsupportedOperation
from storage_core.printable import printable

if TYPE_CHECKING:
    from storage_core.backends.base import Backend
    from storage_core.blobs.objects.names import ObjectName
    from storage_core.keys import Key


_CUT: Final = (Damaged, EOFError, UnpicklingError)
"""Errors that mean that the bytes are not a pickle; others come from what it needs here."""


class Wanted(NamedTuple):
    """An object that may be read, and what reads it."""

    key: Key
    name: ObjectName
    serializer: Serializer
    allow_pickle: bool
    location: str

    @property
    def described(self) -> str:
        """What messages call the blob."""
        return f"{self.location}: {self.key}"

    def load(self, backend: Backend) -> Any:
        """Fetch and decode it."""
        path = self.key.path
        try:
            # One request where it is small, as most objects are.
            data, is_whole = backend.get_range(path, 0, SMALL + 1), False
        except UnsupportedOperation:
            data, is_whole = backend.get(path), True
        return self._come(data, None if is_whole else backend)

    async def aload(self, backend: Backend) -> Any:
        """`load` without blocking the event loop."""
        from asyncio import to_thread

        path = self.key.path
        try:
            data, is_whole = await backend.aget_range(path, 0, SMALL + 1), False
        except UnsupportedOperation:
            data, is_whole = await backend.aget(path), True
        return await to_thread(self._come, data, None if is_whole else backend)

    def _come(self, data: bytes, backend: Backend | None) -> Any:
        """Decode `data`, or the whole blob where `backend` may hold more than this beginning."""
        with Spool() as spool:
            if backend is None or len(data) <= SMALL:
                spool.write(data)
            else:
                del data
                backend.get_stream(self.key.path, cast("BinaryIO", spool))
            if self.name.is_hash and spool.digest != self.name.stem:
                raise damaged(self.described)
            return self._decoded(spool.reopened())

    def _decoded(self, file: BinaryIO) -> Any:
        try:
            return _read(file, self)
        except NeedsPickle:
            _refuse(self.described, "an array of objects, which are pickled")
        except TooLarge as error:
            raise TooLarge(f"{self.described}: {error}") from error
        except StorageError:
            raise
        except Exception as error:
            raise self._undecodable(error) from error

    def _undecodable(self, error: Exception) -> StorageError:
        why = printable(str(error))[:200] or type(error).__name__
        if isinstance(error, MemoryError):
            return StorageError(f"{self.described}: there is not enough memory to load it")
        if self.serializer.runs_code and not isinstance(error, _CUT):
            return StorageError(
                f"{self.described} cannot be loaded here ({type(error).__name__}: {why}); "
                "load it with the packages that it was saved with"
            )
        return IntegrityError(
            f"{self.described} is no {self.name.serializer} ({why}); save it again, or delete it"
        )


def wanted(key: str, allow_pickle: bool, location: str) -> Wanted:
    """What `key` says, if it may be loaded here.

    Raises:
        InvalidKey: it does not say how it was written.
        UnsupportedOperation: nothing that is installed reads it, it is for another Python, or it
            runs code and `allow_pickle` is false.
    """
    parsed = keys.parse_key(key)
    name = names.parse(parsed.name)
    if name is None or not is_known(name.serializer):
        raise InvalidKey(
            f"key {key} does not say what is stored, as .json or .pickle would; "
            "read its bytes, or install the package that knows it"
        )
    described = f"{location}: {key}"
    if name.serializer == names.FOR_ONE_PYTHON and name.python != names.this_python():
        here = names.spoken(names.this_python())
        made = "no version of Python" if name.python is None else names.spoken(name.python)
        raise UnsupportedOperation(
            f"{described} names {made}, and this is {here}; cloudpickle holds for one version only"
        )
    serializer = serializer_named(name.serializer)
    if serializer.runs_code and not allow_pickle:
        _refuse(described, f"a {name.serializer}")
    return Wanted(parsed, name, serializer, allow_pickle, location)


def _read(file: BinaryIO, wanted: Wanted) -> Any:
    with ExitStack() as opened:
        if wanted.name.compression is not None:
            file = unpacking(file, wanted.name.compression)
            if wanted.serializer.seeks:
                spool = opened.enter_context(Spool())
                copyfileobj(file, spool, CHUNK_SIZE)
                file = spool.reopened()
        obj = wanted.serializer.load(file, allow_pickle=wanted.allow_pickle)
        if not wanted.serializer.seeks and file.read(1):
            raise Damaged("something stands behind its end")
        return obj


def _refuse(described: str, what: str) -> NoReturn:
    raise UnsupportedOperation(
        f"{described} is {what}: to load it runs whatever code it holds; "
        "if you trust everyone who may write there, say allow_pickle=True"
    )
