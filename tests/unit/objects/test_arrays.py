"""npy keeps exactly what comes back from it; and equal arrays are equal bytes."""

from __future__ import annotations

import gzip
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn

from storage_core import IntegrityError, Store, UnsupportedOperation
from storage_core.blobs.objects import memory
from tests.unit.objects.same import same

PLAIN = (
    hn.boolean_dtypes()
    | hn.integer_dtypes()
    | hn.unsigned_integer_dtypes()
    | hn.floating_dtypes(sizes=(16, 32, 64))
    | hn.complex_number_dtypes(sizes=(64, 128))
    | hn.datetime64_dtypes()
    | hn.timedelta64_dtypes()
    | hn.byte_string_dtypes()
    | hn.unicode_string_dtypes()
    | st.sampled_from(("M8", "m8", "M8[25s]", "S0", "U0", "q", "Q", "l", ">U2")).map(np.dtype)
)
SIZED = PLAIN.filter(lambda dtype: dtype.itemsize)
"""NumPy has no arrays as fields of what has no size."""

OTHERS = (
    hn.array_dtypes(SIZED, max_size=3)
    | hn.nested_dtypes(SIZED, max_leaves=4)
    | st.sampled_from(("g", "G", "O", "V5")).map(np.dtype)
    | st.just(np.dtypes.StringDType())
    | st.just(np.dtype("i4", metadata={"unit": "m"}))
    | st.just(np.dtype([("a", "i1"), ("b", "f8")], align=True))
)
SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)
SOON = settings(max_examples=40, deadline=None, database=None, suppress_health_check=[*HealthCheck])
LONG = settings(SOON, max_examples=20_000)


@st.composite
def arrays(draw: st.DrawFn, dtypes: st.SearchStrategy[Any]) -> Any:
    """An array in any order of memory, of any bytes."""
    dtype, shape = draw(dtypes), draw(SHAPES)
    array = np.zeros(shape, dtype, order=draw(st.sampled_from("CF")))
    if dtype.kind in "biufcmM" and not dtype.hasobject and array.size:
        data = draw(st.binary(min_size=array.nbytes, max_size=array.nbytes))
        array = np.frombuffer(data, dtype).reshape(shape).copy(order=draw(st.sampled_from("CF")))
    elif dtype.kind in "SUO" and array.size:
        cells = (b"a", b"") if dtype.kind == "S" else ("", "a", "é")
        array.flat[draw(st.integers(0, array.size - 1))] = draw(st.sampled_from(cells))
    if array.ndim and draw(st.booleans()):
        array = array[..., ::-1]
    if array.ndim > 1 and draw(st.booleans()):
        array = array.swapaxes(0, -1)
    return array


def stays_in_npy(store: Store, array: Any) -> None:
    key = store.save(array)
    assert key.endswith(".npy")
    loaded = store.load(key)
    assert same(loaded, array)
    assert loaded.flags.writeable
    assert store.save(np.asfortranarray(array) if array.ndim else array) == key
    # As NumPy itself reads it.
    assert same(np.load(io.BytesIO(store.read(key))), array)


def comes_back(store: Store, array: Any) -> None:
    assert same(store.load(store.save(array), allow_pickle=True), array)


@seed(1)
@SOON
@given(array=arrays(PLAIN))
def test_plain_arrays_stay_in_npy(store: Store, array: Any) -> None:
    stays_in_npy(store, array)


@seed(1)
@SOON
@given(array=arrays(PLAIN | OTHERS))
def test_arrays_of_any_kind_come_back(store: Store, array: Any) -> None:
    comes_back(store, array)


@pytest.mark.reliability
@pytest.mark.timeout(1800)
@LONG
@given(array=arrays(PLAIN))
def test_many_plain_arrays_stay_in_npy(store: Store, array: Any) -> None:
    stays_in_npy(store, array)


@pytest.mark.reliability
@pytest.mark.timeout(1800)
@LONG
@given(array=arrays(PLAIN | OTHERS))
def test_many_arrays_of_any_kind_come_back(store: Store, array: Any) -> None:
    comes_back(store, array)


class Special(np.ndarray):
    """An array that is more than one."""


LEFT_TO_PICKLE = {
    "masked": np.ma.masked_array([1, 2], [True, False]),
    "a matrix": np.zeros((1, 1)).view(np.matrix),
    "records": np.rec.array([(1, 2.5)]),
    "a subclass": np.zeros(2).view(Special),
    "fields": np.zeros(2, [("a", "i4")]),
    "long double": np.zeros(2, np.longdouble),
    "objects": np.array([1, None], object),
    "text of any length": np.array(["a", "bcd"], np.dtypes.StringDType()),
    "a scalar": np.float64(1),
}


@pytest.mark.parametrize("what", LEFT_TO_PICKLE)
def test_what_npy_would_change_is_pickled_and_said_where_it_is_asked_for(
    store: Store, what: str
) -> None:
    obj = LEFT_TO_PICKLE[what]
    key = store.save(obj)
    assert key.endswith(".pickle")
    loaded = store.load(key, allow_pickle=True)
    assert type(loaded) is type(obj)
    assert loaded.dtype == obj.dtype
    with pytest.raises(UnsupportedOperation, match=r"^obj: an? .* does not come back the same"):
        store.save(obj, serializer="npy")


def test_a_mask_comes_back(store: Store) -> None:
    loaded = store.load(store.save(LEFT_TO_PICKLE["masked"]), allow_pickle=True)
    assert loaded.mask.tolist() == [True, False]


def test_equal_arrays_have_one_key_on_every_machine(store: Store) -> None:
    """A constant: with every NumPy, the header is the same bytes."""
    key = store.save(np.arange(6, dtype="<i8").reshape(2, 3))
    assert key == "results/93667f9d4ebb559bf5edd298e9a5d5fbf21929dabcbc44c344a8124b82a1fe76.npy"


def header(shape: str, descr: str = "'<f8'", version: bytes = b"\1\0") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text


NO_ARRAYS = {
    "nothing": b"",
    "another file": b"PK\3\4" + bytes(99),
    "a cut header": header("(3,)")[:40],
    "cut data": header("(3,)") + bytes(23),
    "more data": header("(3,)") + bytes(25),
    "terabytes": header("(1099511627776,)") + bytes(9),
    "more than a number": header("(4611686018427387904, 4611686018427387904)"),
    "less than nothing": header("(-1,)"),
    "many dimensions": header("(" + "1," * 100 + ")") + bytes(8),
    "no shape": header("'a'") + bytes(8),
    "no dtype": header("()", "'nonsense'"),
    "a dtype with a shape": header("(1,)", "('<f8', (1000000000,))"),
    "a call": header("(__import__('os').getpid(),)"),
    "deep": header("(" * 4000 + ")" * 4000),
    "another version": header("(1,)", version=b"\7\0") + bytes(8),
}


@pytest.mark.parametrize("compression", ["", ".gz"])
@pytest.mark.parametrize("what", NO_ARRAYS)
def test_what_is_no_npy_is_said_in_one_line(store: Store, what: str, compression: str) -> None:
    key = f"results/{what.replace(' ', '-')}.npy{compression}"
    data = NO_ARRAYS[what]
    store.write(gzip.compress(data) if compression else data, key=key)
    with pytest.raises((IntegrityError, memory.TooLarge)) as caught:
        store.load(key)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"{store.location}: {key}")


def test_the_same_of_others_is_read(store: Store) -> None:
    """In Fortran's order, and with fields, some or many."""
    theirs = [
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.zeros(2, [("a", "i4"), ("b", "f8")]),
        np.zeros(2, [(f"{n:0100d}", "i4") for n in range(60)]),
    ]
    for number, array in enumerate(theirs):
        file = io.BytesIO()
        np.save(file, array)
        key = store.write(file.getvalue(), key=f"results/theirs-{number}.npy")
        loaded = store.load(key)
        assert loaded.dtype == array.dtype
        assert loaded.tolist() == array.tolist()
        assert loaded.flags.f_contiguous == array.flags.f_contiguous
