"""Several calls whose credentials are refused at once: all of them go on with the others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socket import socket
from threading import Event

import pytest

from storage_core.blobpath import blob_path
from tests.engines import both, open_s3
from tests.servers.raw_http import RawServer, raw_server, response

EXPIRED = b"<Error><Code>ExpiredToken</Code><Message>The token has expired.</Message></Error>"


@both
def test_who_is_refused_after_others_have_been_found_takes_those(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "credentials"
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(file))
    both_asked, others_are_used = Event(), Event()
    old: list[bytes] = []

    def keep(key: str) -> None:
        file.write_text(f"[default]\naws_access_key_id = {key}\naws_secret_access_key = x\n")

    def answer(server: RawServer, connection: socket) -> None:
        if b"Credential=other/" in server.asked:
            connection.sendall(response("200 OK", b"x"))
            others_are_used.set()
            return
        old.append(server.asked)
        if len(old) == 1:
            keep("other")
            assert both_asked.wait(10)
        else:
            both_asked.set()
            assert others_are_used.wait(10)
        connection.sendall(response("403 Forbidden", EXPIRED))

    keep("first")
    with raw_server(answer) as server, ThreadPoolExecutor(2) as threads:
        backend = open_s3("bucket", endpoint_url=server.url, timeout=20)
        reads = [threads.submit(backend.get, blob_path("results/x")) for _ in range(2)]
        assert [each.result() for each in reads] == [b"x"] * 2
        backend.close()
    assert len(old) == 2
