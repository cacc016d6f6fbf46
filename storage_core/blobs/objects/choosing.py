"""Which serializer writes an object, and which one a name stands for."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, Final

from storage_core.blobs.objects import json_values, names
from storage_core.blobs.objects.serializer import Serializer
from storage_core.errors import UnsupportedOperation

ENTRY_POINTS: Final = "storage_core.serializers"

_BUILT_IN: Final = {
    "json": ("json_values", "JSONValues"),
    "npy": ("arrays", "Arrays"),
    "parquet": ("frames", "Frames"),
    "pickle": ("pickles", "Pickles"),
    "cloudpickle": ("pickles", "CloudPickles"),
}


def best_for(obj: object) -> str:
    """The serializer that gives back the same object; never one of another package.

    So the same object has the same serializer wherever it is saved.
    """
    # There can only be an object of these packages if they have been imported.
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if type(obj) is getattr(numpy, "ndarray", None):
        from storage_core.blobs.objects import arrays

        return "pickle" if arrays.fault_of(obj, numpy) else "npy"
    if type(obj) is getattr(pandas, "DataFrame", None):
        from storage_core.blobs.objects import frames

        return "pickle" if frames.fault_of(obj, pandas) else "parquet"
    return "pickle" if json_values.fault_of(obj) else "json"


def serializer_named(name: str) -> Serializer:
    """The serializer that a name stands for; one of another package is loaded.

    Raises:
        UnsupportedOperation: there is none, or its package cannot be loaded.
    """
    if name in _BUILT_IN:
        module, cls = _BUILT_IN[name]
        found: Serializer = getattr(import_module(f"storage_core.blobs.objects.{module}"), cls)()
        return found
    from importlib.metadata import entry_points

    if names.is_serializer(name):
        for entry_point in entry_points(group=ENTRY_POINTS, name=name):
            return _third_party(name, entry_point.load)
    raise UnsupportedOperation(_unknown(name))


def is_known(name: str) -> bool:
    """Whether `serializer_named` knows `name`; this loads nothing."""
    from importlib.metadata import entry_points

    return name in _BUILT_IN or bool(entry_points(group=ENTRY_POINTS, name=name))


def _third_party(name: str, load: Any) -> Serializer:
    try:
        found = load()
        serializer = found() if isinstance(found, type) else found
    except Exception as error:
        raise UnsupportedOperation(
            f"the package that provides serializer {name!r} cannot be loaded "
            f"({type(error).__name__}); reinstall it"
        ) from error
    if not isinstance(serializer, Serializer):
        raise UnsupportedOperation(
            f"the package that provides serializer {name!r} gives no storage_core.Serializer"
        )
    return serializer


def _unknown(name: str) -> str:
    from importlib.metadata import entry_points

    from storage_core.nearest import nearest

    others = {point.name for point in entry_points(group=ENTRY_POINTS)}
    known = [*_BUILT_IN, *sorted(others - {*_BUILT_IN})]
    close = nearest(name, known)
    hint = f"did you mean {close}?" if close else f"there are {', '.join(known)}"
    return f"no serializer {name!r} is installed; {hint}"
