"""S3 on disk: rclone serves a folder, and what is stored survives a restart."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from tests.servers.process import HOST, free_port, running
from tests.servers.s3 import Certificate, S3Server


@contextmanager
def rclone_s3(folder: Path, certificate: Certificate | None = None) -> Iterator[S3Server]:
    """An rclone S3 server; its data and its log go into `folder`."""
    scheme = "https" if certificate else "http"
    data = folder / f"rclone-{scheme}"
    data.mkdir()
    port = free_port()
    server = S3Server(
        f"{scheme}://{HOST}:{port}",
        token_hex(10),
        token_hex(20),
        certificate.file if certificate else None,
    )
    tls = ("--cert", certificate.file, "--key", certificate.key) if certificate else ()
    command: list[str | Path] = [
        Path(sys.executable).with_name("rclone"),
        *("serve", "s3", "--config", os.devnull, "--addr", f"{HOST}:{port}"),
        *("--auth-key", f"{server.access_key_id},{server.secret_access_key}"),
        *(*tls, data),
    ]
    with running(command, log=folder / f"rclone-{scheme}.log", ready=server.client.list_buckets):
        yield server
