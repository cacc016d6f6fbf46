"""pandas on `storage://`: what it writes and reads, two files that use one name, and what it asks.

expected: every reader and writer that takes a URL takes this one, `storage_options` are handed to
the file system, and a failure is an error of Python's own kind.
found (pandas 3.1.1, pyarrow 26.0.1): so it is, but for a list of URLs, which pyarrow takes for
local paths, a pattern, which nobody expands, and appending, which no object store knows.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex
from typing import Any

import fsspec
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from storage_core import AccessDenied, BlobNotFound, StorageError, UnsupportedOperation, get_store
from tests.servers.front import front_of
from tests.servers.s3 import S3Server
from tests.tools.conftest import Files, everywhere, s3_table, written


def frame(start: int = 0) -> pd.DataFrame:
    """Six rows that differ with `start`."""
    return pd.DataFrame(
        {
            "number": range(start, start + 6),
            "text": ["ä", "b", "", "d e", "\n", "%20"],
            "when": pd.date_range("2026-11-29", periods=6, tz="UTC"),
            "kind": ["x", "y"] * 3,
        }
    )


FORMATS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "parquet": (lambda f, to, **o: f.to_parquet(to, **o), pd.read_parquet),
    "feather": (lambda f, to, **o: f.to_feather(to, **o), pd.read_feather),
    "pickle": (lambda f, to, **o: f.to_pickle(to, **o), pd.read_pickle),
    "csv": (lambda f, to, **o: f.to_csv(to, index=False, **o), pd.read_csv),
    "csv.gz": (lambda f, to, **o: f.to_csv(to, index=False, **o), pd.read_csv),
    "csv.zip": (lambda f, to, **o: f.to_csv(to, index=False, **o), pd.read_csv),
    "json": (lambda f, to, **o: f.to_json(to, date_format="iso", **o), pd.read_json),
    "jsonl": (
        lambda f, to, **o: f.to_json(to, orient="records", lines=True, date_format="iso", **o),
        lambda of, **o: pd.read_json(of, lines=True, **o),
    ),
}


@everywhere
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_written_under_a_name_is_read_back(files: Files, form: str) -> None:
    write, read = FORMATS[form]
    url = f"storage://prod/results/a b ä.{form}"
    write(frame(), url)
    beside = io.BytesIO()
    if "csv" in form or "json" in form:
        assert read(url)["number"].tolist() == [*range(6)]
        assert read(url)["text"].fillna("").tolist() == frame()["text"].tolist()
    else:
        assert_frame_equal(read(url), frame())
        write(frame(), beside)
        assert get_store().backend.get("results/a b ä." + form) == beside.getvalue()
    # What was there is replaced, and nothing of it is left behind the shorter one.
    write(frame(7)[:2], url)
    assert read(url)["number"].tolist() == [7, 8]
    assert read(f"storage:///results/a b ä.{form}")["number"].tolist() == [7, 8]


def test_a_key_of_the_store_is_a_frame_and_the_other_way_round(files: Files) -> None:
    frame().to_parquet("storage://staging/results/frame.parquet")
    held = get_store("staging").read("results/frame.parquet")
    assert_frame_equal(pd.read_parquet(io.BytesIO(held)), frame())
    get_store("staging").write(b"a,b\n1,2\n", key="results/table.csv")
    assert pd.read_csv("storage://staging/results/table.csv").to_dict("list") == {
        "a": [1],
        "b": [2],
    }


@pytest.mark.parametrize("form", ["parquet", "csv", "csv.gz"])
def test_two_names_and_two_files_never_meet(
    files: Files, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, read = FORMATS[form]
    places: list[tuple[str, dict[str, Any]]] = [
        (f"storage://{name}/same.{form}", {"config_path": path})
        for path in (files.one, files.other)
        for name in ("prod", "staging")
    ]
    for start, (url, options) in enumerate(places):
        write(frame(start), url, storage_options=options)
    for _ in range(2):
        for start, (url, options) in enumerate(places):
            assert read(url, storage_options=options)["number"][0] == start
    # Without options it is the file that programs find, also when that changes in one process.
    assert read(places[1][0])["number"][0] == 1
    monkeypatch.setenv("STORAGE_CONFIG", files.other)
    assert read(places[1][0])["number"][0] == 3
    assert read(f"storage:///same.{form}")["number"][0] == 3  # whose default is another.


@everywhere
def test_a_folder_of_partitions_is_written_read_and_filtered(files: Files) -> None:
    url = "storage://staging/sets/by kind"
    frame().to_parquet(url, partition_cols=["kind"])
    frame(6).to_parquet(url, partition_cols=["kind"])  # beside what is there: new names.
    read = pd.read_parquet(url)
    assert sorted(read["number"]) == [*range(12)]
    assert set(read["kind"]) == {"x", "y"}
    some = pd.read_parquet(
        url, filters=[("kind", "==", "y"), ("number", ">", 4)], columns=["number"]
    )
    assert sorted(some["number"]) == [5, 7, 9, 11]
    held = [each.path for each in get_store("staging").backend.list()]
    assert len(held) == 4
    assert {path.rpartition("/")[0] for path in held} == {
        "sets/by kind/kind=x",
        "sets/by kind/kind=y",
    }
    again = {"basename_template": "part-{i}.parquet", "existing_data_behavior": "delete_matching"}
    frame(20).to_parquet(url, partition_cols=["kind"], **again)
    assert sorted(pd.read_parquet(url)["number"]) == [*range(20, 26)]


@everywhere
def test_row_groups_and_columns_that_nobody_wants_are_left_out(files: Files) -> None:
    many = pd.DataFrame({"a": range(100_000), "b": [token_hex(4) for _ in range(100_000)]})
    url = "storage://prod/many.parquet"
    many.to_parquet(url, row_group_size=10_000)
    some = pd.read_parquet(url, columns=["a"], filters=[("a", ">=", 99_990)])
    assert some["a"].tolist() == [*range(99_990, 100_000)]
    assert_frame_equal(pd.read_parquet(url), many)


@everywhere
def test_a_csv_comes_in_chunks(files: Files) -> None:
    url = "storage://prod/long.csv.gz"
    pd.DataFrame({"a": range(50_000)}).to_csv(url, index=False, chunksize=1_000)
    with pd.read_csv(url, chunksize=20_000) as chunks:
        assert [(len(chunk), int(chunk["a"].iloc[-1])) for chunk in chunks] == [
            (20_000, 19_999),
            (20_000, 39_999),
            (10_000, 49_999),
        ]
    assert pd.read_csv(url, nrows=3, engine="python")["a"].tolist() == [0, 1, 2]
    assert len(pd.read_csv(url, engine="pyarrow")) == 50_000


@everywhere
def test_appending_is_refused_and_leaves_what_is_there(files: Files) -> None:
    url = "storage://prod/log.csv"
    frame().to_csv(url)
    with pytest.raises(UnsupportedOperation, match="ab"):
        frame().to_csv(url, mode="a", header=False)
    assert len(pd.read_csv(url)) == 6


class Wordless:
    """What cannot be written as text."""

    def __str__(self) -> str:
        raise ValueError("no words")


@pytest.mark.parametrize("how", ["csv", "gzip", "zip", "zstd", "parquet", "pickle"])
def test_a_write_that_fails_leaves_what_was_there(
    files: Files, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # expected: as with plain `s3://`, half a file in place of what was there; with a compression
    # whose package is missing an empty one (pandas 3.1.1). Here neither: `storage_core.fs.writing`.
    monkeypatch.setitem(sys.modules, "zstandard", None)
    monkeypatch.setitem(sys.modules, "pandas._libs.zstandard", None)
    texts = pd.DataFrame({"a": ["x"] * 100 + [Wordless()]})
    times = pd.DataFrame({"a": [pd.Timestamp(0), pd.Timestamp(1)]})

    def write(url: str) -> None:
        if how == "parquet":
            times.to_parquet(url, coerce_timestamps="us", row_group_size=1)
        elif how == "pickle":
            pd.DataFrame({"a": [lambda: None]}).to_pickle(url)
        else:
            texts.to_csv(url, chunksize=10, compression=None if how == "csv" else how)

    get_store().backend.put("there", b"what was there", overwrite=True)
    for path in ("there", "new"):
        with pytest.raises(Exception, match=r"no words|lose data|pickle|zstandard"):
            write(f"storage://prod/{path}")
    assert get_store().backend.get("there") == b"what was there"
    assert [each.path for each in get_store().backend.list()] == ["there"]


@everywhere
def test_what_is_not_there_is_said(files: Files) -> None:
    for read in (pd.read_parquet, pd.read_csv, pd.read_json):
        with pytest.raises(FileNotFoundError, match="nothing") as caught:
            read("storage://prod/nothing.txt")
        # Of a Parquet file it is pyarrow that says so.
        assert isinstance(caught.value, BlobNotFound) is (read is not pd.read_parquet)
    with pytest.raises(StorageError, match=r"prdo.*prod"):
        pd.read_csv("storage://prdo/nothing.txt")
    with pytest.raises(StorageError, match="name a path in it"):
        frame().to_csv("storage://prod")


def test_a_list_and_a_pattern_are_not_taken(files: Files) -> None:
    # expected: as for s3://, pandas hands both on to fsspec.
    # found (pandas 3.1.1): a list goes to pyarrow as it is; a pattern is the name of a file.
    for number in range(2):
        frame(number).to_parquet(f"storage://prod/many/{number}.parquet")
    with pytest.raises(Exception, match="URI"):
        pd.read_parquet([f"storage://prod/many/{number}.parquet" for number in range(2)])
    with pytest.raises(FileNotFoundError):
        pd.read_parquet("storage://prod/many/*.parquet")
    assert len(pd.read_parquet("storage://prod/many")) == 12


def test_a_wrong_secret_is_said_and_not_taken_for_a_missing_file(
    s3_server: S3Server, tmp_path: Path
) -> None:
    secret = token_hex(20)
    wrong = s3_table(s3_server, secret=secret)
    path = written(tmp_path / "storage.toml", "prod", lambda _: wrong)
    options = {"config_path": path}
    for attempt in (
        lambda: pd.read_parquet("storage://prod/x.parquet", storage_options=options),
        lambda: pd.read_csv("storage://prod/x.csv", storage_options=options),
        lambda: frame().to_parquet("storage://prod/x.parquet", storage_options=options),
        lambda: frame().to_csv("storage://prod/x.csv", storage_options=options),
        lambda: frame().to_parquet(
            "storage://prod/x", partition_cols="kind", storage_options=options
        ),
    ):
        with pytest.raises(PermissionError, match="AWS Secret Access Key") as caught:
            attempt()
        assert isinstance(caught.value, AccessDenied)
        assert secret not in str(caught.value)


def test_no_secret_is_told(files: Files) -> None:
    url = "storage://prod/a.csv"
    frame().to_csv(url)
    with pd.read_csv(url, chunksize=2) as chunks:
        told = repr(chunks) + repr(vars(chunks)) + repr(chunks.get_chunk().attrs)
        handle = chunks.handles.handle
        files.assert_not_told_by(told + repr(handle), fsspec.filesystem("storage"))
    with pytest.raises(OSError) as caught:  # noqa: PT011 (any that there is)
        pd.read_csv("storage://prod/no.csv", storage_options={"config_path": files.other})
    files.assert_not_told_by(caught.value, str(caught.value))


@everywhere
def test_threads_keep_their_frames_apart(files: Files) -> None:
    def there_and_back(number: int) -> int:
        options = {"config_path": (files.one, files.other)[number % 2]}
        url = f"storage://prod/threads/{number // 2}.parquet"
        frame(number * 100).to_parquet(url, storage_options=options)
        return int(pd.read_parquet(url, storage_options=options)["number"][0])

    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(there_and_back, range(32))] == [number * 100 for number in range(32)]


@pytest.mark.parametrize("engine", ["direct", "fsspec"])
def test_how_often_the_server_is_asked(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """How many requests each call costs; what is more than one is not ours to save.

    found (pandas 3.1.1, pyarrow 26.0.1): pyarrow asks what a path is, then opens the file twice,
    and asks each time whether it is one.
    """
    monkeypatch.setenv("STORAGE_ENGINE", engine)
    with front_of(s3_server.endpoint_url, lambda _: None) as front:
        path = written(tmp_path / "storage.toml", "prod", lambda _: s3_table(s3_server, front.url))
        monkeypatch.setenv("STORAGE_CONFIG", path)

        def asked(call: Callable[[], object]) -> list[str]:
            before = len(front.asked)
            call()
            return [each.method for each in front.asked[before:]]

        asked(lambda: frame().to_csv("storage://prod/first.csv"))
        assert asked(lambda: frame().to_parquet("storage://prod/a.parquet")) == ["PUT"]
        assert asked(lambda: frame().to_csv("storage://prod/a.csv")) == ["PUT"]
        parts = asked(lambda: frame().to_parquet("storage://prod/set", partition_cols=["kind"]))
        assert parts == ["PUT", "PUT"]
        assert asked(lambda: pd.read_csv("storage://prod/a.csv")) == ["GET"]
        assert len(asked(lambda: pd.read_parquet("storage://prod/a.parquet"))) <= 5
        assert len(asked(lambda: pd.read_parquet("storage://prod/set"))) <= 14
