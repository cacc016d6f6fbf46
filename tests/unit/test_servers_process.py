"""The helper under every test server: start, failure, stop."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.servers.process import HOST, ServerError, free_port, running


def _answers(port: int) -> None:
    urlopen(f"http://{HOST}:{port}", timeout=5).close()


def _http_server(port: int) -> list[str | Path]:
    return [sys.executable, "-m", "http.server", "--bind", HOST, str(port)]


def test_a_server_answers_while_it_runs_and_is_gone_afterwards(tmp_path: Path) -> None:
    port = free_port()
    ready = lambda: _answers(port)  # noqa: E731
    with running(_http_server(port), log=tmp_path / "http.log", ready=ready) as process:
        _answers(port)
    assert process.returncode == -signal.SIGTERM
    with pytest.raises(URLError, match="refused"):
        _answers(port)


def test_a_server_that_cannot_start_fails_with_what_it_printed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no room at the inn')"]
    server = running(command, log=tmp_path / "inn.log", ready=lambda: _answers(free_port()))
    with (
        pytest.raises(ServerError, match=r"(?s)inn ended at once with exit code 1.*no room"),
        server,
    ):
        pytest.fail("the server counts as running")


def test_a_server_that_ends_during_the_tests_is_reported(tmp_path: Path) -> None:
    port = free_port()
    ready = lambda: _answers(port)  # noqa: E731
    server = running(_http_server(port), log=tmp_path / "http.log", ready=ready)
    process = server.__enter__()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with pytest.raises(ServerError, match="http ended during the tests"):
        server.__exit__(None, None, None)


def test_a_server_that_is_down_refuses_connections(server_down_url: str) -> None:
    with pytest.raises(URLError, match="refused"):
        urlopen(server_down_url, timeout=5)
