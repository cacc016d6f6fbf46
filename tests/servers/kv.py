"""The project's own KV server, with a token. A test gets it from the fixture.

Tests that kill it start it themselves as a program, `python kv.py FOLDER PORT`: the token comes
from `$TEST_KV_TOKEN`, and the API address is printed once clients can connect.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class KVServer:
    """A running KV server that asks for a token."""

    api_address: str
    token: str = field(repr=False)
    folder: Path
    """Where it keeps the values, for what a test has to inspect."""

    def check(self) -> None:
        """Store a value, read it and remove it."""
        url = f"{self.api_address}/results-check"
        headers = {"Authorization": f"Bearer {self.token}"}
        for method, body in (("POST", b'"ready"'), ("GET", None), ("DELETE", None)):
            urlopen(Request(url, data=body, headers=headers, method=method), timeout=5).close()


def kv_command(folder: Path, port: int = 0) -> list[str]:
    """The command that starts a server on `folder`."""
    # -P: the modules beside this one have the names of packages.
    return [sys.executable, "-P", __file__, str(folder), str(port)]


def kv_environment(token: str = "") -> dict[str, str]:
    """The environment variables for the command; with an empty token the server asks for none."""
    return {"TEST_KV_TOKEN": token, "PYTHONPATH": str(ROOT)}


@contextmanager
def kv(folder: Path) -> Iterator[KVServer]:
    """A KV server; its data and its log go into `folder`."""
    from tests.servers.process import HOST, free_port, running

    port = free_port()
    server = KVServer(f"http://{HOST}:{port}", token_hex(16), folder / "kv")
    with running(
        kv_command(server.folder, port),
        log=folder / "kv.log",
        ready=server.check,
        env=kv_environment(server.token),
    ):
        yield server


if __name__ == "__main__":
    from storage_core.kv_server import serve

    serve(
        sys.argv[1],
        port=int(sys.argv[2]),
        token=os.environ["TEST_KV_TOKEN"] or None,
        on_ready=lambda address: print(address, flush=True),
    )
