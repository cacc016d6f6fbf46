"""Dask in processes of this machine: bags, data frames and arrays; 2026.8.0.

A cluster is in test_dask_cluster.py.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import dask
import dask.array as da
import dask.bag as db
import dask.dataframe as dd
import fsspec
import pandas as pd
import pytest
from dask.base import tokenize

from tests.tools.conftest import Files

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # Dask's own


@pytest.fixture(scope="module")
def worker() -> Iterator[ProcessPoolExecutor]:
    """A process that begins with nothing, as on another machine."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.fixture
def processes(worker: ProcessPoolExecutor, files: Files) -> dict[str, Any]:
    """To compute in a process that finds the first file by itself."""
    worker.submit(_set_config, files.one).result()
    return {"scheduler": "processes", "pool": worker}


def lines(url: str, *texts: str, **options: Any) -> None:
    """Write a file for each text."""
    for number, text in enumerate(texts):
        with fsspec.open(f"{url}/{number}.txt", "w", **options) as file:
            file.write(text)


def places(files: Files) -> list[tuple[str, dict[str, Any]]]:
    """The same path below two names of two configuration files."""
    other = {"storage_options": {"config_path": files.other}}
    return [
        ("storage://prod/x", {}),
        ("storage://staging/x", {}),
        ("storage://prod/x", other),
        ("storage://staging/x", other),
    ]


def told(*collections: Any) -> bytes:
    """All that is sent to workers, and what it is called."""
    graphs = [dict(collection.__dask_graph__()) for collection in collections]
    return pickle.dumps(graphs) + repr(graphs).encode()


def test_a_bag_of_lines_is_read_and_written(files: Files, processes: dict[str, Any]) -> None:
    lines("storage://prod/in", "a\nb\n", "c\n")
    bag = db.read_text("storage://prod/in/*.txt")
    assert sorted(bag.map(str.strip).compute(**processes)) == ["a", "b", "c"]
    bag.map(str.upper).map(str.strip).to_textfiles("storage://staging/out/*.txt.gz", **processes)
    again = db.read_text("storage://staging/out/*.txt.gz")
    assert sorted(again.map(str.strip).compute(**processes)) == ["A", "B", "C"]
    blocks = db.read_text("storage://prod/in/*.txt", blocksize=2)
    assert sorted(blocks.map(str.strip).compute(**processes)) == ["a", "b", "c"]
    files.assert_not_told_by(told(bag, again, blocks))


def test_lines_of_names_and_files_do_not_meet_in_one_graph(
    files: Files, processes: dict[str, Any]
) -> None:
    for number, (url, options) in enumerate(places(files)):
        lines(url, f"{number}\n", **options.get("storage_options", {}))
    for blocksize in (None, 100):
        bags = [
            db.read_text(f"{url}/0.txt", blocksize=blocksize, **options)
            for url, options in places(files)
        ]
        assert dask.compute(*bags, **processes) == (["0\n"], ["1\n"], ["2\n"], ["3\n"])
        files.assert_not_told_by(told(*bags))
    both = db.read_text(["storage://prod/x/0.txt", "storage://staging/x/0.txt"])
    assert both.compute(**processes) == ["0\n", "1\n"]


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_frames_of_names_and_files_do_not_meet_in_one_graph(
    files: Files, processes: dict[str, Any], form: str
) -> None:
    read = {"parquet": dd.read_parquet, "csv": dd.read_csv}[form]
    frames = []
    with dask.config.set(**processes):
        for number, (url, options) in enumerate(places(files)):
            frame = dd.from_pandas(pd.DataFrame({"n": [number] * 4, "k": range(4)}), npartitions=2)
            if form == "parquet":
                frame.to_parquet(url, **options)
                frames.append(read(url, **options))
            else:
                frame.to_csv(f"{url}/*.csv", index=False, **options)
                frames.append(read(f"{url}/*.csv", **options))
        sums = dask.compute(*(frame.n.sum() for frame in frames))
        assert [int(each) for each in sums] == [0, 4, 8, 12]
        assert int(dd.concat(frames).n.sum().compute()) == 24
    files.assert_not_told_by(told(*frames))


def test_arrays_of_names_and_files_do_not_meet_in_one_graph(
    files: Files, processes: dict[str, Any]
) -> None:
    for number, (url, options) in enumerate(places(files)):
        da.full((4, 4), number, chunks=2).to_zarr(f"{url}.zarr", **options)
    arrays = [da.from_zarr(f"{url}.zarr", **options) for url, options in places(files)]
    assert len({array.name for array in arrays}) == 4
    sums = dask.compute(*(array.sum() for array in arrays), **processes)
    assert [int(each) for each in sums] == [0, 16, 32, 48]
    files.assert_not_told_by(told(*arrays))


def test_tokens_differ_for_two_files_and_are_the_same_for_one(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tokens(config_path: str | None = None) -> list[str]:
        fs = fsspec.filesystem("storage", config_path=config_path)
        return [tokenize(fs), fs.ukey("prod/a")]

    for config_path in (None, files.other):
        fsspec.filesystem("storage", config_path=config_path).pipe("prod/a", b"a")
    assert tokens() == tokens(files.one)
    assert all(one != other for one, other in zip(tokens(), tokens(files.other), strict=True))
    first = tokens()
    monkeypatch.setenv("STORAGE_CONFIG", files.other)
    assert all(one != other for one, other in zip(tokens(), first, strict=True))
    files.assert_not_told_by(*first)


def _set_config(path: str) -> None:
    os.environ["STORAGE_CONFIG"] = path
