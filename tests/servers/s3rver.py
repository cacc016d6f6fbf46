"""S3 with peculiarities: s3rver, on the Node that comes as a Python package.

It knows one access key, which is no secret, and accepts any secret with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.servers.node import node
from tests.servers.process import HOST, ServerError, free_port, running
from tests.servers.s3 import Certificate, S3Server

_MAIN: Final = Path(__file__).parent / "s3rver/node_modules/s3rver/bin/s3rver.js"
_KEY: Final = "S3RVER"


@contextmanager
def s3rver(folder: Path, certificate: Certificate | None = None) -> Iterator[S3Server]:
    """An s3rver; its data and its log go into `folder`."""
    if not _MAIN.exists():
        raise ServerError("s3rver is not installed; `make test-servers` sets it up")
    port = free_port()
    scheme = "https" if certificate else "http"
    server = S3Server(
        f"{scheme}://{HOST}:{port}", _KEY, _KEY, certificate.file if certificate else None
    )
    tls = ("--key", certificate.key, "--cert", certificate.file) if certificate else ()
    name = f"s3rver-{scheme}"
    command: list[str | Path] = [
        *(node(), _MAIN, "-d", folder / name, "-a", HOST, "-p", str(port), "-s"),
        *("--no-vhost-buckets", *tls),
    ]
    with running(command, log=folder / f"{name}.log", ready=server.client.list_buckets):
        yield server
