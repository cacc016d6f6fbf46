"""npy, for the arrays that can be read back unchanged from it.

The same values, shape and dtype are the same bytes, whatever order they had in memory: arrays come
back in C order.
"""

from __future__ import annotations

from io import SEEK_END
from math import prod
from typing import Any, BinaryIO, Final

from storage_core.blobs.objects.memory import require_memory
from storage_core.blobs.objects.serializer import (
    Fault,
    NeedsPickle,
    Serializer,
    Sink,
    Unserializable,
    a_kind,
    required,
)

_KINDS: Final = "biufcmMSU"
"""The kinds of NumPy dtypes whose bytes are their values."""

_LONG_DOUBLES: Final = "gG"
"""Dtypes that have the same name on every machine, but different bytes."""

_CHUNK: Final = 1024 * 1024
_MAGIC: Final = b"\x93NUMPY\x01\x00"


class Arrays(Serializer):
    """npy, version 1.0."""

    def dump(self, obj: Any, file: Sink) -> None:
        numpy = required("numpy")
        if fault := fault_of(obj, numpy):
            raise Unserializable(f"{fault} from npy; serializer='pickle' keeps it")
        form = numpy.lib.format
        header = {
            "descr": form.dtype_to_descr(obj.dtype),
            "fortran_order": False,
            "shape": obj.shape,
        }
        form.write_array_header_1_0(file, header)
        if not obj.nbytes:
            return
        if obj.flags.c_contiguous:
            data = memoryview(obj.reshape(-1).view(numpy.uint8))
            for start in range(0, len(data), _CHUNK):
                file.write(data[start : start + _CHUNK])
            return
        pieces = numpy.nditer(
            obj,
            flags=["external_loop", "buffered"],
            buffersize=max(1, _CHUNK // obj.itemsize),
            order="C",
        )
        for piece in pieces:
            file.write(piece.tobytes("C"))

    def load(self, file: BinaryIO, *, allow_pickle: bool) -> Any:
        numpy = required("numpy")
        form = numpy.lib.format
        version = form.read_magic(file)
        readers = {(1, 0): form.read_array_header_1_0, (2, 0): form.read_array_header_2_0}
        if version not in readers:
            raise ValueError(f"version {version[0]}.{version[1]} of npy is not known here")
        shape, is_fortran, dtype = readers[version](file)
        if dtype.hasobject:
            if not allow_pickle:
                raise NeedsPickle
            return _unpickled(file, shape, dtype)
        flat = _filled(numpy, file, shape, dtype)
        return flat.reshape(shape[::-1]).transpose() if is_fortran else flat.reshape(shape)


def fault_of(array: Any, numpy: Any) -> Fault | None:
    """Why an object cannot be read back unchanged from npy; None if it can."""
    if type(array) is not numpy.ndarray:
        return Fault("", f"{a_kind(array)} does not come back the same")
    dtype = array.dtype
    is_plain = dtype.kind in _KINDS and dtype.char not in _LONG_DOUBLES and not dtype.metadata
    return None if is_plain else Fault("", f"an array of {dtype!r} does not come back the same")


def _filled(numpy: Any, file: BinaryIO, shape: tuple[int, ...], dtype: Any) -> Any:
    """The elements of an array, one behind the other, read from `file`."""
    if dtype.subdtype or min(shape, default=0) < 0:
        raise ValueError("its header describes no array")
    wanted = prod(shape) * dtype.itemsize
    if file.seekable():
        # Check first: a damaged header may promise terabytes, for which memory would be taken.
        here = file.tell()
        there = file.seek(0, SEEK_END) - here
        file.seek(here)
        if there < wanted:
            raise ValueError(f"it holds {there} bytes of the {wanted} that its header promises")
    require_memory(wanted)
    array = numpy.ndarray(prod(shape), dtype)
    if wanted:
        left = memoryview(array.view(numpy.uint8))
        while left:
            came = file.readinto(left[:_CHUNK])  # type: ignore[attr-defined]
            if not came:
                raise EOFError
            left = left[came:]
    return array


def _unpickled(file: BinaryIO, shape: tuple[int, ...], dtype: Any) -> Any:
    import pickle

    array = pickle.load(file)
    if getattr(array, "dtype", None) != dtype or array.shape != shape:
        raise ValueError("what is pickled in it is not the array that its header describes")
    return array
