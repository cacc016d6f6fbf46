"""Servers that give AWS credentials: STS, the SSO portal, a container's and an instance's metadata.

One stand-in for all of them, which makes some of their checks: the external ID of a role, the token
of a session. The credentials that it gives are those of a role on moto, so that they work.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex, token_urlsafe
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from tests.servers.process import HOST
from tests.servers.s3 import S3Server, boto3_client

ROLE: Final = "arn:aws:iam::123456789012:role/storage"
_ALLOW_ALL: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@dataclass
class AWS:
    """The stand-in: its addresses, what it knows, and the requests so far."""

    url: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    """AccessKeyId, SecretAccessKey and SessionToken of a role that S3 knows."""

    external_id: str = field(default_factory=token_hex)
    token: str = field(default_factory=token_urlsafe)
    """The token of the SSO session, of a web identity and of the container."""

    lifetime: timedelta = timedelta(hours=1)
    requests: list[str] = field(default_factory=list)
    """For each request an action of STS, or a method and a path."""

    stalled: threading.Event = field(default_factory=threading.Event)
    """Requests are answered only while this is set."""

    def __post_init__(self) -> None:
        self.stalled.set()

    @property
    def expiration(self) -> datetime:
        """When credentials that are given now expire."""
        return datetime.now(UTC).replace(microsecond=0) + self.lifetime


@contextmanager
def aws(s3: S3Server) -> Iterator[AWS]:
    """The stand-in on a free port, with credentials for `s3`."""
    state = AWS(keys=_role_on(s3))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            state.requests.append(f"{self.command} {path}")
            state.stalled.wait(30)
            self._answer(*_GET.get(path, _unknown)(state, self.headers))

        def do_PUT(self) -> None:
            state.requests.append(f"{self.command} {self.path}")
            state.stalled.wait(30)
            self._answer(200, "text/plain", b"of-the-instance")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = {name: values[0] for name, values in parse_qs(body).items()}
            state.requests.append(asked.get("Action", self.path))
            state.stalled.wait(30)
            self._answer(*(_sts(state, asked) if self.path == "/" else _page))

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        server.daemon_threads = True
        state.url = f"http://{HOST}:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield state
        finally:
            state.stalled.set()
            server.shutdown()
            thread.join()


def _role_on(s3: S3Server) -> dict[str, str]:
    mine = s3.endpoint_url, s3.access_key_id, s3.secret_access_key
    iam, name = boto3_client("iam", *mine), f"role-{token_hex(4)}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_ALLOW_ALL))
    iam.put_role_policy(
        RoleName=name, PolicyName="allow-all", PolicyDocument=json.dumps(_ALLOW_ALL)
    )
    sts = boto3_client("sts", *mine)
    keys = sts.assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="tests")["Credentials"]
    return {name: keys[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")}


_Reply = tuple[int, str, bytes]


def _json(status: int, content: Any) -> _Reply:
    return status, "application/json", json.dumps(content).encode()


_page: Final = (200, "text/html", b"<p>It works!")
"""What another server than STS may answer."""


def _unknown(_state: AWS, _headers: Any) -> _Reply:
    return _json(404, {"message": "nothing is here"})


def _portal(state: AWS, headers: Any) -> _Reply:
    if headers.get("x-amz-sso_bearer_token") != state.token:
        return 401, "application/json", b'{"message": "Session token not found or invalid"}'
    keys = {
        "accessKeyId": state.keys["AccessKeyId"],
        "secretAccessKey": state.keys["SecretAccessKey"],
        "sessionToken": state.keys["SessionToken"],
        "expiration": int(state.expiration.timestamp() * 1000),
    }
    return _json(200, {"roleCredentials": keys})


def _container(state: AWS, headers: Any) -> _Reply:
    if headers.get("Authorization") != state.token:
        return _json(403, {"message": "no such token"})
    return _json(200, _metadata(state))


def _metadata(state: AWS) -> dict[str, str]:
    return {
        "Code": "Success",
        "AccessKeyId": state.keys["AccessKeyId"],
        "SecretAccessKey": state.keys["SecretAccessKey"],
        "Token": state.keys["SessionToken"],
        "Expiration": f"{state.expiration:%Y-%m-%dT%H:%M:%SZ}",
    }


_INSTANCE: Final = "/latest/meta-data/iam/security-credentials/"
_GET: Final[dict[str, Callable[[AWS, Any], _Reply]]] = {
    "/federation/credentials": _portal,
    "/container": _container,
    _INSTANCE: lambda _state, _headers: (200, "text/plain", b"worker"),
    f"{_INSTANCE}worker": lambda state, _headers: _json(200, _metadata(state)),
}


def _sts(state: AWS, asked: dict[str, str]) -> _Reply:
    action = asked.get("Action", "")
    if asked.get("ExternalId", state.external_id) != state.external_id:
        return _denied("AccessDenied", f"not authorized to perform: sts:AssumeRole on {ROLE}")
    if asked.get("WebIdentityToken", state.token) != state.token:
        return _denied("InvalidIdentityToken", "No OpenIDConnect provider found")
    keys = "".join(f"<{name}>{value}</{name}>" for name, value in state.keys.items())
    body = (
        f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>'
        f"<Credentials>{keys}<Expiration>{state.expiration:%Y-%m-%dT%H:%M:%SZ}</Expiration>"
        f"</Credentials><AssumedRoleUser><AssumedRoleId>A:b</AssumedRoleId><Arn>{ROLE}</Arn>"
        f"</AssumedRoleUser></{action}Result></{action}Response>"
    )
    return 200, "text/xml", body.encode()


def _denied(code: str, words: str) -> _Reply:
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{words}</Message></Error>"
    return 403, "text/xml", f"{body}</ErrorResponse>".encode()
