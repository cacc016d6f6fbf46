"""pyarrow on `storage://`: by `fsspec+storage://` and by file system, tables and data sets.

expected: pyarrow knows the protocols of fsspec as pandas does.
found (pyarrow 26.0.1): only with `fsspec+` in front, or with `filesystem=`. Before it opens a file
it asks `isfile`, so what that hides becomes "not found"; of most of fsspec's it hides a refusal.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex

import fsspec
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset as ds
import pyarrow.fs
import pyarrow.parquet as pq
import pytest

from storage_core import AccessDenied, BlobNotFound, get_store
from tests.servers.front import front_of
from tests.servers.s3 import S3Server
from tests.tools.conftest import Files, everywhere, s3_table, written


def table(start: int = 0) -> pa.Table:
    """Six rows that differ with `start`."""
    return pa.table({"number": [*range(start, start + 6)], "kind": ["x", "y", "z"] * 2})


def file_system(path: str | None = None) -> pa.fs.PyFileSystem:
    """Ours as one of pyarrow's."""
    ours = fsspec.filesystem("storage", **({"config_path": path} if path else {}))
    return pa.fs.PyFileSystem(pa.fs.FSSpecHandler(ours))


@everywhere
def test_a_table_is_written_and_read_by_url_and_by_file_system(files: Files) -> None:
    pq.write_table(table(), "fsspec+storage://prod/results/a b.parquet")
    assert pq.read_table("fsspec+storage://prod/results/a b.parquet") == table()
    assert pq.read_table("prod/results/a b.parquet", filesystem=file_system()) == table()
    ours = fsspec.filesystem("storage")
    assert pq.read_table("storage://prod/results/a b.parquet", filesystem=ours) == table()
    held = get_store("prod").backend.get("results/a b.parquet")
    assert pq.read_table(io.BytesIO(held)) == table()
    with pytest.raises(pa.ArrowInvalid, match="URI"):
        pq.read_table("storage://prod/results/a b.parquet")
    # A file system of one store has no name in its paths.
    alone = get_store("prod").fs
    assert pq.read_table("results/a b.parquet", filesystem=alone) == table()
    with pq.ParquetFile("results/a b.parquet", filesystem=alone) as opened:
        assert opened.metadata.num_rows == 6
        assert opened.schema_arrow == table().schema


@everywhere
def test_a_writer_adds_row_groups_to_one_file(files: Files) -> None:
    ours = file_system()
    with pq.ParquetWriter("staging/parts.parquet", table().schema, filesystem=ours) as writer:
        for start in range(0, 600, 6):
            writer.write_table(table(start))
    with pq.ParquetFile("fsspec+storage://staging/parts.parquet") as opened:
        assert opened.num_row_groups == 100
        assert opened.read_row_group(99, columns=["number"])["number"].to_pylist() == [
            *range(594, 600)
        ]


@everywhere
def test_a_data_set_is_written_in_partitions_and_read_by_filter(files: Files) -> None:
    url = "fsspec+storage://prod/sets/one"
    hive = ds.partitioning(pa.schema([("kind", pa.string())]), flavor="hive")
    ds.write_dataset(table(), url, format="parquet", partitioning=hive)
    held = sorted(each.path for each in get_store("prod").backend.list())
    assert held == [f"sets/one/kind={kind}/part-0.parquet" for kind in "xyz"]
    opened = ds.dataset(url, partitioning="hive")
    assert sorted(opened.to_table()["number"].to_pylist()) == [*range(6)]
    found = opened.to_table(filter=ds.field("kind") == "y", columns=["number"])
    assert found["number"].to_pylist() == [1, 4]
    assert opened.count_rows(filter=ds.field("number") > 3) == 2

    with pytest.raises(pa.ArrowInvalid, match="not empty"):
        ds.write_dataset(table(), url, format="parquet", partitioning=hive)
    for behaviour in ("overwrite_or_ignore", "delete_matching"):
        ds.write_dataset(
            table(100),
            "prod/sets/one",
            filesystem=file_system(),
            format="parquet",
            partitioning=hive,
            existing_data_behavior=behaviour,
        )
        again = ds.dataset(url, partitioning="hive").to_table()
        assert sorted(again["number"].to_pylist()) == [*range(100, 106)]


@everywhere
def test_files_are_looked_up_copied_moved_and_removed(files: Files) -> None:
    ours = file_system()
    for name in ("a", "b/c", "b/d"):
        with ours.open_output_stream(f"prod/top/{name}") as stream:
            stream.write(name.encode())
    kinds = {
        each.path: each.type for each in ours.get_file_info(["prod/top", "prod/top/a", "prod/no"])
    }
    assert kinds == {
        "prod/top": pa.fs.FileType.Directory,
        "prod/top/a": pa.fs.FileType.File,
        "prod/no": pa.fs.FileType.NotFound,
    }
    selected = ours.get_file_info(pa.fs.FileSelector("prod/top", recursive=True))
    sizes = {each.path: each.size for each in selected if each.is_file}
    assert sizes == {"prod/top/a": 1, "prod/top/b/c": 3, "prod/top/b/d": 3}
    assert all(each.mtime_ns for each in selected if each.is_file)
    flat = ours.get_file_info(pa.fs.FileSelector("prod/top"))
    assert {each.base_name for each in flat} == {"a", "b"}

    ours.copy_file("prod/top/a", "staging/top/a")
    ours.move("prod/top/a", "prod/top/e")
    pa.fs.copy_files("fsspec+storage://prod/top", "fsspec+storage://staging/copies")
    with ours.open_input_stream("staging/copies/b/c") as stream:
        assert stream.read() == b"b/c"
    with ours.open_input_file("staging/top/a") as opened:
        assert opened.size() == 1
        assert opened.read_at(1, 0) == b"a"
    ours.delete_file("prod/top/e")
    ours.delete_dir_contents("staging/copies")
    ours.delete_dir("prod/top")
    assert [*get_store("prod").backend.list()] == []
    assert [each.path for each in get_store("staging").backend.list()] == ["top/a"]
    with pytest.raises(FileNotFoundError):
        ours.open_input_file("prod/top/a")
    with pytest.raises(NotImplementedError, match="ab"):
        ours.open_append_stream("staging/top/a")


def test_two_names_and_two_files_never_meet(files: Files) -> None:
    one, other = file_system(files.one), file_system(files.other)
    assert one != other
    assert one == file_system(files.one)
    places = [(ours, name) for ours in (one, other) for name in ("prod", "staging")]
    for start, (ours, name) in enumerate(places):
        pq.write_table(table(start), f"{name}/same.parquet", filesystem=ours)
    for _ in range(2):
        for start, (ours, name) in enumerate(places):
            assert pq.read_table(f"{name}/same.parquet", filesystem=ours) == table(start)
    # Several places in one data set.
    parts = [ds.dataset(f"{name}/same.parquet", filesystem=ours) for ours, name in places]
    assert ds.dataset(parts).count_rows() == 24
    assert max(ds.dataset(parts).to_table()["number"].to_pylist()) == 8
    # What `fsspec+storage://` finds is what programs find.
    for name, start in (("prod", 0), ("staging", 1)):
        assert pq.read_table(f"fsspec+storage://{name}/same.parquet") == table(start)


def test_a_file_system_travels_without_a_secret(files: Files) -> None:
    ours = file_system(files.other)
    pq.write_table(table(), "prod/far.parquet", filesystem=ours)
    files.assert_not_told_by(ours, ours.handler.fs)
    again = pickle.loads(pickle.dumps(ours))
    assert again == ours
    assert pq.read_table("prod/far.parquet", filesystem=again) == table()
    parted = pickle.dumps(ds.dataset("prod/far.parquet", filesystem=ours))
    files.assert_not_told_by(parted)
    assert pickle.loads(parted).to_table() == table()


@everywhere
def test_threads_that_read_one_file_get_what_they_ask_for(files: Files) -> None:
    with file_system().open_output_stream("prod/numbers") as stream:
        stream.write(b"".join(number.to_bytes(8) for number in range(100_000)))
    with (
        file_system().open_input_file("prod/numbers") as opened,
        ThreadPoolExecutor(8) as pool,
    ):
        asked = [*range(0, 100_000, 97)]
        got = pool.map(lambda number: opened.read_at(8, number * 8), asked)
        assert [int.from_bytes(each) for each in got] == asked


def test_csv_and_other_formats(files: Files) -> None:
    ours = file_system()
    with ours.open_output_stream("prod/table.csv.gz", compression="gzip") as stream:
        pa.csv.write_csv(table(), stream)
    with ours.open_input_stream("prod/table.csv.gz", compression="gzip") as stream:
        assert pa.csv.read_csv(stream)["number"].to_pylist() == [*range(6)]
    for form in ("csv", "feather", "orc"):
        if form != "orc":  # which is read only
            ds.write_dataset(table(), f"fsspec+storage://prod/as/{form}", format=form)
            opened = ds.dataset(f"fsspec+storage://prod/as/{form}", format=form)
            assert sorted(opened.to_table()["number"].to_pylist()) == [*range(6)]


def test_a_wrong_secret_is_said_and_not_taken_for_a_missing_file(
    s3_server: S3Server, tmp_path: Path
) -> None:
    path = written(
        tmp_path / "storage.toml", "prod", lambda _: s3_table(s3_server, secret=token_hex(20))
    )
    ours = file_system(path)
    for attempt in (
        lambda: pq.read_table("prod/x.parquet", filesystem=ours),
        lambda: pq.ParquetFile("prod/x.parquet", filesystem=ours),
        lambda: ds.dataset(["prod/x.parquet"], filesystem=ours),
        lambda: ds.dataset("prod/x", filesystem=ours),
        lambda: ours.get_file_info("prod/x"),
        lambda: ours.get_file_info(pa.fs.FileSelector("prod/x", allow_not_found=True)),
        lambda: ours.delete_file("prod/x"),
        lambda: ours.delete_dir("prod/x"),
        lambda: ours.copy_file("prod/x", "prod/y"),
        lambda: pq.write_table(table(), "prod/x.parquet", filesystem=ours),
        lambda: ds.write_dataset(table(), "prod/x", filesystem=ours, format="parquet"),
    ):
        with pytest.raises(PermissionError, match="AWS Secret Access Key") as caught:
            attempt()
        assert isinstance(caught.value, AccessDenied)


def test_what_is_not_there_is_said(files: Files) -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.parquet"):
        pq.read_table("fsspec+storage://prod/nothing.parquet")
    with pytest.raises(FileNotFoundError):
        ds.dataset("fsspec+storage://prod/nothing")
    with pytest.raises(BlobNotFound):
        file_system().handler.fs.open("prod/nothing.parquet")


def test_a_write_that_fails_leaves_what_was_there(files: Files) -> None:
    # expected, and found (pyarrow 26.0.1) with plain `s3://`: the row groups written so far, as a
    # whole file. Here nothing: an exception that leaves a `with` block leaves no file behind.
    ours = file_system()
    get_store().backend.put("old", b"what was there", overwrite=True)

    def by_writer() -> None:
        with pq.ParquetWriter("prod/old", table().schema, filesystem=ours) as writer:
            writer.write_table(table())
            raise ValueError("stop")

    def by_stream(compression: str | None = None) -> None:
        with ours.open_output_stream("prod/old", compression=compression) as stream:
            stream.write(b"x" * 100)
            raise ValueError("stop")

    for attempt in (by_writer, by_stream, lambda: by_stream("gzip")):
        with pytest.raises(ValueError, match="stop"):
            attempt()
        assert get_store().backend.get("old") == b"what was there"


def test_a_write_that_fails_may_remove_a_local_file_of_the_same_name(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # expected: what fails leaves nothing under the name, or what was there.
    # found (pyarrow 26.0.1, write_table): it removes a *local* file of that path, whatever file
    # system was given, and leaves what was sent so far. docs/tools/pyarrow.md says so.
    monkeypatch.chdir(tmp_path)
    local = tmp_path / "prod" / "x.parquet"
    local.parent.mkdir()
    local.write_bytes(b"a copy of the one that is kept")
    inexact = pa.table({"when": pa.array([1_000, 1_001], pa.timestamp("ns"))})
    with pytest.raises(pa.ArrowInvalid, match="would lose data"):
        pq.write_table(inexact, "prod/x.parquet", filesystem=file_system(), coerce_timestamps="us")
    assert not local.exists()
    assert [*get_store().backend.list()] == []
    local.write_bytes(b"a copy of the one that is kept")
    with (
        pytest.raises(pa.ArrowInvalid, match="would lose data"),
        file_system().open_output_stream("prod/x.parquet") as stream,
    ):
        pq.write_table(inexact, stream, coerce_timestamps="us")
    assert local.exists()


@pytest.mark.parametrize("engine", ["direct", "fsspec"])
def test_how_often_the_server_is_asked(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setenv("STORAGE_ENGINE", engine)
    with front_of(s3_server.endpoint_url, lambda _: None) as front:
        path = written(tmp_path / "storage.toml", "prod", lambda _: s3_table(s3_server, front.url))
        ours = file_system(path)

        def asked(call: Callable[[], object]) -> list[str]:
            before = len(front.asked)
            call()
            return [each.method for each in front.asked[before:]]

        asked(lambda: pq.write_table(table(), "prod/first.parquet", filesystem=ours))
        assert asked(lambda: pq.write_table(table(), "prod/a.parquet", filesystem=ours)) == ["PUT"]
        assert len(asked(lambda: pq.read_metadata("prod/a.parquet", filesystem=ours))) <= 2
        assert len(asked(lambda: pq.read_table("prod/a.parquet", filesystem=ours))) <= 5
        assert asked(lambda: pq.read_table(ours.handler.fs.open("prod/a.parquet"))) == ["GET"]
