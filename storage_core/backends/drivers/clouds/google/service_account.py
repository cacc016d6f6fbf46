"""Tokens for a service account, by the key in its JSON.

google-auth can do the same, but importing it takes 75 ms of processor time, and proving that the
numbers of the key are prime another 33, of 150 for a whole process that writes and reads one blob.
Everything but the usual type of account is left to google-auth.
"""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from json import dumps, loads
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.clouds.google.asking import Asking

UNIVERSE: Final = "googleapis.com"
_AUDIENCE: Final = "https://oauth2.googleapis.com/token"
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SECONDS: Final = 3600
_PASSING: Final = frozenset({"internal_failure", "server_error", "temporarily_unavailable"})


class NoToken(Exception):
    """The server gives no token."""

    def __init__(self, said: str, *, retryable: bool = False) -> None:
        """Take what the server says.

        Args:
            said: the server's words.
            retryable: whether the next attempt may succeed.
        """
        super().__init__(said)
        self.retryable = retryable


class ServiceAccount:
    """A service account, with those members of google-auth's credentials that are used here."""

    universe_domain = UNIVERSE

    def __init__(self, info: Mapping[str, Any], scope: str) -> None:
        """Read the key.

        Args:
            info: the JSON.
            scope: what the tokens are for.

        Raises:
            ValueError: the key is damaged.
            KeyError: something is missing.
        """
        from storage_core.backends.drivers.clouds.google.rsa_key import Key

        self.signer_email: str = info["client_email"]
        self._url: str = info["token_uri"]
        self._scope = scope
        self._key = Key(info["private_key"])
        self._key_id = info.get("private_key_id")
        self.project_id: str | None = info.get("project_id")
        self.quota_project_id: str | None = None
        self.token: str | None = None
        self.ends: float | None = None
        """When the token expires, in seconds since 1970."""

    def with_quota_project(self, project: str) -> ServiceAccount:
        """The same account, whose requests are charged to another project."""
        from copy import copy

        other = copy(self)
        other.quota_project_id = project
        return other

    def apply(self, headers: dict[str, str], token: str) -> None:
        """Add the token to the headers of a request."""
        headers["authorization"] = f"Bearer {token}"
        if self.quota_project_id:
            headers["x-goog-user-project"] = self.quota_project_id

    def refresh(self, asking: Asking) -> None:
        """Get a token.

        Raises:
            NoToken: the server refuses one.
            Lost: there is no answer.
        """
        now = time.time()
        body = urlencode({"assertion": self.assertion(int(now)), "grant_type": _GRANT}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = asking(self._url, "POST", body, headers)
        try:
            found = loads(answer.data)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise NoToken(f"it answered {answer.status}, not in JSON")
        if answer.status != 200:
            raise _none(found)
        token, seconds = found.get("access_token"), found.get("expires_in")
        if not isinstance(token, str):
            raise NoToken("there is none in its answer")
        self.ends = None if seconds is None else now + float(seconds)
        self.token = token

    def sign_bytes(self, data: bytes) -> bytes:
        """Sign by RSASSA-PKCS1-v1_5 with SHA-256, with the key of the account."""
        return self._key.signature(data)

    def assertion(self, now: int) -> str:
        """The signed assertion (RFC 7523) that requests a token.

        Args:
            now: seconds since 1970.
        """
        header = {"typ": "JWT", "alg": "RS256"}
        if self._key_id is not None:
            header["kid"] = self._key_id
        claims = {
            "iat": now,
            "exp": now + _SECONDS,
            "iss": self.signer_email,
            "aud": _AUDIENCE,
            "scope": self._scope,
        }
        signed = f"{_encoded(dumps(header).encode())}.{_encoded(dumps(claims).encode())}"
        return f"{signed}.{_encoded(self._key.signature(signed.encode()))}"


def is_plain(info: Mapping[str, Any]) -> bool:
    """Whether JSON is that of the usual type of service account."""
    return bool(info.get("universe_domain", UNIVERSE) == UNIVERSE)


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _none(found: dict[str, Any]) -> NoToken:
    """The error for an answer without a token."""
    error, said = found.get("error"), found.get("error_description")
    if isinstance(error, dict):
        error = error.get("message")
    words = ": ".join(each for each in (error, said) if isinstance(each, str))
    passing = not _PASSING.isdisjoint(each for each in (error, said) if isinstance(each, str))
    return NoToken(words or dumps(found), retryable=passing)
