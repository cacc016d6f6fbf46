"""What a transfer needs, whatever its size: memory, and time beside other programs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from storage_core import Store, TransferTotals, transfer
from storage_core.backends.base import Entry
from tests.figures import Figure
from tests.servers.s3 import S3Server
from tests.tools.conftest import s3_table
from tests.transfers.stores import Listing, local, of_table

MIB = 1024 * 1024
ROUNDS = 2

CHILD = """
import pickle, sys
from storage_core import transfer
def held():
    # What getrusage says is more: a child begins with its parent's peak.
    lines = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return int(lines["VmHWM"].split()[0])
source, target = pickle.loads(sys.stdin.buffer.read())
source.read(source.write(b"warm")); [*transfer(source, target, kind="flows")]
before = held()
*_, totals = transfer(source, target)
assert totals.failed == 0, [*_]
print((held() - before) // 1024, totals.bytes)
"""


def grown(source: Store, target: Store) -> tuple[int, int]:
    """How many MiB a process grows by that transfers, and how many bytes it has copied."""
    import pickle

    run = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=pickle.dumps((source, target)),
        capture_output=True,
        timeout=500,
    )
    assert run.returncode == 0, run.stderr.decode()
    mib, size = map(int, run.stdout.split())
    return mib, size


def sparse(folder: Path, size: int) -> None:
    """A large blob that takes no room."""
    (folder / "results").mkdir(parents=True, exist_ok=True)
    with (folder / "results" / f"large-{size}").open("wb") as file:
        file.truncate(size)


@pytest.mark.parametrize(
    ("size", "first", "second"),
    [
        (160 * MIB, "local", "local"),
        pytest.param(2048 * MIB, "local", "local", marks=pytest.mark.reliability),
        pytest.param(1024 * MIB, "local", "s3", marks=pytest.mark.reliability),
        pytest.param(1024 * MIB, "s3", "local", marks=pytest.mark.reliability),
        pytest.param(1024 * MIB, "s3", "s3", marks=pytest.mark.reliability),
    ],
)
@pytest.mark.timeout(600)
def test_a_large_blob_is_not_held_in_memory(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    figure: Figure,
    size: int,
    first: str,
    second: str,
) -> None:
    folder = tmp_path / "first"
    sparse(folder, size)
    source = local(folder)

    def place(kind: str, name: str) -> Store:
        if kind == "local":
            return local(tmp_path / name)
        server: S3Server = request.getfixturevalue("s3_disk_server")
        return of_table({**s3_table(server), "timeout": 60})

    if first == "s3":
        between = place("s3", "between")
        [*transfer(source, between)]
        source = between
    mib, copied = grown(source, place(second, "second"))
    figure(
        "transfer",
        f"a blob of {size // MIB} MiB, {first} to {second}",
        f"memory grows by {mib} MiB",
    )
    assert copied == size + 4
    assert mib < 130


@pytest.mark.reliability
@pytest.mark.timeout(600)
def test_of_a_million_names_only_those_of_the_target_are_held(
    tmp_path: Path, figure: Figure
) -> None:
    count = 1_000_000
    source, target = local(tmp_path / "source"), local(tmp_path / "target")

    def names(_: Iterator[Entry]) -> Iterator[Entry]:
        return (Entry(f"results/{number:032x}", 100) for number in range(count))

    Listing(source, names)
    Listing(target, names)
    tracemalloc.start()
    began = time.perf_counter()
    totals = None
    for event in transfer(source, target, kind="results", dry_run=True):
        totals = event
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(totals, TransferTotals)
    assert totals.skipped == count
    figure(
        "transfer",
        "1,000,000 names on both sides",
        f"at most {peak // MIB} MiB held, {time.perf_counter() - began:.0f} s under tracemalloc",
    )
    assert peak < 320 * MIB


@pytest.mark.reliability
@pytest.mark.timeout(1200)
def test_ten_thousand_small_files_beside_other_programs(
    s3_disk_server: S3Server, tmp_path: Path, figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, folder = s3_disk_server, tmp_path / "source"
    (folder / "results").mkdir(parents=True)
    for number in range(10_000):
        (folder / "results" / f"{number:032x}").write_bytes(b"%d " % number * 200)
    file = tmp_path / "storage.toml"
    monkeypatch.setenv("STORAGE_CONFIG", str(file))
    monkeypatch.setenv("TRANSFER_SECRET", server.secret_access_key)
    for name, value in {
        "ACCESS_KEY_ID": server.access_key_id,
        "SECRET_ACCESS_KEY": server.secret_access_key,
    }.items():
        monkeypatch.setenv(f"RCLONE_S3_{name}", value)
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.endpoint_url)

    def ours(bucket: str) -> list[str]:
        file.write_text(
            f'[storage.here]\ntype = "local"\nstorage_path = "{folder}"\n[storage.there]\n'
            f'type = "s3"\nbucket = "{bucket}"\nendpoint_url = "{server.endpoint_url}"\n'
            f'aws_access_key_id = "{server.access_key_id}"\n'
            'aws_secret_access_key = "env:TRANSFER_SECRET"\n'
        )
        return [sys.executable, "-m", "storage_core", "transfer", "here", "there"]

    def rclone(bucket: str, *flags: str) -> list[str]:
        target = f":s3,provider=Rclone,endpoint='{server.endpoint_url}':{bucket}"
        options = ["--config", os.devnull, "--transfers", "32", "--checkers", "32", *flags]
        return [
            str(Path(sys.executable).with_name("rclone")),
            "copy",
            *options,
            str(folder),
            target,
        ]

    def fsspec(bucket: str) -> list[str]:
        # It returns what it wanted to copy, whatever came of it (fsspec 2026): the bucket tells.
        code = (
            "import sys; from fsspec.generic import rsync; "
            "rsync(f'file://{sys.argv[1]}', f's3://{sys.argv[2]}')"
        )
        return [sys.executable, "-c", code, str(folder), bucket]

    programs = {"ours": ours, "rclone copy": rclone, "fsspec.generic.rsync": fsspec}
    taken: dict[str, list[float]] = {name: [] for name in programs}
    again: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, command in programs.items():
            bucket = server.new_bucket()
            for seconds in (taken[name], again[name]):
                began = time.perf_counter()
                run = subprocess.run(command(bucket), capture_output=True, text=True)
                assert run.returncode == 0, f"{name}: {run.stderr}"
                seconds.append(time.perf_counter() - began)
            target = of_table({**s3_table(server), "bucket": bucket})
            assert sum(1 for _ in target.backend.list()) == 10_000
    base, base_again = median(taken["ours"]), median(again["ours"])
    told = ", ".join(
        f"{name} {median(taken[name]) / base:.2f} (again: {median(again[name]) / base_again:.2f})"
        for name in [*programs][1:]
    )
    figure(
        "transfer",
        "10,000 files of 1 KiB, folder to S3; time of others, ours 1",
        f"{told}; ours {base:.0f} s, again {base_again:.0f} s",
    )
