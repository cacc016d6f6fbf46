"""A folder of 2 GiB as flow code, there and back: memory does not grow with it."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path
from secrets import token_bytes
from shutil import rmtree

import pytest

from storage_core import LocalStorage, S3Storage, StorageConfiguration, open_store
from tests.figures import Figure
from tests.servers.s3 import S3Server
from tests.unit.archive.folders import filled

MIB = 1024 * 1024

CHILD = """
import json, pickle, sys, time
store = pickle.load(sys.stdin.buffer)
folder, target, compression = sys.argv[1:]

def peak():
    with open("/proc/self/status") as status:
        return int(status.read().partition("VmHWM:")[2].split()[0]) / 1024

begun = time.monotonic()
before = peak()
key = store.save_flow(folder, compression=compression or None)
saved = time.monotonic()
names = store.load_flow(key, target)
print(json.dumps({
    "key": key, "files": len(names), "before": before, "peak": peak(),
    "saved": saved - begun, "loaded": time.monotonic() - saved,
}))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """2 GiB: one file of 1 GiB, and 4,096 of 256 KiB."""
    folder = tmp_path_factory.mktemp("large") / "flow"
    piece = token_bytes(MIB)
    folder.mkdir()
    with (folder / "model.bin").open("wb") as file:
        for _ in range(1024):
            file.write(piece)
    for number in range(4096):
        filled(folder, {f"data/{number % 64}/{number}.bin": piece[: 256 * 1024]})
    yield folder
    # Pytest would keep those of three runs.
    rmtree(folder)


@pytest.mark.reliability
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("compression", ["", "zstd"])
@pytest.mark.parametrize("where", ["local", "s3"])
def test_2_gib_go_there_and_back_in_bounded_memory(
    folder: Path,
    tmp_path: Path,
    where: str,
    compression: str,
    request: pytest.FixtureRequest,
    figure: Figure,
) -> None:
    configuration: StorageConfiguration = LocalStorage(storage_path=str(tmp_path / "stored"))
    if where == "s3":
        server: S3Server = request.getfixturevalue("s3_disk_server")
        configuration = S3Storage(
            bucket=server.new_bucket(),
            aws_access_key_id=server.access_key_id,
            aws_secret_access_key=server.secret_access_key,
            endpoint_url=server.endpoint_url,
            timeout=60,
        )
    store = open_store(configuration)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, folder, tmp_path / "out", compression],
        input=pickle.dumps(store),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    kind = compression or "plain"
    figure(
        "flow code",
        f"2 GiB, {kind}, {where}: peak memory; saving; loading",
        f"{found['peak']:.0f} MiB ({found['before']:.0f} before); {found['saved']:.0f} s; "
        f"{found['loaded']:.0f} s",
    )
    assert found["files"] == 4097
    assert found["peak"] < found["before"] + 128
    with (folder / "model.bin").open("rb") as one, (tmp_path / "out/model.bin").open("rb") as two:
        assert file_digest(one, "sha256").digest() == file_digest(two, "sha256").digest()
    store.backend.delete(found["key"])
    rmtree(tmp_path / "out")
