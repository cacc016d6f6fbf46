"""Google's sign-in in front of the Cloud Storage emulator, as a program that `gcs.py` starts.

`POST /token` gives a bearer token for the assertion that a service account signed (RFC 7523,
RS256), for the refresh token of a person, and for a subject token of another issuer (RFC 8693). So
does the path of Google's IAM for those who may impersonate another account, and that of the
metadata server for the machine. The clock of `/slow/token` is a day behind, `/gone/token` knows no
account, `/broken/token` and `/silent/token` do what their names say.

Every other request needs such a token, and is passed on to the emulator; without one it gets status
401, as from Google. The proxy adds an object's generation, which the emulator leaves out.
`GET /asked-by` tells which account made the last of these requests; `POST /forget` revokes all
tokens.

    python gcs_proxy.py HOST PORT EMULATOR_URL FILE

FILE is JSON with the `client_email` and the `public_key` of the one service account that is let in,
the `refresh_token` of the one person, and the one `subject_token`.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

import jwt
from aiohttp import ClientSession, TCPConnector, web
from yarl import URL

_AUDIENCE: Final = "https://oauth2.googleapis.com/token"
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_REFRESH: Final = "refresh_token"
_EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
_SECONDS_VALID: Final = 3600
_LARGEST_BODY: Final = 2**31
_HOP_BY_HOP: Final = {"connection", "content-length", "keep-alive", "transfer-encoding", "expect"}


class Refused(Exception):
    """No token is given; has Google's error code and message."""


class Proxy:
    """The handlers, and the tokens given out so far."""

    def __init__(self, emulator: str, allowed: dict[str, str]) -> None:
        self._emulator = emulator
        self._allowed = allowed
        self._tokens: dict[str, str] = {}
        self._last = "nobody"
        self._session: ClientSession | None = None

    async def connect(self, _: web.Application) -> AsyncIterator[None]:
        """Keeps one client session for the life of the server."""
        # The emulator closes each connection after one answer. It serves one at a time and lets
        # five wait; any others could connect only after a second.
        connector = TCPConnector(force_close=True, limit=4)
        async with ClientSession(connector=connector, auto_decompress=False) as self._session:
            yield

    async def token(self, request: web.Request) -> web.Response:
        """Gives a bearer token to a client that proves who it is."""
        way = request.match_info.get("way", "")
        if way == "silent":
            await asyncio.sleep(60)
        if way == "broken":
            return web.json_response({"error": "internal_failure"}, status=503)
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            if way == "gone":
                raise Refused("invalid_grant", "Invalid grant: account not found")
            now = time.time() - 86_400 if way == "slow" else time.time()
            who = self._proven(form, now, str(request.url))
        except Refused as refused:
            error, said = refused.args
            return web.json_response({"error": error, "error_description": said}, status=400)
        return web.json_response(
            {
                "access_token": self._new_token(who),
                "expires_in": _SECONDS_VALID,
                "token_type": "Bearer",
                "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
            }
        )

    def _proven(self, form: dict[str, str], now: float, address: str) -> str:
        """The account that a request for a token comes from.

        Google's library for Go, which rclone uses, has this address itself as the audience.
        """
        grant = form.get("grant_type")
        if grant == _REFRESH:
            if form.get("refresh_token") != self._allowed["refresh_token"]:
                raise Refused("invalid_grant", "Token has been expired or revoked.")
            return "a person"
        if grant == _EXCHANGE:
            if form.get("subject_token") != self._allowed["subject_token"]:
                raise Refused("invalid_grant", "The subject token was not issued here.")
            return "a workload"
        if grant != _GRANT:
            raise Refused("unsupported_grant_type", "not a grant that is known here")
        try:
            claims = jwt.decode(
                form.get("assertion", ""),
                self._allowed["public_key"],
                algorithms=["RS256"],
                audience=(_AUDIENCE, address),
                issuer=self._allowed["client_email"],
                options={
                    "require": ["aud", "exp", "iat", "iss", "scope"],
                    "verify_iat": False,
                    "verify_exp": False,
                },
            )
        except jwt.InvalidTokenError as error:
            raise Refused("invalid_grant", str(error)) from error
        if not claims["iat"] - 600 < now < claims["exp"]:
            raise Refused(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
                "timeframe. Check your iat and exp values in the JWT claim.",
            )
        return str(claims["iss"])

    def _new_token(self, who: str) -> str:
        token = token_urlsafe()
        self._tokens[token] = who
        return token

    async def impersonated(self, request: web.Request) -> web.Response:
        """Gives a person or a workload a token of another account."""
        target = request.match_info["target"]
        if self._who(request) not in ("a person", "a workload") or "forbidden" in target:
            denied = {
                "code": 403,
                "message": "Permission 'iam.serviceAccounts.getAccessToken' denied on resource",
                "status": "PERMISSION_DENIED",
            }
            return web.json_response({"error": denied}, status=403)
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + _SECONDS_VALID))
        return web.json_response({"accessToken": self._new_token(target), "expireTime": expires})

    async def metadata(self, request: web.Request) -> web.Response:
        """Answers as the metadata server of a machine does."""
        google = {"Metadata-Flavor": "Google"}
        if request.headers.get("Metadata-Flavor") != "Google":
            return web.Response(status=403)
        if request.path.endswith("/token"):
            answer = {"access_token": self._new_token("the machine"), "expires_in": _SECONDS_VALID}
            return web.json_response(answer, headers=google)
        if request.path.endswith("universe-domain"):
            return web.Response(status=404, headers=google)
        account = {"email": "default", "aliases": ["default"], "scopes": []}
        return web.json_response(account, headers=google)

    async def subject(self, request: web.Request) -> web.Response:
        """Gives the subject token, as another issuer does."""
        return web.Response(text=self._allowed["subject_token"])

    async def asked_by(self, request: web.Request) -> web.Response:
        """Tells which account made the last request for data."""
        return web.Response(text=self._last)

    async def forget(self, request: web.Request) -> web.Response:
        """Revokes all tokens."""
        self._tokens.clear()
        return web.Response()

    def _who(self, request: web.Request) -> str | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return self._tokens.get(token) if scheme == "Bearer" else None

    async def forward(self, request: web.Request) -> web.Response:
        """Passes a request with a valid token on to the emulator."""
        body = await request.read()
        who = self._who(request)
        self._last = who or "nobody"
        if who is None:
            error = {"error": {"code": 401, "message": "Invalid Credentials"}}
            return web.json_response(error, status=401)
        headers = [(k, v) for k, v in request.headers.items() if k.lower() not in _HOP_BY_HOP]
        assert self._session is not None
        # Not decoded: the %2F in an object's name must not become a slash.
        url = URL(self._emulator + request.raw_path, encoded=True)
        async with self._session.request(
            request.method, url, data=body, headers=headers, allow_redirects=False
        ) as answer:
            kept = [(k, v) for k, v in answer.headers.items() if k.lower() not in _HOP_BY_HOP]
            response = web.Response(status=answer.status, body=await answer.read())
            response.headers.clear()
            response.headers.extend(kept)
        if answer.status in (200, 206) and request.query.get("alt") == "media":
            described = url.with_query({}).with_path(
                url.raw_path.removeprefix("/download"), encoded=True
            )
            async with self._session.get(described, headers=headers) as found:
                if found.status == 200:
                    response.headers["X-Goog-Generation"] = (await found.json())["generation"]
        return response


def main(host: str, port: str, emulator: str, file: str) -> None:
    """Serve until told to stop."""
    allowed = json.loads(Path(file).read_text())
    proxy = Proxy(emulator, allowed)
    app = web.Application(client_max_size=_LARGEST_BODY)
    app.cleanup_ctx.append(proxy.connect)
    app.router.add_post("/token", proxy.token)
    app.router.add_post("/{way:slow|gone|broken|silent}/token", proxy.token)
    app.router.add_post("/iam/{target}:generateAccessToken", proxy.impersonated)
    app.router.add_get("/computeMetadata/{path:.*}", proxy.metadata)
    app.router.add_get("/subject", proxy.subject)
    app.router.add_get("/asked-by", proxy.asked_by)
    app.router.add_post("/forget", proxy.forget)
    app.router.add_route("*", "/{path:.*}", proxy.forward)
    web.run_app(app, host=host, port=int(port), shutdown_timeout=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
