"""Google's sign-in in front of the Cloud Storage emulator, as a program that `gcs.py` starts.

`POST /token` verifies the assertion that a service account signed (RFC 7523, RS256) and answers a
bearer token. Every other request needs such a token and goes on to the emulator; without, it is
answered 401 as Google does. Of an object it also says which generation of it this is, which the
emulator leaves out.

    python gcs_proxy.py HOST PORT EMULATOR_URL FILE

FILE is JSON with the `client_email` and the `public_key` of the one service account let in.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

import jwt
from aiohttp import ClientSession, TCPConnector, web
from yarl import URL

_AUDIENCE: Final = "https://oauth2.googleapis.com/token"
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SECONDS_VALID: Final = 3600
_LARGEST_BODY: Final = 2**31
_HOP_BY_HOP: Final = {"connection", "content-length", "keep-alive", "transfer-encoding", "expect"}


class Proxy:
    """The two handlers, and the tokens given out so far."""

    def __init__(self, emulator: str, client_email: str, public_key: str) -> None:
        self._emulator = emulator
        self._client_email = client_email
        self._public_key = public_key
        self._tokens: set[str] = set()
        self._session: ClientSession | None = None

    async def connect(self, _: web.Application) -> AsyncIterator[None]:
        """Keeps one client session for the life of the server."""
        # The emulator closes each connection after one answer.
        connector = TCPConnector(force_close=True)
        async with ClientSession(connector=connector, auto_decompress=False) as self._session:
            yield

    async def token(self, request: web.Request) -> web.Response:
        """Gives a bearer token for a valid assertion."""
        form = await request.post()
        try:
            if form.get("grant_type") != _GRANT:
                raise jwt.InvalidTokenError("not a JWT bearer grant")
            jwt.decode(
                str(form.get("assertion")),
                self._public_key,
                algorithms=["RS256"],
                audience=_AUDIENCE,
                issuer=self._client_email,
                options={"require": ["aud", "exp", "iat", "iss", "scope"]},
            )
        except jwt.InvalidTokenError as error:
            answer = {"error": "invalid_grant", "error_description": str(error)}
            return web.json_response(answer, status=400)
        token = token_urlsafe()
        self._tokens.add(token)
        return web.json_response(
            {"access_token": token, "expires_in": _SECONDS_VALID, "token_type": "Bearer"}
        )

    async def forward(self, request: web.Request) -> web.Response:
        """Hands a request with a valid token to the emulator."""
        body = await request.read()
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self._tokens:
            error = {"error": {"code": 401, "message": "Invalid Credentials"}}
            return web.json_response(error, status=401)
        headers = [(k, v) for k, v in request.headers.items() if k.lower() not in _HOP_BY_HOP]
        assert self._session is not None
        # As it came: the %2F in an object's name is not to become a slash.
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
    """Serves until it is told to stop."""
    allowed = json.loads(Path(file).read_text())
    proxy = Proxy(emulator, allowed["client_email"], allowed["public_key"])
    app = web.Application(client_max_size=_LARGEST_BODY)
    app.cleanup_ctx.append(proxy.connect)
    app.router.add_post("/token", proxy.token)
    app.router.add_route("*", "/{path:.*}", proxy.forward)
    web.run_app(app, host=host, port=int(port), shutdown_timeout=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
