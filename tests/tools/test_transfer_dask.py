"""`storage transfer` by a Dask cluster of several processes.

Expected: tasks of a worker that dies run again on another, and the transfer knows nothing of it.
Found (distributed 2026.8.0): so it is, up to `allowed-failures`; what was done by then is found
there and compared, so it counts as skipped.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage_core import StorageUnavailable, Store, TransferEvent, TransferTotals, transfer
from storage_core.transfers import clusters
from tests.cli.conftest import Outcome, storage  # noqa: F401 (a fixture)
from tests.servers.s3 import S3Server
from tests.tools.conftest import s3_table
from tests.transfers.stores import Slow, contents, done, filled, local, odd, of_table, writers

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

pytestmark = [pytest.mark.tools, pytest.mark.timeout(300)]
WORKERS = 2
SECRET = "TRANSFER_DASK_SECRET"


@pytest.fixture(scope="module")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, s3_server: S3Server
) -> Iterator[LocalCluster]:
    """Workers that have the secret of a server, which nobody else here has."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=WORKERS,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        local_directory=str(tmp_path_factory.mktemp("dask")),
        env={SECRET: s3_server.secret_access_key},
    ) as cluster:
        yield cluster


@pytest.fixture
def client(cluster: LocalCluster) -> Iterator[Client]:
    from distributed import Client

    with Client(cluster, set_as_default=False) as client:
        client.wait_for_workers(WORKERS)
        yield client


@pytest.fixture
def source(tmp_path: Path) -> Store:
    return local(tmp_path / "source")


def test_workers_copy_with_secrets_of_their_own(
    client: Client,
    source: Store,
    s3_server: S3Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(SECRET, s3_server.secret_access_key)
    target = of_table({**s3_table(s3_server), "aws_secret_access_key": f"env:{SECRET}"})
    blobs = filled(source, 200)
    events, totals = done(source, target, executor=client.get_executor(pure=False))
    assert (totals.copied, totals.failed) == (200, 0)
    assert contents(target) == blobs
    assert {event.path for event in events} == blobs.keys()
    # The same tasks once more, by an executor that takes equal tasks for one.
    target.delete(min(blobs))
    assert done(source, target, executor=client.get_executor())[1].copied == 1
    told = [client.get_worker_logs(), client.get_scheduler_logs(), client.scheduler_info()]
    assert s3_server.secret_access_key not in str(told)


def test_a_worker_that_is_killed_costs_nothing_but_time(
    client: Client, source: Store, tmp_path: Path
) -> None:
    blobs = filled(source, 600, 1)
    target = odd(Slow, tmp_path / "target")
    killed = False
    failed = []
    events = transfer(source, target, executor=client.get_executor(pure=False), jobs=2)
    for event in events:
        if isinstance(event, TransferTotals):
            totals = event
        elif event.outcome == "failed":
            failed.append(event)
        elif event.outcome == "copied" and not killed:
            os.kill(writers(target)[0], signal.SIGKILL)
            killed = True
    assert killed
    assert not failed
    assert totals.copied + totals.skipped == 600
    assert contents(target) == blobs
    client.wait_for_workers(WORKERS)


def test_the_command_has_a_cluster_copy(
    cluster: LocalCluster,
    source: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    storage: Callable[..., Outcome],  # noqa: F811
) -> None:
    file = tmp_path / "storage.toml"
    file.write_text(
        f'[storage.here]\ntype = "local"\nstorage_path = "{tmp_path}/source"\n'
        f'[storage.there]\ntype = "local"\nstorage_path = "{tmp_path}/target"\n'
    )
    monkeypatch.setenv("STORAGE_CONFIG", str(file))
    blobs = filled(source, 100)
    outcome = storage("transfer", "here", "there", "--dask", cluster.scheduler_address)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("100 blobs (")
    assert contents(local(tmp_path / "target")) == blobs


def test_a_scheduler_that_is_not_there_is_one_line(
    server_down_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "_SECONDS_TO_REACH", 1)
    address = server_down_url.replace("http", "tcp")
    with (
        pytest.raises(StorageUnavailable, match="no Dask scheduler answers at tcp://127"),
        clusters.dask(address),
    ):
        pass


def test_a_worker_without_the_secret_says_so(
    client: Client, source: Store, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLY_HERE", s3_server.secret_access_key)
    target = of_table({**s3_table(s3_server), "aws_secret_access_key": "env:ONLY_HERE"})
    filled(source, 3)
    events = [*transfer(source, target, executor=client.get_executor(pure=False))]
    failed = [e for e in events if isinstance(e, TransferEvent) and e.outcome == "failed"]
    assert len(failed) == 3
    assert all("ONLY_HERE" in str(event.error) for event in failed)
