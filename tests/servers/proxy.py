"""A forward proxy as companies have it: CONNECT for https, whole URLs for http, with a user or not.

It remembers the requests, and can refuse them.
"""

from __future__ import annotations

import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.servers.accepting import accepting
from tests.servers.process import HOST
from tests.servers.tls import joined


@dataclass
class ForwardProxy:
    """A running proxy: its address, and the requests so far."""

    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    refusal: str = ""
    """Status and reason of its answer to every request, such as "403 Forbidden"; empty: none."""

    asked: list[str] = field(default_factory=list)
    """The first line of each request."""

    @property
    def url(self) -> str:
        """Its URL for a variable, with the user and the password if it asks for them."""
        signed = f"{self.user}:{self.password}@" if self.user else ""
        return f"http://{signed}{HOST}:{self.port}"

    @property
    def bare_url(self) -> str:
        """Its URL without the user and the password."""
        return f"http://{HOST}:{self.port}"


@contextmanager
def forward_proxy(user: str = "", password: str = "", refusal: str = "") -> Iterator[ForwardProxy]:
    """A proxy on a free port."""
    proxy = ForwardProxy(0, user, password, refusal)
    wanted = f"proxy-authorization: basic {b64encode(f'{user}:{password}'.encode()).decode()}"

    def serve(client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            data = client.recv(65536)
            if not data:
                return
            head += data
        first, *headers = head.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        proxy.asked.append(first)
        refusal = proxy.refusal
        if user and wanted.lower() not in (line.lower() for line in headers):
            refusal = "407 Proxy Authentication Required"
        if refusal:
            more = 'Proxy-Authenticate: Basic realm="x"\r\n' if refusal.startswith("407") else ""
            rest = "Content-Length: 0\r\nConnection: close\r\n\r\n"
            client.sendall(f"HTTP/1.1 {refusal}\r\n{more}{rest}".encode())
            return
        method, target, version = first.split(" ")
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            with socket.create_connection((host, int(port))) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                joined(client, server)
            return
        parts = urlsplit(target)
        path = parts._replace(scheme="", netloc="").geturl() or "/"
        with socket.create_connection((parts.hostname or HOST, parts.port or 80)) as server:
            # One request for each connection: the next one might be for another host.
            kept = [
                line for line in headers if not line.lower().startswith(("proxy-", "connection:"))
            ]
            lines = [f"{method} {path} {version}", *kept, "Connection: close"]
            server.sendall("\r\n".join([*lines, "", ""]).encode() + head.partition(b"\r\n\r\n")[2])
            joined(client, server)

    with accepting(serve, threading.Event()) as port:
        proxy.port = port
        yield proxy
