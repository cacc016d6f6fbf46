"""Every type of Arrow, in a table and as a column of a frame: what comes back is the same.

Expected: tables and frames of Arrow's types go to pickle, since Parquet has no type for many of
them (uint64 decimals, dictionaries, unions …) and gives others back as NumPy's.
"""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, reject, seed, settings
from hypothesis import strategies as st

from storage_core import Store

PRIMITIVE: Final = (
    *(pa.null(), pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64()),
    *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
    *(pa.float16(), pa.float32(), pa.float64()),
    *(pa.decimal32(5, 2), pa.decimal64(12, 3), pa.decimal128(30, 4), pa.decimal256(60, 5)),
    *(pa.date32(), pa.date64(), pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns")),
    *(pa.timestamp(unit) for unit in ("s", "ms", "us", "ns")),
    *(pa.timestamp("us", zone) for zone in ("UTC", "Europe/Berlin", "+05:30")),
    *(pa.duration(unit) for unit in ("s", "ms", "us", "ns")),
    *(pa.month_day_nano_interval(), pa.string(), pa.large_string(), pa.string_view()),
    *(pa.binary(), pa.large_binary(), pa.binary(3), pa.binary_view()),
)
HASHABLE: Final = (pa.int8(), pa.int64(), pa.string(), pa.binary())


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        inner.map(pa.list_),
        inner.map(pa.large_list),
        inner.map(pa.list_view),
        st.tuples(inner, st.integers(0, 3)).map(lambda given: pa.list_(*given)),
        st.tuples(st.sampled_from(HASHABLE), inner).map(lambda given: pa.map_(*given)),
        st.lists(inner, max_size=3).map(
            lambda types: pa.struct([pa.field(f"f{n}", each) for n, each in enumerate(types)])
        ),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda types: pa.dense_union([pa.field(f"f{n}", t) for n, t in enumerate(types)])
        ),
    )


_TYPES: Final = st.recursive(
    st.sampled_from(PRIMITIVE)
    | st.builds(pa.dictionary, st.just(pa.int32()), st.sampled_from(HASHABLE), st.booleans())
    | st.sampled_from(HASHABLE).map(lambda values: pa.run_end_encoded(pa.int32(), values)),
    _nested,
    max_leaves=4,
)


@st.composite
def types(draw: st.DrawFn) -> Any:
    return draw(_TYPES)


def comes_back(store: Store, kind: Any, rows: int) -> None:
    """Made by Arrow itself from random bytes of its own type; by nulls where it cannot."""
    array = _array(kind, rows)
    try:
        array.validate()
    except pa.ArrowInvalid:
        reject()  # As Arrow makes it: lists of run-ends, where there are none (26.0.1).
    table = pa.table({"a": array}).replace_schema_metadata({"of": "ours"})
    loaded = store.load(store.save(table), allow_pickle=True)
    assert type(loaded) is pa.Table
    assert loaded.schema.equals(table.schema, check_metadata=True)
    assert loaded.equals(table)
    try:
        frame = pd.DataFrame({"a": pd.array(pa.chunked_array([array]), pd.ArrowDtype(kind))})
    except (NotImplementedError, TypeError, ValueError):
        return  # pandas itself has no column of it.
    key = store.save(frame)
    assert key.endswith(".pickle")
    back = store.load(key, allow_pickle=True)
    assert back.dtypes.tolist() == frame.dtypes.tolist()
    assert pa.chunked_array(back.a.array.__arrow_array__()).equals(
        pa.chunked_array(frame.a.array.__arrow_array__())
    )


VALUES: Final[dict[Any, Any]] = {
    pa.types.is_boolean: True,
    pa.types.is_integer: 7,
    pa.types.is_floating: 1.5,
    pa.types.is_decimal: 1,
    pa.types.is_temporal: 86_400_000,
    pa.types.is_string: "é",
    pa.types.is_large_string: "é",
    pa.types.is_binary: b"a\0b",
    pa.types.is_large_binary: b"a\0b",
    pa.types.is_fixed_size_binary: b"a\0b",
}


def _array(kind: Any, rows: int) -> Any:
    value = next((value for fits, value in VALUES.items() if fits(kind)), None)
    try:
        if pa.types.is_temporal(kind) and kind != pa.month_day_nano_interval():
            whole = pa.int32() if kind.bit_width == 32 else pa.int64()
            return pa.array([0, None, *[9] * rows], whole).cast(kind)
        return pa.array([value, None, *[value] * rows], kind)
    except (pa.ArrowNotImplementedError, pa.ArrowTypeError, pa.ArrowInvalid):
        try:
            return pa.nulls(rows, kind)
        except pa.ArrowNotImplementedError:
            return reject()


@pytest.mark.parametrize("kind", PRIMITIVE, ids=str)
def test_each_plain_type(store: Store, kind: Any) -> None:
    comes_back(store, kind, 3)


SOON = settings(max_examples=25, deadline=None, database=None, suppress_health_check=[*HealthCheck])


@seed(1)
@SOON
@given(kind=types(), rows=st.integers(0, 3))
def test_some_types_within_others(store: Store, kind: Any, rows: int) -> None:
    comes_back(store, kind, rows)


@pytest.mark.reliability
@pytest.mark.timeout(1800)
@settings(SOON, max_examples=5000)
@given(kind=types(), rows=st.integers(0, 3))
def test_many_types_within_others(store: Store, kind: Any, rows: int) -> None:
    comes_back(store, kind, rows)
