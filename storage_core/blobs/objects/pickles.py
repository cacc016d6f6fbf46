"""pickle, for what no other serializer preserves, and cloudpickle, for functions and classes.

Both run what the bytes say when they are read.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from storage_core.blobs.objects.serializer import Serializer, Sink, Unserializable, required
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

PROTOCOL: Final = 5
"""The protocol: every supported Python reads it, and it does not copy large arrays."""


class Pickles(Serializer):
    """pickle."""

    runs_code = True

    def _pickler(self) -> type[pickle.Pickler]:
        return pickle.Pickler

    def dump(self, obj: Any, file: Sink) -> None:
        pickler = self._pickler()
        try:
            pickler(cast("SupportsWrite[bytes]", file), PROTOCOL).dump(obj)
        except (StorageError, MemoryError):
            raise
        except Exception as error:
            from storage_core.blobs.objects.unpicklable import explained

            raise Unserializable(explained(obj, pickler, error)) from error

    def load(self, file: BinaryIO, *, allow_pickle: bool) -> Any:
        return pickle.load(file)


class CloudPickles(Pickles):
    """cloudpickle: functions and classes as they are, for one minor version of Python."""

    def _pickler(self) -> type[pickle.Pickler]:
        return cast("type[pickle.Pickler]", required("cloudpickle").Pickler)

    def load(self, file: BinaryIO, *, allow_pickle: bool) -> Any:
        required("cloudpickle")
        return pickle.load(file)
