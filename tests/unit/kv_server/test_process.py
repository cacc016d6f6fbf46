"""The KV server as a process: killed, stopped, and asked by a hundred clients at once."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_bytes, token_hex
from urllib.parse import urlsplit

import pytest

from storage_core.backends.drivers.kv import open_kv
from storage_core.blobpath import blob_path
from storage_core.errors import StorageError
from tests.children import FORKING
from tests.servers.kv import kv_command, kv_environment
from tests.stores.backends.calls import listed


@contextmanager
def started(folder: Path, token: str = "") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The server's process and its API address, once it can be reached."""
    with subprocess.Popen(
        kv_command(folder),
        env={**os.environ, **kv_environment(token)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        try:
            assert address.startswith("http://127.0.0.1:")
            yield process, address
        finally:
            process.kill()


def test_no_acknowledged_write_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    """Eight clients write; the server is killed once 50 writes have been acknowledged."""
    acknowledged: dict[str, bytes] = {}
    enough, killed = threading.Event(), threading.Event()

    def write(address: str) -> None:
        backend = open_kv(address, token=None, timeout=0.5)
        while not killed.is_set():
            key, data = blob_path(f"results/{token_hex(8)}"), token_bytes(20_000)
            # On a busy machine one may take too long.
            with suppress(StorageError):
                backend.put(key, data, overwrite=True)
                acknowledged[key] = data
            if len(acknowledged) >= 50:
                enough.set()
        backend.close()

    with started(tmp_path / "values") as (process, address), ThreadPoolExecutor(8) as pool:
        for _ in range(8):
            pool.submit(write, address)
        try:
            assert enough.wait(30)
        finally:
            process.kill()
            killed.set()

    with started(tmp_path / "values") as (_, address):
        backend = open_kv(address, token=None, timeout=10)
        assert len(acknowledged) >= 50
        assert all(backend.get(key) == data for key, data in acknowledged.items())
        # What was under way is there whole, or not at all.
        for blob in listed(backend, "results"):
            assert len(backend.get(blob_path(blob.path))) == 20_000
        backend.close()


def test_no_torn_value_is_left_when_the_server_is_killed_in_mid_body(tmp_path: Path) -> None:
    """Both ways of taking a body in: a small one through memory, a large one through a file."""
    with started(tmp_path / "values") as (process, address), ExitStack() as connections:
        for length in (1000, 50_000_000):
            head = f"POST /results-{length} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n"
            connection = connections.enter_context(
                socket.create_connection(("127.0.0.1", _port(address)))
            )
            # Far more than the buffers between the two hold: the server has read most of it.
            connection.sendall(head.encode() + b'"' + b"a" * (length - 2))
        process.kill()
        process.wait()
    with started(tmp_path / "values") as (_, address):
        backend = open_kv(address, token=None, timeout=10)
        assert listed(backend, "results") == []
        backend.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly_after_the_request_that_is_being_served(
    tmp_path: Path, number: signal.Signals
) -> None:
    with started(tmp_path / "values") as (process, address):
        idle, busy = (HTTPConnection("127.0.0.1", _port(address), timeout=10) for _ in range(2))
        idle.request("GET", "/")
        assert idle.getresponse().read() == b"[]"
        busy.putrequest("POST", "/results-x")
        busy.putheader("Content-Length", "6")
        busy.putheader("Expect", "100-continue")
        busy.endheaders()
        assert busy.sock.recv(100).startswith(b"HTTP/1.1 100")
        process.send_signal(number)
        # The idle one is closed, which says that the signal has arrived.
        assert idle.sock.recv(1) == b""
        busy.send(b'"last"')
        answer = busy.getresponse()
        assert answer.status == 200
        assert answer.getheader("Connection") == "close"
        answer.read()
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
        idle.close()
        busy.close()
    assert (tmp_path / "values" / "results" / "x").read_bytes() == b'"last"'


def test_a_hundred_clients_are_served_at_once(tmp_path: Path) -> None:
    everyone = threading.Barrier(100)
    token = token_hex(16)

    def use(address: str) -> bool:
        backend = open_kv(address, token=token, timeout=30)
        backend.check()
        everyone.wait(60)
        blobs = {blob_path(f"flows/{token_hex(8)}"): token_bytes(500) for _ in range(5)}
        for key, data in blobs.items():
            backend.put(key, data, overwrite=False)
        same = all(backend.get(key) == data for key, data in blobs.items())
        backend.close()
        return same

    with started(tmp_path / "values", token) as (_, address), ThreadPoolExecutor(100) as pool:
        assert all(pool.map(use, [address] * 100))
    assert len(list((tmp_path / "values" / "flows").iterdir())) == 500


def test_its_client_says_nothing_when_its_process_ends_without_closing_it(tmp_path: Path) -> None:
    """Neither in a process that just ends, nor in its fork, nor when the backend is forgotten."""
    script = """
import os, sys
from storage_core.backends.drivers.kv import open_kv
from storage_core.blobpath import BlobPath, blob_path
key = blob_path("results/x")
store = open_kv(sys.argv[1], token=None, timeout=10)
store.put(key, b"x", overwrite=True)
forgotten = open_kv(sys.argv[1], token=None, timeout=10)
forgotten.get(key)
del forgotten
child = os.fork()
assert store.get(key) == b"x"
if child:
    assert os.waitpid(child, 0)[1] == 0
    assert store.get(key) == b"x"
"""
    with started(tmp_path / "values") as (_, address):
        done = subprocess.run(
            [sys.executable, *FORKING, "-c", script, address],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def _port(address: str) -> int:
    return urlsplit(address).port or 0


def test_out_of_descriptors_it_waits_says_so_and_recovers(tmp_path: Path) -> None:
    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))

    with subprocess.Popen(
        kv_command(tmp_path / "values"),
        env={**os.environ, **kv_environment("")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=few,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            place = urlsplit(process.stdout.readline().strip())
            assert place.port is not None
            with ExitStack() as connections:
                for _ in range(60):
                    address = ("127.0.0.1", place.port)
                    connections.enter_context(socket.create_connection(address, timeout=10))
                said = process.stderr.readline()
                assert "no connection can be taken: Too many open files" in said
                before = _processor_time(process.pid)
                time.sleep(1)
                assert _processor_time(process.pid) - before < 0.3
            client = HTTPConnection("127.0.0.1", place.port, timeout=30)
            client.request("GET", "/")
            assert client.getresponse().status == 200
            client.close()
        finally:
            process.kill()
        assert process.stderr.read().count("no connection can be taken") == 0


def _processor_time(pid: int) -> float:
    """Seconds of the processor that a process has used; 0 where there is no /proc."""
    times = Path(f"/proc/{pid}/stat")
    if not times.exists():
        return 0.0
    fields = times.read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
