"""Ray and Ray Data on a cluster of several worker processes, with `storage://`.

Expected: `read_parquet("storage://…")` finds the file system by itself, as pandas does.
Found (ray 2.60.0): pyarrow finds it, which wants `fsspec+storage://`; what it does not know is left
out with a warning (`path_util.py`), so that a list in which one path is misspelt is read without
that one. All paths of a list are read through the file system of the first.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import pytest

from storage_core import get_store
from tests.figures import Figure
from tests.servers.s3 import S3Server
from tests.tools import scale
from tests.tools.conftest import Files

pytestmark = [pytest.mark.tools, pytest.mark.timeout(300)]
on_s3 = pytest.mark.parametrize("files", ["s3"], indirect=True)
"""Each reading takes Ray seconds; it asks of both the same."""

WORKERS = 2
SECRET = "RAY_TEST_SECRET"
"""The variable that both files refer to, so that a pickled store has no secret either."""


@pytest.fixture(scope="module")
def user() -> Iterator[Path]:
    """The home of the cluster's user. Ray's sockets stand in it, so its path is short."""
    folder = Path(mkdtemp(prefix="ray-", dir="/tmp"))
    yield folder
    rmtree(folder)


@pytest.fixture(scope="module")
def cluster(user: Path, s3_server: S3Server) -> Iterator[Path]:
    """A cluster on this machine whose workers find one file, which each test writes anew."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "HOME": str(user),
            "RAY_AUTH_MODE": "disabled",
            "STORAGE_CONFIG": str(user / "storage.toml"),
            SECRET: s3_server.secret_access_key,
        }.items():
            environment.setenv(name, value)
        import ray
        import ray.data

        ray.init(
            num_cpus=WORKERS,
            include_dashboard=False,
            object_store_memory=100 * 2**20,
            log_to_driver=False,
            _node_ip_address="127.0.0.1",
            _temp_dir=str(user / "ray"),
        )
        ray.data.DataContext.get_current().enable_progress_bars = False
        yield user
        ray.shutdown()


@pytest.fixture
def found(cluster: Path, files: Files, monkeypatch: pytest.MonkeyPatch) -> Files:
    """The two files; the first one is where the cluster's workers look."""
    one = cluster / "storage.toml"
    rmtree(cluster / "places", ignore_errors=True)
    for source, target in ((files.one, one), (files.other, Path(files.other))):
        text = Path(source).read_text()
        for secret in files.secrets:
            text = text.replace(secret, f"env:{SECRET}")
            monkeypatch.setenv(SECRET, secret)
        target.write_text(text)
    monkeypatch.setenv("STORAGE_CONFIG", str(one))
    return Files(str(one), files.other, files.secrets)


def _write(path: str) -> int:
    """Writes a blob where this runs, and tells which process that was."""
    import fsspec

    with fsspec.open(path, "wb") as file:
        file.write(path.encode())
    time.sleep(0.05)
    return os.getpid()


def _read(path: str) -> bytes:
    import fsspec

    with fsspec.open(path, "rb") as file:
        return bytes(file.read())


def _on_cluster(function: Any, *arguments: Any, **options: Any) -> list[Any]:
    """What the function gives for each argument, called by tasks of the cluster."""
    import ray

    remote = ray.remote(num_cpus=1, max_retries=0, **options)(function)
    results: list[Any] = ray.get([remote.remote(argument) for argument in arguments])
    return results


def test_workers_open_a_configuration_that_the_driver_does_not_have(
    found: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STORAGE_CONFIG")
    # Each waits for what the others write, so that none of them can do it all.
    pids = _on_cluster(_meet, *range(WORKERS))
    assert len({*pids, os.getpid()}) == WORKERS + 1
    paths = [f"storage://prod/parts/{number}" for number in range(12)]
    _on_cluster(_write, *paths)
    assert _on_cluster(_read, *paths) == [path.encode() for path in paths]
    assert get_store("prod", config_path=found.one).fs.cat("parts/7") == paths[7].encode()


def _meet(number: int) -> int:
    """Writes a blob, waits for those of the other workers, and tells which process this is."""
    import fsspec

    fs = fsspec.filesystem("storage")
    fs.pipe_file(f"prod/met/{number}", b"here")
    last = time.monotonic() + 120
    while len(fs.ls("prod/met")) < WORKERS and time.monotonic() < last:
        time.sleep(0.05)
    return os.getpid()


def test_workers_take_the_text_of_a_configuration_from_a_variable(
    found: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Path(found.other).read_text().replace("places/", f"{Path(found.other).parent}/places/")
    variables = {"STORAGE_CONFIG_TEXT": text}
    _on_cluster(_write, "storage://staging/by-text", runtime_env={"env_vars": variables})
    assert get_store("staging", config_path=found.other).fs.exists("by-text")
    assert not get_store("staging").fs.exists("by-text")


def test_a_pickled_store_and_its_file_system_work_on_a_worker(found: Files) -> None:
    store = get_store("staging", config_path=found.other)
    (key,) = _on_cluster(lambda data: store.write(data), b"by a worker")
    assert store.read(key) == b"by a worker"
    assert _on_cluster(lambda key: store.fs.cat(key), key) == [b"by a worker"]


@on_s3
def test_a_dataset_is_written_and_read_by_url_and_by_file_system(found: Files) -> None:
    import fsspec
    import ray

    data = ray.data.range(1000, override_num_blocks=4).materialize()
    data.write_parquet("fsspec+storage://prod/sets/by-url")
    data.write_parquet("prod/sets/by-fs", filesystem=fsspec.filesystem("storage"))
    data.write_parquet("below/by-store", filesystem=get_store("staging").fs)
    data.write_csv("fsspec+storage://staging/csv")
    assert len(get_store("prod").fs.ls("sets/by-url")) == 4
    for read in (
        lambda: ray.data.read_parquet("fsspec+storage://prod/sets/by-url"),
        lambda: ray.data.read_parquet("prod/sets/by-fs", filesystem=fsspec.filesystem("storage")),
        lambda: ray.data.read_parquet("below/by-store", filesystem=get_store("staging").fs),
        lambda: ray.data.read_csv("fsspec+storage://staging/csv"),
    ):
        assert sorted(read().to_pandas().id) == [*range(1000)]


@on_s3
def test_two_names_and_two_files_meet_in_one_dataset(found: Files) -> None:
    import fsspec
    import pandas as pd
    import ray

    here, there = (fsspec.filesystem("storage", config_path=c) for c in (None, found.other))
    places = [(here, "prod"), (here, "staging"), (there, "prod"), (there, "staging")]
    for number, (fs, name) in enumerate(places):
        fs.pipe(f"{name}/same/x.parquet", pd.DataFrame({"x": [number] * 2}).to_parquet())
    sets = [ray.data.read_parquet(f"{name}/same", filesystem=fs) for fs, name in places]
    assert sorted(sets[0].union(*sets[1:]).to_pandas().x) == [0, 0, 1, 1, 2, 2, 3, 3]
    urls = [f"fsspec+storage://{name}/same" for name in ("prod", "staging")]
    assert sorted(ray.data.read_parquet(urls).to_pandas().x) == [0, 0, 1, 1]
    found.assert_not_told_by(here, there, *map(repr, sets), *(s.stats() for s in sets))


@on_s3
def test_a_path_that_ray_does_not_know_is_left_out_of_a_list(found: Files) -> None:
    # See docs/tools/ray.md. When this fails, take the warning there out.
    import pandas as pd
    import ray

    for name, value in (("prod", 1), ("staging", 2)):
        frame = pd.DataFrame({"x": [value]}).to_parquet()
        get_store(name).fs.pipe("x.parquet", frame)
    urls = ["storage://prod/x.parquet", "fsspec+storage://staging/x.parquet"]
    assert ray.data.read_parquet(urls).to_pandas().x.tolist() == [2]


def test_an_edited_configuration_counts_at_the_next_reading(found: Files) -> None:
    assert _on_cluster(_write, "storage://prod/who")
    Path(found.one).write_text(
        Path(found.one)
        .read_text()
        .replace("[storage.prod]", "[storage.was]")
        .replace("[storage.staging]", "[storage.prod]")
    )
    assert _on_cluster(_missing, "storage://prod/who") == [True]
    assert _on_cluster(_read, "storage://was/who") == [b"storage://prod/who"]


def _missing(path: str) -> bool:
    import fsspec

    return not fsspec.filesystem("storage").exists(path)


def test_what_a_worker_raises_arrives_as_both_families(found: Files) -> None:
    from storage_core import BlobNotFound

    with pytest.raises(FileNotFoundError) as missing:
        _on_cluster(_read, "storage://prod/no/such")
    assert isinstance(missing.value, BlobNotFound)


def test_nothing_is_lost_when_a_worker_is_killed_meanwhile(found: Files) -> None:
    import ray

    remote = ray.remote(num_cpus=1, max_retries=3)(_write)
    paths = [f"storage://prod/survived/{number}" for number in range(100)]
    tasks = [remote.remote(path) for path in paths]
    (first,), rest = ray.wait(tasks)
    os.kill(ray.get(first), signal.SIGKILL)
    assert ray.wait(rest, num_returns=len(rest), timeout=0)[1]
    ray.get(tasks)
    fs = get_store("prod").fs
    assert len(fs.find("survived")) == 100
    found_there = fs.cat([f"survived/{number}" for number in range(100)])
    assert sorted(found_there.values()) == sorted(path.encode() for path in paths)


@on_s3
def test_secrets_are_in_no_object_and_no_log_of_the_cluster(found: Files) -> None:
    import fsspec
    import ray

    marker = os.urandom(16).hex()
    objects = [ray.put(get_store("prod").fs.exists), ray.put(fsspec.filesystem("storage"))]
    objects.append(ray.put(b"x" * 200_000 + marker.encode()))
    data = ray.data.range(100).materialize()
    data.write_parquet("fsspec+storage://prod/told")
    with pytest.raises(FileNotFoundError):
        _on_cluster(_read, "storage://prod/no/such")
    objects_kept = _memory_of_objects()
    assert marker.encode() in objects_kept, "the test does not see the object store"
    for secret in found.secrets:
        assert secret.encode() not in objects_kept
    logs = b"".join(
        each.read_bytes()
        for each in Path(found.one).parent.glob("ray/**/logs/**/*")
        if each.is_file()
    )
    assert logs
    found.assert_not_told_by(logs, *objects)


def _memory_of_objects() -> bytes:
    """The shared memory of this cluster's object store; all of its processes have the same."""
    import psutil

    for process in psutil.Process().children(recursive=True):
        for descriptor in Path(f"/proc/{process.pid}/fd").glob("*"):
            try:
                if "plasma" in str(descriptor.readlink()):
                    return descriptor.read_bytes()
            except OSError:
                continue  # The process has just ended, or closed it.
    return b""


@pytest.mark.timeout(900)
def test_ten_thousand_small_files_are_written_and_read_back(
    cluster: Path, s3_disk_server: S3Server, tmp_path: Path, figure: Figure
) -> None:
    def run(function: Callable[[scale.Task], int], tasks: list[scale.Task]) -> list[int]:
        return _on_cluster(function, *tasks)

    places = scale.places(s3_disk_server, tmp_path / "scale.toml")
    result = scale.measured(run, places, many=True)
    figure("clusters", "10,000 files of 1 KiB by Ray, 125 in a call, storage://", result)
