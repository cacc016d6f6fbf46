"""`storage transfer` by a Ray cluster of several processes.

Expected: `ObjectRef.future()` raises what a lost worker leaves, so the task has to go out again.
Found (ray 2.60.0): Ray runs it again itself, three times, before it says so.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import pytest

from storage_core import Store, TransferTotals, transfer
from storage_core.transfers import clusters
from tests.transfers.stores import Slow, contents, done, filled, local, odd, writers

pytestmark = [pytest.mark.tools, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A cluster on this machine; gives its address. Its sockets need a short path."""
    folder = Path(mkdtemp(prefix="ray-", dir="/tmp"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HOME", str(folder))
        environment.setenv("RAY_AUTH_MODE", "disabled")
        import ray

        context: Any = ray.init(
            num_cpus=2,
            include_dashboard=False,
            object_store_memory=100 * 2**20,
            log_to_driver=False,
            _node_ip_address="127.0.0.1",
            _temp_dir=str(folder / "ray"),
        )
        yield context.address_info["gcs_address"]
        ray.shutdown()
    rmtree(folder)


@pytest.fixture
def source(tmp_path: Path) -> Store:
    return local(tmp_path / "source")


def test_workers_copy_and_a_second_run_finds_all_of_it(
    cluster: str, source: Store, tmp_path: Path
) -> None:
    blobs = filled(source, 200)
    target = local(tmp_path / "target")
    with clusters.ray(cluster) as executor:
        assert done(source, target, executor=executor)[1].copied == 200
        assert done(source, target, executor=executor)[1].skipped == 200
    assert contents(target) == blobs


def test_a_worker_that_is_killed_costs_nothing_but_time(
    cluster: str, source: Store, tmp_path: Path
) -> None:
    blobs = filled(source, 600, 1)
    target = odd(Slow, tmp_path / "target")
    killed = False
    with clusters.ray(cluster) as executor:
        for event in transfer(source, target, executor=executor, jobs=2):
            if isinstance(event, TransferTotals):
                totals = event
            elif event.outcome == "copied" and not killed:
                os.kill(writers(target)[0], signal.SIGKILL)
                killed = True
    assert killed
    assert (totals.copied + totals.skipped, totals.failed) == (600, 0)
    assert contents(target) == blobs


def test_the_command_has_a_cluster_copy(cluster: str, source: Store, tmp_path: Path) -> None:
    file = tmp_path / "storage.toml"
    file.write_text(
        f'[storage.here]\ntype = "local"\nstorage_path = "{tmp_path}/source"\n'
        f'[storage.there]\ntype = "local"\nstorage_path = "{tmp_path}/target"\n'
    )
    blobs = filled(source, 100)
    run = subprocess.run(
        [sys.executable, "-m", "storage_core", "transfer", "here", "there", "--ray", cluster],
        env={**os.environ, "STORAGE_CONFIG": str(file), "RAY_AUTH_MODE": "disabled"},
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("100 blobs (")
    assert contents(local(tmp_path / "target")) == blobs
