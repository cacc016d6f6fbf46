"""JSON keeps exactly what comes back from it; everything else is pickled."""

from __future__ import annotations

import collections
import enum
import math
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from storage_core import IntegrityError, Store, UnsupportedOperation
from storage_core.blobs.objects.json_values import DEEPEST
from tests.unit.objects.same import same

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**639), 10**639)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner))
ANY_LEAVES = LEAVES | st.floats() | st.text() | st.binary() | st.complex_numbers(allow_nan=False)
ANY = st.recursive(
    ANY_LEAVES,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers() | st.booleans() | st.none(), inner)
    ),
)
SOON = settings(max_examples=40, deadline=None, database=None)
LONG = settings(SOON, max_examples=20_000)


def stays_in_json(store: Store, value: Any) -> None:
    key = store.save(value)
    assert key.endswith(".json")
    assert same(store.load(key), value)


def comes_back(store: Store, value: Any) -> None:
    assert same(store.load(store.save(value), allow_pickle=True), value)


@seed(1)
@SOON
@given(value=VALUES)
def test_values_of_json_stay_in_it(store: Store, value: Any) -> None:
    stays_in_json(store, value)


@seed(1)
@SOON
@given(value=ANY)
def test_values_of_any_kind_come_back(store: Store, value: Any) -> None:
    comes_back(store, value)


@pytest.mark.reliability
@pytest.mark.timeout(1800)
@LONG
@given(value=VALUES)
def test_many_values_of_json_stay_in_it(store: Store, value: Any) -> None:
    stays_in_json(store, value)


@pytest.mark.reliability
@pytest.mark.timeout(1800)
@LONG
@given(value=ANY)
def test_many_values_of_any_kind_come_back(store: Store, value: Any) -> None:
    comes_back(store, value)


class Colour(enum.StrEnum):
    RED = "red"


class Text(str):
    pass


NO_JSON: dict[str, Any] = {
    "a tuple": (1,),
    "numpy's float": np.float64(1),
    "numpy's text": np.str_("a"),
    "an enum": Colour.RED,
    "a subclass": Text("a"),
    "ordered": collections.OrderedDict(a=1),
    "bytes": b"a",
    "a set": {1},
    "infinity": math.inf,
    "half a pair": "\ud800",
    "both halves": "\ud83d\ude00",
    "a large integer": 10**640,
}


@pytest.mark.parametrize("what", NO_JSON)
def test_what_json_would_change_is_pickled_and_said_where_it_is_asked_for(
    store: Store, what: str
) -> None:
    value = {"of": [0, {"this": NO_JSON[what]}]}
    key = store.save(value)
    assert key.endswith(".pickle")
    assert same(store.load(key, allow_pickle=True), value)
    with pytest.raises(UnsupportedOperation, match=r"^obj\['of'\]\[1\]\['this'\]: "):
        store.save(value, serializer="json")


@pytest.mark.parametrize("name", [1, True, None, (1,), Text("a"), "\ud800"])
def test_keys_that_are_no_text_are_not_made_into_text(store: Store, name: Any) -> None:
    key = store.save({name: 1})
    assert key.endswith(".pickle")
    assert same(store.load(key, allow_pickle=True), {name: 1})
    with pytest.raises(UnsupportedOperation, match=r"^obj: .*a key of it"):
        store.save({name: 1}, serializer="json")


def test_nan_is_pickled(store: Store) -> None:
    key = store.save([math.nan])
    assert key.endswith(".pickle")
    assert math.isnan(store.load(key, allow_pickle=True)[0])


def test_the_order_of_a_dict_comes_back_so_another_order_is_another_object(store: Store) -> None:
    one, other = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert one == other
    assert store.save(one) != store.save(other)
    assert [*store.load(store.save(other))] == ["b", "a"]


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ({"a": [1, 2.0, "é", None]}, "4bfb48b71c1d"),
        (None, "74234e98afe7"),
        ("", "12ae32cb1ec0"),
    ],
)
def test_equal_values_have_one_key_on_every_machine(store: Store, value: Any, key: str) -> None:
    assert store.save(value).startswith(f"results/{key}")


def test_what_is_shared_within_is_stored_twice_like_what_is_equal(store: Store) -> None:
    inner = [1]
    assert store.save([inner, inner]) == store.save([[1], [1]])


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_json_goes_only_as_deep_as_every_program_reads(store: Store) -> None:
    stays_in_json(store, nested(DEEPEST))
    assert store.save(nested(DEEPEST + 1)).endswith(".pickle")


def test_what_is_in_itself_is_pickled(store: Store) -> None:
    value: list[Any] = []
    value += [value, value]
    loaded = store.load(store.save(value), allow_pickle=True)
    assert loaded[1] is loaded


def test_what_nothing_can_write_is_said_in_one_line(store: Store) -> None:
    with pytest.raises(UnsupportedOperation, match=r"^obj: it is nested too deeply to be pickled"):
        store.save(nested(sys.getrecursionlimit() * 50))


NO_TEXT_OF_JSON = {
    "nothing": b"",
    "cut off": b"{",
    "two": b"[1] [2]",
    "nan": b"[NaN]",
    "infinity": b"[-Infinity]",
    "no utf-8": b"\xff",
    "a mark of bytes": b"\xef\xbb\xbf[1]",
    "utf-16": "[1]".encode("utf-16"),
    "open text": b'"a',
    "deep lists": b"[" * 1_000_000,
    "deep objects": b'{"a":' * 1_000_000,
    "a long number": b"9" * 100_000,
}


@pytest.mark.parametrize("what", NO_TEXT_OF_JSON)
def test_what_is_no_json_is_said_in_one_line(store: Store, what: str) -> None:
    key = store.write(NO_TEXT_OF_JSON[what], key=f"results/{what.replace(' ', '-')}.json")
    with pytest.raises(IntegrityError, match=r"is no json \(.+\); save it again") as caught:
        store.load(key)
    assert "\n" not in str(caught.value)


def test_json_of_others_is_read(store: Store) -> None:
    key = store.write(b' {"a" : [1e2, "\\u00e9", "\xc3\xa9"]}\n', key="results/theirs.json")
    assert store.load(key) == {"a": [100.0, "é", "é"]}
