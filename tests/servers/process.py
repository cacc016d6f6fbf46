"""Starts a server as a process of its own and stops it; every server module here uses this one.

A server is up when a real request to it succeeds, not when its port opens. Its output goes to a
file, whose end is part of the error if the server does not come up or ends during the tests.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
_SECONDS_TO_START = 120
_SECONDS_TO_STOP = 10
_SECONDS_BETWEEN_TRIES = 0.05
_LOG_TAIL = 4000


class ServerError(Exception):
    """A test server did not start, or ended before the tests did."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, and that the system gives to nobody else.

    Until a server listens on it, which takes seconds on a busy machine, others ask for free ports
    too. On Linux a socket can hold the port so that they do not get it but a server can still open
    it; elsewhere the server could not.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind((HOST, 0))
    port = int(holder.getsockname()[1])
    if sys.platform == "linux":
        _held.append(holder)
    else:
        holder.close()
    return port


_held: list[socket.socket] = []


@contextmanager
def closed_port() -> Iterator[int]:
    """A port that refuses connections, and that nobody else can open during the context."""
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        yield int(holder.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str | Path],
    *,
    log: Path,
    ready: Callable[[], object],
    env: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs `command` until the context ends.

    `ready` makes a real request; it raises for as long as the server does not answer properly.
    `log` gets the server's output, and its folder is the server's working directory.

    Raises:
        ServerError: the server did not come up within 120 seconds, or ended before the context.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=log.parent,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(process, ready, log)
        yield process
        if process.poll() is not None:
            raise ServerError(_describe("ended during the tests", process, log))
    finally:
        process.terminate()
        try:
            process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(
    process: subprocess.Popen[bytes], ready: Callable[[], object], log: Path
) -> None:
    last = time.monotonic() + _SECONDS_TO_START
    while True:
        try:
            ready()
        except Exception as error:
            if process.poll() is not None:
                raise ServerError(_describe("ended at once", process, log)) from error
            if time.monotonic() > last:
                text = f"did not answer within {_SECONDS_TO_START} s ({error!r})"
                raise ServerError(_describe(text, process, log)) from error
            time.sleep(_SECONDS_BETWEEN_TRIES)
        else:
            return


def _describe(what: str, process: subprocess.Popen[bytes], log: Path) -> str:
    code = "" if process.returncode is None else f" with exit code {process.returncode}"
    output = log.read_text(errors="replace")[-_LOG_TAIL:]
    return f"the test server {log.stem} {what}{code}; its output:\n{output or '(nothing)'}"
