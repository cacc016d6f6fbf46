"""Servers that give Azure's tokens: Entra's token endpoint, over TLS, and a machine's metadata.

One stand-in for both, which makes some of their checks: the secret of a service principal, the
secret header of an App Service. azurite accepts its tokens as Entra's.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_hex
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import jwt

from tests.servers.process import HOST

_SECONDS_VALID: Final = 3600
_REFUSALS: Final = {
    "secret": "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the "
    "request is the client secret value. Trace ID: 0 Correlation ID: 0 Timestamp: 2026",
    "client": "AADSTS700016: Application with identifier 'x' was not found in the directory.",
}


@dataclass
class Entra:
    """The stand-in: its addresses, and the credentials that it accepts."""

    url: str = ""
    """The address of the token endpoint, over TLS."""

    machine_url: str = ""
    """The address of a machine's metadata, over plain HTTP."""

    tenant_id: str = field(default_factory=lambda: str(uuid4()))
    client_id: str = field(default_factory=lambda: str(uuid4()))
    client_secret: str = field(default_factory=token_hex, repr=False)
    header: str = field(default_factory=token_hex, repr=False)
    """The secret header that an App Service sends to get a token."""

    requests: list[str] = field(default_factory=list)
    stalled: threading.Event = field(default_factory=threading.Event)
    """Requests are answered only while this is set."""

    status: int = 200
    """The status of its answers; with any other than 200 no token is given."""

    def __post_init__(self) -> None:
        self.stalled.set()

    @property
    def service_principal(self) -> dict[str, str]:
        """The options that sign in as the one service principal that is known."""
        return {
            "tenant_id": self.tenant_id,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "authority": self.url,
        }

    def token(self) -> str:
        """A token with what azurite checks: its audience, its issuer, and how long it is valid."""
        now = int(time.time())
        claims = {
            "aud": "https://storage.azure.com",
            "iss": f"https://sts.windows.net/{self.tenant_id}/",
            "iat": now,
            "nbf": now - 60,
            "exp": now + _SECONDS_VALID,
        }
        return jwt.encode(claims, token_hex(32), algorithm="HS256")


@contextmanager
def entra(certificate: Path, key: Path) -> Iterator[Entra]:
    """The stand-in on two free ports."""
    server = Entra()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            server.requests.append(path)
            server.stalled.wait(30)
            if path.endswith("/openid-configuration"):
                tenant = f"{server.url}/{server.tenant_id}"
                self._answer(
                    200,
                    {
                        "issuer": f"{tenant}/v2.0",
                        "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
                        "token_endpoint": f"{tenant}/oauth2/v2.0/token",
                    },
                )
            elif self._is_of_machine(path):
                self._give()
            else:
                self._answer(400, {"error": "invalid_request"})

        def _is_of_machine(self, path: str) -> bool:
            if path == "/metadata/identity/oauth2/token":
                return "Metadata" in self.headers
            return path == "/msi/token" and self.headers.get("X-IDENTITY-HEADER") == server.header

        def do_POST(self) -> None:
            server.requests.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            server.stalled.wait(30)
            form = {name: values[0] for name, values in parse_qs(body).items()}
            wrong = "client" if form.get("client_id") != server.client_id else "secret"
            if form.get("client_secret") == server.client_secret and wrong == "secret":
                self._give()
            else:
                refusal = {"error": "invalid_client", "error_description": _REFUSALS[wrong]}
                self._answer(401, refusal)

        def _give(self) -> None:
            if server.status != 200:
                self._answer(server.status, {"error": "temporarily_unavailable"})
                return
            ends = int(time.time()) + _SECONDS_VALID
            self._answer(
                200,
                {
                    "access_token": server.token(),
                    "token_type": "Bearer",
                    "expires_in": _SECONDS_VALID,
                    "ext_expires_in": _SECONDS_VALID,
                    "expires_on": str(ends),
                    "resource": "https://storage.azure.com",
                },
            )

        def _answer(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Print nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args: Any) -> None:
            """Print nothing when a client that does not trust it closes the connection."""

    with Quiet((HOST, 0), Handler) as secure, Quiet((HOST, 0), Handler) as plain:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        server.url = f"https://{HOST}:{secure.server_port}"
        server.machine_url = f"http://{HOST}:{plain.server_port}"
        for each in (secure, plain):
            threading.Thread(target=each.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.stalled.set()
        for each in (secure, plain):
            each.shutdown()
