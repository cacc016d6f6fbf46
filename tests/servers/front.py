"""A server in front of another one, to test with a server that differs a little from the real one.

It passes requests on, except for those that a test has it answer itself.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, TypeAlias
from urllib.parse import urlsplit

from tests.servers.process import HOST


class Asked(NamedTuple):
    """One request, without its body."""

    method: str
    path: str
    """The path with its query."""

    headers: Message


class Reply(NamedTuple):
    """An answer in place of the server's."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Rule: TypeAlias = Callable[[Asked], Reply | None]
"""Returns the answer to a request, or None to pass it on."""


@dataclass
class Front:
    """A running server: its address, and the requests so far."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    def methods(self) -> list[str]:
        """The methods of the requests so far."""
        return [each.method for each in self.asked]


@contextmanager
def front_of(url: str, rule: Rule) -> Iterator[Front]:
    """A server on a free port in front of the one at `url`, which has to speak plain HTTP."""
    behind = urlsplit(url).netloc
    front = Front()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def __getattr__(self, name: str) -> Callable[[], None]:
            if not name.startswith("do_"):
                raise AttributeError(name)
            return self._serve

        def _serve(self) -> None:
            asked = Asked(self.command, self.path, self.headers)
            front.asked.append(asked)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = rule(asked) or self._handed_on(body)
            self.send_response_only(reply.status)
            for name, value in reply.headers:
                if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                    self.send_header(name, value)
            length = len(reply.body)
            if self.command == "HEAD":
                given = {name.lower(): value for name, value in reply.headers}
                length = int(given.get("content-length", 0))
            self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        def _handed_on(self, body: bytes) -> Reply:
            connection = http.client.HTTPConnection(behind, timeout=30)
            try:
                # With the client's own Host header, which is part of the signature.
                connection.putrequest(
                    self.command, self.path, skip_host=True, skip_accept_encoding=True
                )
                for name, value in self.headers.items():
                    connection.putheader(name, value)
                connection.endheaders(body)
                answer = connection.getresponse()
                return Reply(answer.status, answer.read(), tuple(answer.getheaders()))
            finally:
                connection.close()

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        front.url = f"http://{HOST}:{server.server_address[1]}"
        try:
            yield front
        finally:
            server.shutdown()
            thread.join()
