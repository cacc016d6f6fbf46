"""`storage write` from a pipe and `storage read` into one: bounded memory, verified, quiet ends."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from storage_core import FileStorage, LocalStorage, S3Storage, open_store
from storage_core.config.file import ConfigFile
from tests.cli.conftest import COMMAND
from tests.servers.s3 import REGION, S3Server

SIZE = 96 * 1024 * 1024
LIMIT = 90 * 1024 * 1024
"""Bytes of memory: what the command takes anyway and a few pieces, but no blob of `SIZE`."""

WITH_DRIVERS = 170 * 1024 * 1024
ZEROS = "import sys; [sys.stdout.buffer.write(bytes(1 << 20)) for _ in range(96)]"


@pytest.fixture
def places(tmp_path: Path, config: Path) -> Path:
    """A file with `local`, and with `hash`, whose names are those of the bytes."""
    file = ConfigFile(config)
    file.add(LocalStorage(storage_path=str(tmp_path / "blobs")), name="local")
    file.add(FileStorage(base_path=str(tmp_path / "hashed")), name="hash")
    return config


# Of the program itself: what a process is told of its children counts the one that it forked from.
_MEASURED = """
import resource, sys
from storage_core.cli import main
code = main(sys.argv[1:])
sys.stdout.flush()
try:
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
except OSError:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak, file=sys.stderr)
sys.exit(code)
"""


def peak(*arguments: str, **streams: Any) -> tuple[int, int, bytes]:
    """The exit code of a command, its peak memory in bytes, and what it wrote or its digest."""
    with subprocess.Popen(
        [sys.executable, "-c", _MEASURED, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **streams,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        digest, short = sha256(), b""
        while piece := child.stdout.read(1 << 20):
            digest.update(piece)
            short = (short + piece)[:200]
        memory = int(child.stderr.read().splitlines()[-1])
    written = short if len(short) < 200 else digest.hexdigest().encode()
    return child.returncode, memory, written


def through(name: str, limit: int) -> None:
    """Write and read a large blob."""
    with subprocess.Popen([sys.executable, "-c", ZEROS], stdout=subprocess.PIPE) as zeros:
        code, memory, key = peak("write", "--to", name, stdin=zeros.stdout)
    assert code == 0
    assert memory < limit
    code, memory, digest = peak("read", key.decode().strip(), "--from", name)
    assert (code, digest) == (0, sha256(bytes(SIZE)).hexdigest().encode())
    assert memory < limit


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("name", ["local", "hash"])
def test_a_large_blob_goes_through_pipes_in_bounded_memory(name: str) -> None:
    through(name, LIMIT)


def test_a_large_blob_goes_through_pipes_to_s3_and_back(
    config: Path, s3_disk_server: S3Server
) -> None:
    ConfigFile(config).add(
        S3Storage(
            bucket=s3_disk_server.new_bucket(),
            endpoint_url=s3_disk_server.endpoint_url,
            region_name=REGION,
            aws_access_key_id=s3_disk_server.access_key_id,
            aws_secret_access_key=s3_disk_server.secret_access_key,
        ),
        name="s3",
    )
    through("s3", WITH_DRIVERS)


def test_the_sizes_of_a_pipe_and_its_blob_agree(places: Path) -> None:
    for size in (0, 16 * 1024 * 1024 - 1, 16 * 1024 * 1024, 17 * 1024 * 1024 + 1):
        data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
        for name in ("local", "hash"):
            wrote = subprocess.run(
                [*COMMAND, "write", "--to", name, "--json"],
                input=data,
                stdout=subprocess.PIPE,
                check=True,
            )
            assert f'"size": {size},'.encode() in wrote.stdout
            with open_store(ConfigFile(places).load()[name]) as store:
                key = next(blob.key for blob in store.list() if blob.size == size)
                assert store.read(key) == data


def test_of_a_damaged_blob_nothing_is_printed(places: Path, tmp_path: Path) -> None:
    with open_store(ConfigFile(places).load()["hash"]) as store:
        key = store.write(bytes(20 * 1024 * 1024))
    with (tmp_path / "hashed" / key).open("r+b") as blob:
        blob.seek(-1, os.SEEK_END)
        blob.write(b"x")
    done = subprocess.run(
        [*COMMAND, "read", key, "--from", "hash"], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"the bytes are not those that were written" in done.stderr
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("name", ["local", "hash"])
def test_a_reader_that_has_enough_ends_it_quietly(places: Path, name: str) -> None:
    with open_store(ConfigFile(places).load()[name]) as store:
        key = store.write(bytes(20 * 1024 * 1024))
    with subprocess.Popen(
        [*COMMAND, "read", key, "--from", name], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.read(10) == bytes(10)
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 0


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_a_file_that_output_is_redirected_to_is_written_on(
    places: Path, tmp_path: Path, path: str
) -> None:
    if not Path(path).exists():
        path = "/dev/fd/1"
    with open_store(ConfigFile(places).load()["local"]) as store:
        key = store.write(b"blob")
    log = tmp_path / "log"
    log.write_bytes(b"before ")
    with log.open("ab") as stdout:
        subprocess.run(
            [*COMMAND, "read", key, "--from", "local", "-o", path], stdout=stdout, check=True
        )
        stdout.write(b" after")
    assert log.read_bytes() == b"before blob after"
