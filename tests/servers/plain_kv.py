"""A key-value server as other people would write it: the two calls of the protocol, and no more.

`POST /KEY` stores a JSON value, `GET /KEY` answers it, or `null` for a key it does not know. A key
is one path segment: any other path is 404, any other method 405. A test gets it from the fixture;
as a program it is `python plain_kv.py HOST PORT`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen


@contextmanager
def plain_kv(folder: Path) -> Iterator[str]:
    """The server's API address; its log goes into `folder`."""
    from tests.servers.process import HOST, free_port, running

    port = free_port()
    url = f"http://{HOST}:{port}"
    # -P: the modules beside this one have the names of packages.
    command = [sys.executable, "-P", __file__, HOST, str(port)]

    def ready() -> None:
        with urlopen(f"{url}/unknown", timeout=5) as response:
            if json.load(response) is not None:
                raise ValueError("an unknown key has a value")

    with running(command, log=folder / "plain-kv.log", ready=ready):
        yield url


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    values: ClassVar[dict[str, bytes]] = {}

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if key := self._key():
            try:
                json.loads(body)
            except ValueError:
                self._answer(HTTPStatus.UNPROCESSABLE_ENTITY, b'"not JSON"')
                return
            self.values[key] = body
            self._answer(HTTPStatus.OK, b"null")

    def do_GET(self) -> None:
        if key := self._key():
            self._answer(HTTPStatus.OK, self.values.get(key, b"null"))

    def _refuse(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(HTTPStatus.METHOD_NOT_ALLOWED, b'"method not allowed"')

    do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = do_PUT = _refuse  # noqa: N815

    def _key(self) -> str | None:
        key = unquote(urlsplit(self.path).path).removeprefix("/")
        if key and "/" not in key:
            return key
        self._answer(HTTPStatus.NOT_FOUND, b'"not found"')
        return None

    def _answer(self, status: HTTPStatus, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), _Handler).serve_forever()
