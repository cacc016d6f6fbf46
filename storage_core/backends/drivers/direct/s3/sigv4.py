"""AWS's signature, version 4, of a request to S3."""

from __future__ import annotations

import time
from hashlib import sha256
from hmac import digest
from typing import Final, NamedTuple

from storage_core.backends.remote.faults import BadSettings

EMPTY: Final = sha256(b"").hexdigest()
"""The digest of no bytes."""

_UNSIGNED: Final = frozenset(
    {
        "accept-encoding",  # Google's front changes it.
        "authorization",
        "connection",
        "content-length",
        "expect",
        "transfer-encoding",
        "user-agent",
    }
)
"""Headers that are not signed, since proxies on the way may change them."""


class Keys(NamedTuple):
    """The keys that requests are signed with."""

    key: str
    secret: str
    token: str | None = None

    def __repr__(self) -> str:
        """Without secrets, so that it can be logged."""
        return f"{type(self).__name__}({self.key!r})"


class Signer:
    """Signs requests with one pair of keys."""

    def __init__(self, keys: Keys) -> None:
        """Derive nothing yet.

        Raises:
            BadSettings: they come from a variable with bytes that are not text.
        """
        try:
            "".join(filter(None, keys)).encode()
        except UnicodeEncodeError:
            # The original error holds the whole key.
            raise BadSettings("the credentials for AWS are no text") from None
        self.keys = keys
        self._derived: tuple[str, str, bytes] = ("", "", b"")
        """A day, a region and the signing key for both: deriving it takes four digests."""

    def sign(
        self,
        method: str,
        path: str,
        query: str,
        headers: dict[str, str],
        *,
        payload: str,
        region: str,
    ) -> None:
        """Add the signature to the headers.

        Args:
            method: in capitals.
            path: percent-encoded, as it is sent.
            query: its parameters percent-encoded and sorted.
            headers: with names in lower case, `host` among them.
            payload: the digest of the body.
            region: to sign for.
        """
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time()))
        headers["x-amz-date"] = now
        headers["x-amz-content-sha256"] = payload
        if self.keys.token:
            headers["x-amz-security-token"] = self.keys.token
        names = sorted(name for name in headers if name not in _UNSIGNED)
        signed = ";".join(names)
        lines = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in names)
        request = f"{method}\n{path}\n{query}\n{lines}\n{signed}\n{payload}"
        scope = f"{now[:8]}/{region}/s3/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{sha256(request.encode()).hexdigest()}"
        signature = digest(self.key_of(now[:8], region), text.encode(), "sha256").hex()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.keys.key}/{scope}, "
            f"SignedHeaders={signed}, Signature={signature}"
        )

    def key_of(self, day: str, region: str) -> bytes:
        """The signing key for a day and a region."""
        known = self._derived
        if known[0] == day and known[1] == region:
            return known[2]
        key = f"AWS4{self.keys.secret}".encode()
        for part in (day, region, "s3", "aws4_request"):
            key = digest(key, part.encode(), "sha256")
        self._derived = day, region, key
        return key
