"""What the names of objects say, and what says nothing."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_core.blobs.objects import names
from storage_core.blobs.objects.names import ObjectName, parse
from storage_core.keys import LONGEST_NAME, content_name, is_name

HASH = content_name(b"")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        (f"{HASH}.json", ObjectName(HASH, "json")),
        (f"{HASH}.npy.zst", ObjectName(HASH, "npy", "zstd")),
        ("model.v1.2.parquet.gz", ObjectName("model.v1.2", "parquet", "gzip")),
        ("f.cp311.cloudpickle", ObjectName("f", "cloudpickle", None, "cp311")),
        ("f.cp314.cloudpickle.zst", ObjectName("f", "cloudpickle", "zstd", "cp314")),
        # Without its Python, which is for others to refuse.
        ("f.cloudpickle", ObjectName("f", "cloudpickle")),
        ("cp311.cloudpickle", ObjectName("cp311", "cloudpickle")),
        # Only cloudpickle is for one Python.
        ("f.cp311.pickle", ObjectName("f.cp311", "pickle")),
        # Of other packages, and of files that were never objects.
        ("data.csv.gz", ObjectName("data", "csv", "gzip")),
    ],
)
def test_a_name_is_taken_apart(name: str, parts: ObjectName) -> None:
    assert parse(name) == parts
    assert str(parts) == name


@pytest.mark.parametrize(
    "name",
    ["", "json", ".json", HASH, f"{HASH}.gz", "a.gz", ".gz", "a.", "a..gz", "a.gz.zst", "a.JSON"],
)
def test_what_has_no_suffix_is_no_object(name: str) -> None:
    assert parse(name) is None


def test_only_the_hash_of_bytes_is_one() -> None:
    assert ObjectName(HASH, "json").is_hash
    assert not ObjectName(HASH[:-1], "json").is_hash
    assert not ObjectName(HASH.upper(), "json").is_hash


def test_this_python_is_the_one_that_runs() -> None:
    assert names.is_python(names.this_python())
    assert (
        names.spoken(names.this_python()) == f"Python {sys.version_info[0]}.{sys.version_info[1]}"
    )
    assert names.spoken("cp311") == "Python 3.11"


def test_the_longest_name_of_a_hash_is_the_name_of_a_key() -> None:
    longest = ObjectName(HASH, "s" * names.LONGEST_SERIALIZER, "zstd", "cp3100")
    assert len(str(longest)) <= LONGEST_NAME
    assert is_name(str(longest))


@given(st.text(alphabet="ab.-_gzst1cpjson", max_size=30))
def test_whatever_is_taken_apart_is_put_together_again(name: str) -> None:
    parts = parse(name)
    assert parts is None or str(parts) == name
