"""polars on `storage://`: what it takes, and what it takes for a folder.

expected: polars hands a URL that it does not know to fsspec, as pandas does, or refuses it.
found (polars 2.1.0): it takes `storage://prod/x` for the local path `storage:/prod/x`. Reading and
plain writing fail, since there is no such folder; with `mkdir=True` or `partition_by=` it is made
here, without a word, and reading the same URL then finds it. Only `read_parquet(use_pyarrow=True)`
goes through fsspec. So: hand polars a file, or a data set of pyarrow's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import fsspec
import polars as pl
import pyarrow.dataset as ds
import pytest

from storage_core import AccessDenied, get_store
from tests.servers.s3 import S3Server
from tests.tools.conftest import Files, everywhere, s3_table, written


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, where polars would make `storage:`."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def frame(start: int = 0) -> pl.DataFrame:
    """Six rows that differ with `start`."""
    return pl.DataFrame({"number": range(start, start + 6), "kind": ["x", "y"] * 3})


FORMATS: dict[str, tuple[Callable[[pl.DataFrame, Any], Any], Callable[[Any], pl.DataFrame]]] = {
    "parquet": (pl.DataFrame.write_parquet, pl.read_parquet),
    "csv": (pl.DataFrame.write_csv, pl.read_csv),
    "arrow": (pl.DataFrame.write_ipc, pl.read_ipc),
    "json": (pl.DataFrame.write_json, pl.read_json),
    "ndjson": (pl.DataFrame.write_ndjson, pl.read_ndjson),
    "avro": (pl.DataFrame.write_avro, pl.read_avro),
}


@everywhere
@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_written_and_read(files: Files, form: str) -> None:
    write, read = FORMATS[form]
    url = f"storage://prod/results/a b.{form}"
    with fsspec.open(url, "wb") as file:
        write(frame(), file)
    with fsspec.open(url) as file:
        assert read(file).equals(frame())
    assert get_store().backend.exists(f"results/a b.{form}")
    # The file system of a store does the same, with paths that have no name.
    with get_store("staging").fs.open("x", "wb") as file:
        write(frame(7), file)
    with get_store("staging").fs.open("x") as file:
        assert read(file).equals(frame(7))


@everywhere
def test_lazy_frames_read_and_write_files(files: Files) -> None:
    ours = fsspec.filesystem("storage")
    with ours.open("prod/a.parquet", "wb") as file:
        frame().lazy().with_columns(twice=pl.col("number") * 2).sink_parquet(file)
    with ours.open("prod/a.parquet") as file:
        found = pl.scan_parquet(file).filter(pl.col("number") > 3).select("twice").collect()
    assert found["twice"].to_list() == [8, 10]


@everywhere
def test_parquet_is_read_by_url_through_pyarrow(files: Files) -> None:
    url = "storage://prod/a.parquet"
    with fsspec.open(url, "wb") as file:
        frame().write_parquet(file)
    assert pl.read_parquet(url, use_pyarrow=True).equals(frame())
    assert pl.read_parquet(url, use_pyarrow=True, columns=["kind"]).columns == ["kind"]
    options = {"config_path": files.other}
    with pytest.raises(FileNotFoundError):
        pl.read_parquet(url, use_pyarrow=True, storage_options=options)


@everywhere
def test_partitions_are_written_and_read_through_pyarrow(files: Files) -> None:
    frame().write_parquet(
        "prod/set",
        use_pyarrow=True,
        pyarrow_options={"filesystem": fsspec.filesystem("storage"), "partition_cols": ["kind"]},
    )
    source = ds.dataset("fsspec+storage://prod/set", partitioning="hive")
    found = pl.scan_pyarrow_dataset(source).filter(pl.col("kind") == "y").select("number").collect()
    assert sorted(found["number"]) == [1, 3, 5]


def test_a_url_is_refused_or_becomes_a_folder_here(files: Files, here: Path) -> None:
    url = "storage://prod/results/a.parquet"
    for call in (
        lambda: frame().write_parquet(url),
        lambda: frame().write_csv(url),
        lambda: frame().lazy().sink_parquet(url),
        lambda: pl.read_parquet(url),
        lambda: pl.read_csv(url),
        lambda: pl.scan_parquet(url).collect(),
        lambda: pl.scan_csv(url).collect(),
        lambda: pl.read_ndjson(url),
        lambda: pl.read_ipc(url),
    ):
        with pytest.raises(FileNotFoundError, match="storage://prod"):
            call()
    assert [*here.iterdir()] == []
    # This is what the page warns of; when it fails, polars has changed, and so should the page.
    frame().write_parquet(url, mkdir=True)
    frame().write_parquet("storage://prod/set", partition_by="kind")
    assert {each.relative_to(here).as_posix() for each in here.rglob("*.parquet")} == {
        "storage:/prod/results/a.parquet",
        "storage:/prod/set/kind=x/00000000.parquet",
        "storage:/prod/set/kind=y/00000000.parquet",
    }
    assert [*get_store().backend.list()] == []


def test_two_names_and_two_files_never_meet(files: Files) -> None:
    places = [
        (f"storage://{name}/same.parquet", {"config_path": path})
        for path in (files.one, files.other)
        for name in ("prod", "staging")
    ]
    for start, (url, options) in enumerate(places):
        with fsspec.open(url, "wb", **options) as file:
            frame(start).write_parquet(file)
    for _ in range(2):
        for start, (url, options) in enumerate(places):
            with fsspec.open(url, **options) as file:
                assert pl.read_parquet(file).equals(frame(start))
            read = pl.read_parquet(url, use_pyarrow=True, storage_options=options)
            assert read.equals(frame(start))


def test_a_file_tells_no_secret(files: Files) -> None:
    with fsspec.open("storage://prod/a.parquet", "wb") as file:
        frame().write_parquet(file)
    with fsspec.open("storage://prod/a.parquet") as file:
        told = repr(file) + pl.scan_parquet(file).explain()
    files.assert_not_told_by(told)


def test_a_wrong_secret_is_said(s3_server: S3Server, tmp_path: Path) -> None:
    path = written(
        tmp_path / "storage.toml", "prod", lambda _: s3_table(s3_server, secret=token_hex(20))
    )
    options = {"config_path": path}
    url = "storage://prod/x.parquet"

    def write() -> None:
        with fsspec.open(url, "wb", **options) as file:
            frame().write_parquet(file)

    def read() -> None:
        with fsspec.open(url, **options) as file:
            pl.read_parquet(file)

    for attempt in (
        write,
        read,
        lambda: pl.read_parquet(url, use_pyarrow=True, storage_options=options),
    ):
        with pytest.raises(PermissionError, match="AWS Secret Access Key") as caught:
            attempt()
        assert isinstance(caught.value, AccessDenied)
