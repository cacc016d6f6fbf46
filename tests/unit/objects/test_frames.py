"""Which frames go into Parquet, and that all of them come back the same."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, seed, settings

from storage_core import IntegrityError, Store, UnsupportedOperation
from storage_core.blobs.objects import frames as objects
from storage_core.blobs.objects import memory
from tests.unit.objects.frames import frames
from tests.unit.objects.same import same

SOON = settings(max_examples=25, deadline=None, database=None, suppress_health_check=[*HealthCheck])
LONG = settings(SOON, max_examples=3000)


@pytest.fixture
def _small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that frames of a few rows have several groups."""
    monkeypatch.setattr(objects, "ROWS", 2)


def stays_in_parquet(store: Store, frame: pd.DataFrame) -> None:
    key = store.save(frame)
    assert key.endswith(".parquet")
    assert same(store.load(key), frame)


def comes_back(store: Store, frame: pd.DataFrame) -> None:
    assert same(store.load(store.save(frame), allow_pickle=True), frame)


@pytest.mark.usefixtures("_small_groups")
class TestEveryFrame:
    @seed(1)
    @SOON
    @given(frame=frames(kept=True))
    def test_some_that_parquet_keeps(self, store: Store, frame: pd.DataFrame) -> None:
        stays_in_parquet(store, frame)

    @seed(1)
    @SOON
    @given(frame=frames())
    def test_some_of_any_kind(self, store: Store, frame: pd.DataFrame) -> None:
        comes_back(store, frame)

    @pytest.mark.reliability
    @pytest.mark.timeout(1800)
    @LONG
    @given(frame=frames(kept=True))
    def test_many_that_parquet_keeps(self, store: Store, frame: pd.DataFrame) -> None:
        stays_in_parquet(store, frame)

    @pytest.mark.reliability
    @pytest.mark.timeout(1800)
    @LONG
    @given(frame=frames())
    def test_many_of_any_kind(self, store: Store, frame: pd.DataFrame) -> None:
        comes_back(store, frame)


ONE = {"a": [1]}

LEFT_TO_PICKLE: dict[str, tuple[pd.DataFrame, str]] = {
    "labels that are no text": (pd.DataFrame({True: [1], False: [2]}), ".columns: "),
    "labels of both kinds": (pd.DataFrame({"a": [1], 1: [2]}), ".columns: "),
    "a label twice": (pd.DataFrame([[1, 2]], columns=["a", "a"]), ".columns: a label"),
    "no column": (pd.DataFrame(index=[1, 2]), "without columns"),
    "rounded integers": (
        pd.DataFrame({"a": [2**53 + 1, None]}, dtype=object),
        r"\['a'\]: .*object",
    ),
    "categories that are no text": (
        pd.DataFrame({"a": pd.Categorical([1, 2])}),
        r"\['a'\]: a column of category",
    ),
    "categories without a row": (
        pd.DataFrame({"a": pd.Categorical(["x"])})[:0],
        "without a row",
    ),
    "an index of Int64": (pd.DataFrame(ONE, index=pd.Index([1], dtype="Int64")), ".index: "),
    "an index with a frequency": (
        pd.DataFrame({"a": [1, 2]}, index=pd.date_range("2026-01-01", periods=2)),
        ".index: ",
    ),
    "an index named like a column": (
        pd.DataFrame(ONE, index=pd.Index([1], name="a")),
        ".index.names: the name 'a'",
    ),
    "seconds": (pd.DataFrame({"a": np.zeros(1, "M8[s]")}), r"datetime64\[s\]"),
    "dates": (pd.DataFrame({"a": [datetime.date(2026, 1, 1)]}), "object"),
    "attributes that are no JSON": (pd.DataFrame(ONE), r".attrs\['x'\]: a tuple"),
    "no label twice allowed": (
        pd.DataFrame(ONE).set_flags(allows_duplicate_labels=False),
        ".flags: ",
    ),
}
LEFT_TO_PICKLE["attributes that are no JSON"][0].attrs = {"x": (1,)}


@pytest.mark.parametrize("what", LEFT_TO_PICKLE)
def test_what_parquet_would_change_is_pickled_and_said_where_it_is_asked_for(
    store: Store, what: str
) -> None:
    frame, why = LEFT_TO_PICKLE[what]
    key = store.save(frame)
    assert key.endswith(".pickle")
    assert same(store.load(key, allow_pickle=True), frame)
    with pytest.raises(UnsupportedOperation, match=f"^obj.*{why}.* does not come back the same"):
        store.save(frame, serializer="parquet")


class Special(pd.DataFrame):
    """A frame that is more than one."""


def test_a_subclass_is_pickled(store: Store) -> None:
    key = store.save(Special(ONE))
    assert type(store.load(key, allow_pickle=True)) is Special


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_a_compressed_frame_comes_back(store: Store, compression: Any) -> None:
    frame = pd.DataFrame({"a": np.arange(1000.0)})
    assert same(store.load(store.save(frame, compression=compression)), frame)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"\x93NUMPY" * 9])
def test_what_is_no_parquet_is_said_in_one_line(store: Store, data: bytes) -> None:
    key = f"results/garbage-{len(data)}.parquet"
    store.write(data, key=key)
    with pytest.raises(IntegrityError, match=r"is no parquet \(.+\); save it again") as caught:
        store.load(key)
    assert "\n" not in str(caught.value)


def test_more_than_there_is_memory_for_is_refused_before_it_is_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = store.save(pd.DataFrame({"a": np.zeros(100_000, "int8")}))
    monkeypatch.setattr(memory, "memory_size", lambda: 99_999)
    with pytest.raises(Exception, match="more than all memory there is here") as caught:
        store.load(key)
    assert str(caught.value).startswith(store.location)
