"""Dask on a cluster of several processes: `storage://` where the workers open it themselves.

Expected: what a worker is sent holds names only; whatever file it finds by itself counts.
Found (dask 2026.8.0): so it is. A frame's name in the graph comes from `fs.checksum` of its files
and the options, not from the file system (`dask_expr/io/parquet.py`), so that two places which hold
files of one name, size and time are told apart by our `checksum` only.
"""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storage_core import ConfigFile, get_store
from tests.figures import Figure
from tests.servers.s3 import S3Server
from tests.tools import scale
from tests.tools.conftest import Files

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

pytestmark = [pytest.mark.tools, pytest.mark.timeout(300)]
WORKERS = 3


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """Workers in processes of their own, which inherit nothing of a test's."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=WORKERS,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        local_directory=str(tmp_path_factory.mktemp("dask")),
    ) as cluster:
        yield cluster


@pytest.fixture
def client(cluster: LocalCluster, files: Files) -> Iterator[Client]:
    """A client whose workers find the file that this process finds."""
    from distributed import Client

    with Client(cluster, set_as_default=True) as client:
        client.wait_for_workers(WORKERS)
        client.run(_with_environment, {"STORAGE_CONFIG": files.one})
        yield client


def _with_environment(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


def _write(path: str, data: bytes) -> int:
    """Writes a blob where this runs, and tells which process that was."""
    import fsspec

    with fsspec.open(path, "wb") as file:
        file.write(data)
    return os.getpid()


def _read(path: str) -> bytes:
    import fsspec

    with fsspec.open(path, "rb") as file:
        return bytes(file.read())


def test_workers_open_a_configuration_that_the_client_does_not_have(
    client: Client, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STORAGE_CONFIG")
    paths = [f"storage://prod/parts/{number}" for number in range(12)]
    pids = client.gather(client.map(_write, paths, [path.encode() for path in paths]))
    assert len({*pids} - {os.getpid()}) == WORKERS
    assert client.gather(client.map(_read, paths)) == [path.encode() for path in paths]
    assert get_store("prod", config_path=files.one).fs.cat("parts/7") == b"storage://prod/parts/7"


def test_workers_take_the_text_of_a_configuration_from_a_variable(
    client: Client, files: Files
) -> None:
    text = Path(files.other).read_text().replace("places/", f"{Path(files.other).parent}/places/")
    client.run(_with_environment, {"STORAGE_CONFIG_TEXT": text})
    try:
        client.submit(_write, "storage://staging/by-text", b"text", pure=False).result()
    finally:
        client.run(_with_environment, {"STORAGE_CONFIG_TEXT": None})
    assert get_store("staging", config_path=files.other).fs.cat("by-text") == b"text"
    assert not get_store("staging").fs.exists("by-text")


def test_a_pickled_store_and_its_file_system_work_on_a_worker(client: Client, files: Files) -> None:
    store = get_store("staging", config_path=files.other)
    key = client.submit(store.write, b"by a worker", pure=False).result()
    assert store.read(key) == b"by a worker"
    assert client.submit(store.fs.cat, key, pure=False).result() == b"by a worker"


def test_a_frame_is_written_and_read_by_the_workers(client: Client, files: Files) -> None:
    import dask.dataframe as dd
    import pandas as pd

    frame = pd.DataFrame({"x": range(1000), "word": [f"word {n}" for n in range(1000)]})
    dd.from_pandas(frame, npartitions=5).to_parquet("storage://prod/frames/words")
    found = dd.read_parquet("storage://prod/frames/words")
    assert found.npartitions == 5
    assert found.compute().to_dict("list") == frame.to_dict("list")
    dd.from_pandas(frame[:7], npartitions=2).to_parquet(
        "storage://prod/frames/words", overwrite=True
    )
    assert dd.read_parquet("storage://prod/frames/words").x.compute().tolist() == [*range(7)]
    dd.from_pandas(frame, npartitions=5).to_csv("storage://staging/words-*.csv", index=False)
    assert dd.read_csv("storage://staging/words-*.csv").x.sum().compute() == 499_500
    assert sorted(get_store("staging").fs.ls("", detail=False)) == [
        f"words-{number}.csv" for number in range(5)
    ]


def test_two_names_and_two_files_meet_in_one_graph(client: Client, files: Files) -> None:
    import dask.dataframe as dd
    import pandas as pd

    other = {"config_path": files.other}
    places = [("prod", None), ("staging", None), ("prod", other), ("staging", other)]
    for number, (name, options) in enumerate(places):
        frame = dd.from_pandas(pd.DataFrame({"x": [number] * 10}), npartitions=2)
        frame.to_parquet(f"storage://{name}/same", storage_options=options)
    frames = [
        dd.read_parquet(f"storage://{name}/same", storage_options=options)
        for name, options in places
    ]
    assert dd.concat(frames).compute().x.tolist() == [n for n in range(4) for _ in range(10)]
    both = dd.read_parquet(["storage://prod/same/*.parquet", "storage://staging/same/*.parquet"])
    assert sorted(both.compute().x.tolist()) == [0] * 10 + [1] * 10
    for frame in frames:
        graph = dict(frame.__dask_graph__())
        files.assert_not_told_by(repr(frame), repr(graph), pickle.dumps(graph))


def test_lines_of_two_names_are_read_in_one_call(client: Client) -> None:
    # Expected: `read_text` opens all URLs with the file system of the first, so that each must do.
    import dask.bag as db

    for name in ("prod", "staging"):
        with get_store(name).fs.open("lines.txt", "w") as file:
            file.write(f"{name} one\n{name} two\n")
    found = db.read_text(["storage://prod/lines.txt", "storage://staging/lines.txt"]).compute()
    assert found == ["prod one\n", "prod two\n", "staging one\n", "staging two\n"]


def test_an_edited_configuration_counts_at_the_next_reading(client: Client, files: Files) -> None:
    # The two places hold files of one name and size, written in the same second.
    import dask.dataframe as dd
    import pandas as pd

    for name, value in (("prod", 3), ("staging", 4)):
        get_store(name).fs.pipe("edited/x.parquet", pd.DataFrame({"x": [value]}).to_parquet())
    with _persisted(dd.read_parquet("storage://prod/edited")) as before:
        assert before.compute().x.tolist() == [3]
        file = ConfigFile()
        where = file.get("staging")
        assert where
        file.update("prod", **_leading_where(where))
        assert dd.read_parquet("storage://prod/edited").compute().x.tolist() == [4]


@contextmanager
def _persisted(frame: Any) -> Iterator[Any]:
    """Held by the cluster while the block runs, as a frame is that others still need."""
    kept = frame.persist()
    yield kept
    del kept


def _leading_where(configuration: Any) -> dict[str, Any]:
    name = "bucket" if configuration.type == "s3" else "storage_path"
    return {name: getattr(configuration, name)}


def test_file_systems_are_the_same_on_every_worker_and_differ_by_file(
    client: Client, files: Files
) -> None:
    tokens = client.run(_tokens, files.other)
    assert len(tokens) == WORKERS
    assert {tuple(each) for each in tokens.values()} == {tuple(_tokens(files.other))}
    assert len({*_tokens(files.other)}) == 3


def _tokens(other: str) -> list[str]:
    """What Dask takes the file systems of two files, and one with another timeout, for."""
    import fsspec
    from dask.base import tokenize

    options: list[dict[str, Any]] = [{}, {"config_path": other}, {"timeout": 5}]
    return [tokenize(fsspec.filesystem("storage", **each)) for each in options]


def test_what_a_worker_raises_arrives_as_it_is(client: Client) -> None:
    from storage_core import BlobNotFound, StorageNotFound, UnsupportedOperation

    with pytest.raises(FileNotFoundError) as missing:
        client.submit(_read, "storage://prod/no/such", pure=False).result()
    assert isinstance(missing.value, BlobNotFound)
    with pytest.raises(StorageNotFound, match="prdo"):
        client.submit(_read, "storage://prdo/x", pure=False).result()
    ConfigFile().update("prod", read_only=True)
    with pytest.raises(UnsupportedOperation, match="Read Only") as refused:
        client.submit(_write, "storage://prod/x", b"", pure=False).result()
    assert isinstance(refused.value, OSError)
    client.run(_with_environment, {"STORAGE_CONFIG": "/no/such/storage.toml"})
    with pytest.raises(StorageNotFound, match=r"/no/such/storage\.toml"):
        client.submit(_read, "storage://prod/x", pure=False).result()


def test_secrets_are_in_no_log_of_the_cluster(
    client: Client, cluster: LocalCluster, files: Files
) -> None:
    client.submit(_write, "storage://prod/logged", b"x", pure=False).result()
    with pytest.raises(FileNotFoundError):
        client.submit(_read, "storage://prod/no/such", pure=False).result()
    told = [client.get_worker_logs(), client.get_scheduler_logs(), cluster.get_logs()]
    told += [client.scheduler_info(), client.who_has()]
    files.assert_not_told_by(*map(str, told))


def test_nothing_is_lost_when_a_worker_is_killed_meanwhile(client: Client) -> None:
    from distributed import as_completed

    victim, *_ = client.run(os.getpid).values()
    futures = client.map(_write_slowly, range(300), pure=False)
    next(as_completed(futures))
    os.kill(victim, signal.SIGKILL)
    assert not all(future.done() for future in futures)
    client.gather(futures)
    client.wait_for_workers(WORKERS)
    fs = get_store().fs
    assert sorted(int(path.rpartition("/")[2]) for path in fs.find("survived")) == [*range(300)]
    found = fs.cat([f"survived/{number}" for number in range(300)])
    assert all(found[f"survived/{number}"] == b"%d" % number for number in range(300))


def _write_slowly(number: int) -> None:
    import fsspec

    time.sleep(0.01)
    fsspec.filesystem("storage").pipe_file(f"prod/survived/{number}", b"%d" % number)


@pytest.mark.timeout(900)
def test_ten_thousand_small_files_are_written_and_read_back(
    cluster: LocalCluster, s3_disk_server: S3Server, tmp_path: Path, figure: Figure
) -> None:
    from distributed import Client

    with Client(cluster) as client:

        def run(function: Callable[[scale.Task], int], tasks: list[scale.Task]) -> list[int]:
            found: list[int] = client.gather(client.map(function, tasks, pure=False))
            return found

        places = scale.places(s3_disk_server, tmp_path / "scale.toml")
        result = scale.measured(run, places, many=False)
    figure("clusters", "10,000 files of 1 KiB by Dask, one by one, storage://", result)
