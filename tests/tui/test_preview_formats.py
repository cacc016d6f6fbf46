"""What is shown of a blob, by its name and by its content; nothing of it is loaded or run."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
import pickle
import tarfile
from collections import Counter, OrderedDict
from typing import Any

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from storage_core.blobs.objects.names import this_python
from storage_core.keys import content_name
from tests.tui.previewing import (
    DOCUMENT,
    FLOW,
    FRAME,
    TABLE,
    Ranges,
    grid,
    lines,
    names,
    npy,
    parquet,
    shown,
    tar,
)
from tui.session.preview.choosing import preview_of
from tui.session.preview.pickles import pickle_preview
from tui.session.preview.source import MOST_FETCHED

# ---- JSON


def test_json_has_a_quiet_look_for_names_values_and_marks() -> None:
    preview = shown(json.dumps(DOCUMENT).encode(), "a.json")
    assert preview.what == "JSON, indented"
    parts = [part for line in preview.drawn(80).lines for part in line if part[0].strip()]
    assert ('"flow"', "name") in parts
    assert ('"nightly"', "") in parts
    assert [text for text, look in parts if look == "value"] == ["1.5", "true", "null"]
    assert {look for text, look in parts if text in "{}[],:"} == {"muted"}


@pytest.mark.parametrize("data", [b'"a text"', b"12.5", b"null", b"[]"])
def test_a_name_makes_any_value_json(data: bytes) -> None:
    assert shown(data, "value.json").what == "JSON, indented"
    assert shown(b"nul", "value.json").what == "text"


# ---- CSV


@pytest.mark.parametrize("name", ["", "table.csv", "20261129-0f"])
def test_csv_is_a_table_and_text(name: str) -> None:
    preview = shown(TABLE.encode(), name)
    assert preview.what == "CSV · 2 rows · 3 columns"
    assert names(preview) == ["table", "text", "bytes"]
    assert lines(preview) == [
        "day         store    sales",
        "date        text    number",
        "2026-11-01  Zürich    12.5",
        # One decimal point stands below the other.
        "2026-11-02  東京       7",
    ]
    assert lines(preview, 1) == TABLE.splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "import a, b\nfrom c import d, e\n",
        "Dear Ann, I am well\nand you, too\n",
        '{"a": 1}\n{"b": 2}\n',
        "print(a, b)\nprint(c, d)\nprint(e, f)\n",
        "2026-11-29 07:00:00,123 INFO started\n2026-11-29 07:00:01 INFO done\n",
        "one line, only",
        "a\nb\nc\n",
    ],
)
def test_text_with_commas_is_text(text: str) -> None:
    assert shown(text.encode()).what == "text"


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=60, deadline=None)
def test_every_csv_is_read_as_it_was_written(rows: list[list[str]]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    preview = shown(b"\xef\xbb\xbf" + file.getvalue().encode(), "any.csv")
    assert all("".join(text for text, _ in line).isprintable() for line in preview.drawn(60).lines)
    assert lines(preview, width=60) is not None


# ---- NumPy


@pytest.mark.parametrize(
    ("array", "what", "values"),
    [
        (np.arange(3), "3 · int64", ["0      0", "1      1", "2      2"]),
        (np.array([True, False]), "2 · bool", ["0  True", "1  False"]),
        (np.array([1.5, np.nan], ">f4"), "2 · float32, big-endian", None),
        (np.array([[1, 2], [3, 4]], "u1"), "2 × 2 · uint8", ["   0  1", "0  1  2", "1  3  4"]),
        (np.asfortranarray([[1, 2], [3, 4]]), "2 × 2 · int64", ["   0  1", "0  1  2", "1  3  4"]),
        (np.array(2.5), "a single value · float64", ["2.5"]),
        (np.array([1 + 2j]), "1 · complex128", ["0   1+2j"]),
        (np.array(["añ", "東京"]), "2 · str of 2", ["0  añ", "1  東京"]),
        (np.array([b"ab"]), "1 · bytes of 2", ["0  ab"]),
        (np.array(["2026-11-29T01:02:03.004", "NaT"], "M8[ms]"), "2 · datetime64[ms]", None),
        (np.array([5], "m8[s]"), "1 · timedelta64[s]", None),
        (np.zeros((0, 3)), "0 × 3 · float64", ["It has no values."]),
    ],
)
def test_an_array_tells_shape_dtype_and_first_values(
    array: Any, what: str, values: list[str] | None
) -> None:
    preview = shown(npy(array), "array.npy")
    assert preview.what == f"NumPy array · {what}"
    if values is not None:
        assert lines(preview)[-len(values) :] == values


def test_times_in_an_array_are_dates() -> None:
    array = np.array(["2026-11-29T01:02:03.004", "NaT", "0800-01-02"], "M8[ms]")
    assert [row[1] for row in grid(shown(npy(array))).rows] == [
        "2026-11-29T01:02:03.004",
        "NaT",
        "0800-01-02T00:00:00.000",
    ]
    days = np.array(["2026-11-29", "0800-01-02", "300000-01-01"], "M8[D]")
    assert [row[1] for row in grid(shown(npy(days))).rows][:2] == ["2026-11-29", "0800-01-02"]


@given(
    st.sampled_from(["?", "i1", "<i2", ">i4", "i8", "u1", "<u2", "u4", ">u8", "f2", "f4", "f8"]),
    st.lists(st.integers(0, 4), max_size=4),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_every_plain_dtype_shows_the_values_that_numpy_reads(
    dtype: str, shape: list[int], fortran: bool
) -> None:
    array = np.arange(int(np.prod(shape))).reshape(shape).astype(dtype)
    preview = shown(npy(np.asfortranarray(array) if fortran else array))
    assert array.dtype.newbyteorder("=").name in preview.what
    if array.size and array.ndim:
        seen = [row[1:] for row in grid(preview).rows]
        matrix = array[(0,) * (array.ndim - 2)] if array.ndim > 1 else array.reshape(-1, 1)
        said = [[str(value) if dtype == "?" else f"{value:g}" for value in row] for row in matrix]
        assert seen == said


def test_an_array_of_objects_is_a_pickle_that_stays_closed() -> None:
    preview = shown(npy(np.array([datetime.time(3), None], dtype=object)), "objects.npy")
    assert preview.what == "NumPy array · 2 · objects, as a pickle, protocol 4"
    assert "datetime.time" in [row[0] for row in grid(preview).rows]
    assert "never opened" in preview.warning


def test_a_large_array_needs_its_beginning_only() -> None:
    blob = Ranges(npy(np.zeros((2000, 100))))
    preview = preview_of(blob.source(), "large.npy")
    assert preview.what == "NumPy array · 2,000 × 100 · float64 · 82 × 100 of it shown"
    assert grid(preview).is_part
    assert blob.read == 0


# ---- pickles


def test_classes_are_named_through_the_memo() -> None:
    # Both names have been on the stack before: "the last two strings" would be others.
    value = ["time", "datetime", datetime.time(1), "zone", datetime.time(2), OrderedDict(a=1)]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        rows = grid(shown(pickle.dumps(value, protocol), "a.pickle")).rows
        found = {row[0] for row in rows if row[1] == "imported"}
        assert {"datetime.time", "collections.OrderedDict"} <= found
        assert found <= {
            "datetime.time", "collections.OrderedDict", "_codecs.encode", "__builtin__.list",
            "copy_reg._reconstructor", "__builtin__.object",
        }  # fmt: skip


def test_what_is_on_the_stack_decides_not_what_stands_before() -> None:
    data = b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x8c\x04json\x8c\x05loads00h\x00h\x01\x93."
    first, *_ = grid(pickle_preview(data, whole=True, cut="")).rows
    assert first[0] == "os.system"


def test_plain_values_are_counted() -> None:
    rows = grid(shown(pickle.dumps({"a": [1, 2.5, None, True, b"x"]}, 4), "a.pkl")).rows
    assert [row[0] for row in rows] == [
        "dict", "str", "list", "int", "float", "None", "bool", "bytes",
    ]  # fmt: skip


def test_a_cloudpickle_says_which_python_it_is_for() -> None:
    data = cloudpickle.dumps(lambda: Counter())
    preview = shown(data, f"{content_name(data)}.{this_python()}.cloudpickle")
    version = f"{this_python()[2]}.{this_python()[3:]}"
    assert preview.what == f"cloudpickle · loads in Python {version} only · protocol 5"
    assert "cloudpickle.cloudpickle._make_function" in [row[0] for row in grid(preview).rows]
    assert shown(data, "a.cloudpickle").what == "cloudpickle · protocol 5"


# ---- Parquet


@pytest.mark.parametrize("name", ["", "frame.parquet"])
def test_parquet_is_a_table_and_a_schema(name: str) -> None:
    preview = shown(parquet(FRAME), name)
    assert preview.what == "Parquet · 3 rows · 4 columns · 1 row group · snappy"
    assert names(preview) == ["table", "schema", "bytes"]
    assert not grid(preview).is_part
    head, kinds, *rows = lines(preview)
    assert head.split() == ["store", "sales", "day", "tags"]
    assert kinds.split()[:3] == ["string", "double", "date32[day]"]
    assert [row.split() for row in rows] == [
        ["Zürich", "12.5", "2026-11-01", "[a,", "b]"],
        ["東京", "-3", "2026-11-02", "[]"],
        ["–", "1e+300", "2026-11-03", "–"],
    ]
    assert [row[:2] for row in preview.forms[1].rows][:2] == [  # type: ignore[attr-defined]
        ["store", "string"],
        ["sales", "double"],
    ]


def test_only_the_ranges_of_a_large_parquet_are_read_that_hold_what_is_shown() -> None:
    rng = np.random.default_rng(3)
    table = {f"c{number}": rng.normal(size=400_000) for number in range(8)}
    blob = Ranges(parquet(table, compression="none", use_dictionary=False))
    assert len(blob.data) > 25_000_000
    preview = preview_of(blob.source(), "large.parquet")
    assert "the first 100 of 400,000 rows" in preview.what
    assert grid(preview).is_part
    assert not preview.notes
    first = [f"{table[f'c{number}'][0]:.9g}" for number in range(8)]
    assert grid(preview).rows[0] == first
    assert blob.read < len(blob.data) / 2


def test_a_column_that_is_too_large_is_named_without_values() -> None:
    rng = np.random.default_rng(3)
    large = [rng.bytes(1024 * 1024) for _ in range(30)]
    table = {"large": large, "first": list(range(30)), "last": ["x"] * 30}
    blob = Ranges(parquet(table, compression="none", use_dictionary=False))
    preview = preview_of(blob.source(), "large.parquet")
    assert blob.read <= MOST_FETCHED
    assert preview.notes == ("1 column without values here: more is not read for a preview.",)
    assert grid(preview).rows[29] == [None, "29", "x"]


def test_without_pyarrow_the_size_is_told_and_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.session.preview.parquet.find_spec", lambda name: None)
    preview = shown(parquet(FRAME), "frame.parquet")
    assert preview.what.startswith("Parquet · ")
    assert preview.notes == ("To see schema and rows, install storage-config[objects].",)
    assert names(preview) == ["bytes"]


def test_the_file_of_pandas_shows_what_pandas_reads() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": pd.Categorical(["x", "y"])}, index=["r", "s"])
    file = io.BytesIO()
    frame.to_parquet(file)
    assert grid(shown(file.getvalue())).rows == [["1", "x", "r"], ["2", "y", "s"]]


# ---- flow code


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd.compress])
def test_flow_code_is_a_list_of_its_members(pack: Any, format: int) -> None:
    data = tar(FLOW, format)
    for name in ("", f"{content_name(data)}.tar"):
        preview = shown(pack(data), name)
        assert preview.what.endswith("tar · 3 members · 722 B")
        assert not preview.warning
        assert grid(preview).rows == [
            ["program", "22 B", "flow/main.py"],
            ["file", "700 B", list(FLOW)[1]],
            ["file", "0 B", "flow/empty"],
        ]


def test_the_bytes_of_large_members_are_skipped() -> None:
    blob = Ranges(tar({"a": b"x" * 5_000_000, "b": b"y" * 5_000_000, "c": b"z"}))
    assert [row[2] for row in grid(preview_of(blob.source(), "a.tar")).rows] == ["a", "b", "c"]
    assert blob.read < 100_000


def test_a_server_that_is_slow_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.session.preview.source.MOST_SECONDS", -1.0)
    blob = Ranges(tar({"a": b"x" * 5_000_000, "b": b"y"}))
    preview = preview_of(blob.source(), "a.tar")
    assert [row[2] for row in grid(preview).rows] == ["a"]
    assert preview.forms[0].cut == "only the first 1 member"
    assert blob.read == 0


def test_what_else_is_in_a_tar_is_told() -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for kind, name in ((tarfile.DIRTYPE, "folder"), (tarfile.SYMTYPE, "../../etc")):
            info = tarfile.TarInfo(name)
            info.type = kind
            archive.addfile(info)
    assert [row[::2] for row in grid(shown(file.getvalue())).rows] == [
        ["folder", "folder/"],
        ["link", "../../etc"],
    ]


# ---- compressed


@pytest.mark.parametrize(("pack", "how"), [(gzip.compress, "gzip"), (zstd.compress, "zstd")])
@pytest.mark.parametrize("suffix", [".json", ""])
def test_what_is_compressed_is_unpacked(pack: Any, how: str, suffix: str) -> None:
    data = json.dumps(DOCUMENT).encode()
    ending = {"gzip": ".gz", "zstd": ".zst"}[how] if suffix else ""
    for packed in (pack(data), pack(data[:20]) + pack(data[20:])):
        preview = shown(packed, f"{'a' if suffix else ''}{suffix}{ending}")
        assert preview.what == f"{how}, unpacked · JSON, indented"
        assert names(preview) == ["JSON", "bytes", "as stored"]
        assert not preview.notes
    assert shown(pack(parquet(FRAME))).what.startswith(f"{how}, unpacked · Parquet · 3 rows")


def test_without_zstd_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("tui.session.preview.unpacking.import_module", missing)
    preview = shown(zstd.compress(b"text"), "a.txt.zst")
    assert preview.what == "zstd, shown as bytes"
    assert preview.notes == ("To see what is in it, install storage-config[objects].",)


# ---- what names say, and is not so


@pytest.mark.parametrize(
    ("name", "data", "what", "note"),
    [
        ("a.json", b"no json", "text", "It is not shown as JSON: line 1 is not JSON."),
        ("a.json", b"\xff\0", "not text, shown as bytes", "JSON: it is not text"),
        ("a.npy", b"plain", "text", "NumPy: it is no NumPy array"),
        ("a.npy", TABLE.encode(), "CSV · 2 rows · 3 columns", "it is no NumPy array"),
        ("a.parquet", b"[1]", "JSON, indented", "it does not begin and end as Parquet does"),
        ("a.pickle", b"\xff", "not text, shown as bytes", "does not begin as a pickle does"),
        ("a.tar", b"x" * 600, "text", "it does not begin as a tar does"),
        ("a.json.gz", b"[1]", "JSON, indented", "It is not gzip, though its name says so."),
        ("a.zst", gzip.compress(b"[1]", mtime=0), "gzip, unpacked · JSON, indented", ""),
        ("a.json", b"", "empty", ""),
        ("a.csv", b"\n\n", "text", "it has no rows"),
    ],
    ids=range(11),
)  # fmt: skip
def test_what_is_not_what_its_name_says_is_shown_as_what_it_is(
    name: str, data: bytes, what: str, note: str
) -> None:
    preview = shown(data, name)
    assert preview.what == what
    assert note in " ".join(preview.notes)


def test_bytes_of_another_hash_than_their_name_are_told() -> None:
    data, flow = b'{"a": 1}', tar(FLOW)
    assert not shown(data, f"{content_name(data)}.json").warning
    assert not shown(gzip.compress(flow), f"{content_name(flow)}.tar.gz").warning
    packed = gzip.compress(data)
    assert not shown(packed, f"{content_name(packed)}.json.gz").warning
    for name in (f"{content_name(data)}.json", f"{content_name(flow)}.tar"):
        assert "not the bytes that were saved" in shown(b"[1]", name).warning
