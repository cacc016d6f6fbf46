"""Which frames go into Parquet, and that all of them come back the same."""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path
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
    "an index named as pandas names those without": (
        pd.DataFrame(ONE, index=pd.Index([1], name="__index_level_0__")),
        ".index.names: the name '__index_level_0__'",
    ),
    "a level named as pandas names those without": (
        pd.DataFrame(
            ONE, index=pd.MultiIndex.from_tuples([(1, 2)], names=[None, "__index_level_7__"])
        ),
        ".index.names: the name '__index_level_7__'",
    ),
    "an index with a name that is no UTF-8": (
        pd.DataFrame(ONE, index=pd.Index([1], name="\ud800")),
        ".index.names: the name ",
    ),
    "a MultiIndex of one level": (
        pd.DataFrame(ONE, index=pd.MultiIndex.from_arrays([[1]], names=["n"])),
        ".index: a MultiIndex of one level",
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


WITHOUT_PYARROW = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "pyarrow":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
import pandas as pd, storage_core
store = storage_core.open_store(storage_core.LocalStorage(storage_path=sys.argv[1]))
if "unblocked" in sys.argv:
    sys.meta_path.pop(0)
category = pd.DataFrame({"a": pd.Categorical(["x"])}, index=pd.Index(["y"]))
zoned = pd.DataFrame({"a": pd.to_datetime(["2026-01-01"], utc=True)})
for frame in (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": ["x"]}), category, zoned):
    for serializer in (None, "parquet"):
        try:
            print(store.save(frame, serializer=serializer))
        except storage_core.UnsupportedOperation as error:
            print(error)
assert not [*store.list()]
# What a machine with pyarrow would pickle is pickled here too.
for frame in (pd.DataFrame({1: ["x"]}), pd.DataFrame({"a": [object]})):
    assert store.save(frame).endswith(".pickle")
pd.set_option("mode.string_storage", "python")
assert store.save(pd.DataFrame({"a": ["x"]})).endswith(".pickle")
"""


NOT_INSTALLED = "pyarrow is not installed; run: pip install 'storage-config[objects]'"
NOT_FOUND = (
    "pandas has found no pyarrow that it can use; run: pip install --upgrade "
    "'storage-config[objects]', and start Python again"
)


@pytest.mark.parametrize(("how", "said"), [("blocked", NOT_INSTALLED), ("unblocked", NOT_FOUND)])
def test_where_pandas_has_no_pyarrow_no_frame_for_parquet_is_pickled(
    tmp_path: Path, how: str, said: str
) -> None:
    """pandas then keeps text in another way, from its import on."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYARROW, str(tmp_path / "data"), how],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (f"{said}\n" * 8, "")
