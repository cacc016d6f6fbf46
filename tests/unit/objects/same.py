"""Whether two objects are the same: what `==` and `DataFrame.equals` leave out counts too."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa


def same(one: Any, other: Any) -> bool:
    """Whether nobody could tell which of two objects is which."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return math.copysign(1, one) == math.copysign(1, other) and repr(one) == repr(other)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same([*one.items()], [*other.items()])
    if isinstance(one, np.ndarray):
        return _same_arrays(one, other)
    if isinstance(one, pd.DataFrame):
        return _same_frames(one, other)
    if isinstance(one, pd.Index):
        return _same_indices(one, other)
    if isinstance(one, pa.Table):
        return one.schema.equals(other.schema, check_metadata=True) and one.equals(other)
    return bool(one == other)


def _same_arrays(one: np.ndarray, other: np.ndarray) -> bool:
    if one.dtype != other.dtype or one.dtype.str != other.dtype.str or one.shape != other.shape:
        return False
    if one.dtype.hasobject:
        return same(one.tolist(), other.tolist())
    if not np.array_equal(one.dtype.metadata or {}, other.dtype.metadata or {}):
        return False
    return one.tobytes() == other.tobytes() or repr(one.tolist()) == repr(other.tolist())


def _same_indices(one: pd.Index, other: pd.Index) -> bool:
    if list(one.names) != list(other.names) or [*map(type, one.names)] != [*map(type, other.names)]:
        return False
    if isinstance(one, pd.MultiIndex):
        return len(one) == len(other) and all(
            _same_indices(one.get_level_values(n), other.get_level_values(n))
            for n in range(one.nlevels)
        )
    if isinstance(one, pd.RangeIndex):
        return (one.start, one.stop, one.step) == (other.start, other.stop, other.step)
    return (
        _same_dtypes(one.dtype, other.dtype)
        and getattr(one, "freq", None) == getattr(other, "freq", None)
        and _same_values(one.to_series(), other.to_series())
    )


def _same_dtypes(one: Any, other: Any) -> bool:
    if type(one) is not type(other) or one != other or str(one) != str(other):
        return False
    if isinstance(one, pd.StringDtype):
        return one.storage == other.storage and one.na_value is other.na_value
    if isinstance(one, pd.CategoricalDtype):
        return one.ordered == other.ordered and _same_indices(one.categories, other.categories)
    if isinstance(one, pd.DatetimeTZDtype):
        # pandas takes all that it knows as UTC for equal.
        return type(one.tz) is type(other.tz) and repr(one.tz) == repr(other.tz)
    return repr(one) == repr(other)


def _same_values(one: pd.Series, other: pd.Series) -> bool:
    if len(one) != len(other):
        return False
    if isinstance(one.dtype, np.dtype) and not one.dtype.hasobject:
        a, b = one.to_numpy(), other.to_numpy()
        if a.dtype.kind in "fc":
            gone = np.isnan(a)
            return bool((gone == np.isnan(b)).all()) and a[~gone].tobytes() == b[~gone].tobytes()
        return a.tobytes() == b.tobytes()
    if isinstance(one.dtype, pd.DatetimeTZDtype):
        return _same_values(one.dt.tz_convert(None), other.dt.tz_convert(None))
    if isinstance(one.dtype, pd.CategoricalDtype):
        return one.cat.codes.tolist() == other.cat.codes.tolist()
    return all(_same_cells(a, b) for a, b in zip(one.tolist(), other.tolist(), strict=True))


def _same_cells(one: Any, other: Any) -> bool:
    if one is pd.NaT or one is pd.NA or one is None:
        return one is other
    if isinstance(one, float) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    if isinstance(one, pd.Timestamp):
        return one == other and one.unit == other.unit and repr(one) == repr(other)
    return same(one, other)


def _same_frames(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return (
        _same_indices(one.columns, other.columns)
        and _same_indices(one.index, other.index)
        and same(one.attrs, other.attrs)
        and one.flags.allows_duplicate_labels == other.flags.allows_duplicate_labels
        and all(_same_dtypes(a, b) for a, b in zip(one.dtypes, other.dtypes, strict=True))
        and all(_same_values(one.iloc[:, n], other.iloc[:, n]) for n in range(len(one.columns)))
    )
