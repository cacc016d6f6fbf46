"""URLs of objects, signed by a service account with Google's signature, version 4."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from storage_core.backends.base import Link
from storage_core.errors import UnsupportedOperation

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.google.service import Service
    from storage_core.backends.drivers.clouds.google.tokens import Tokens

_PORTS: Final = {"http": ":80", "https": ":443"}


def linked(service: Service, tokens: Tokens, bucket: str, name: str, seconds: int) -> Link:
    """A link that is valid from now on.

    Args:
        service: the service with the object.
        tokens: know who signs in.
        bucket: its name, percent-encoded.
        name: of the object.
        seconds: for how long it should be valid.

    Raises:
        UnsupportedOperation: the credentials are not a service account's key.
    """
    account = tokens.service_account
    if account is None:
        raise UnsupportedOperation(
            "there are no links without the key of a service account: no other sign-in of "
            "Google's can sign one; give Service Account Info"
        )
    now = datetime.now(UTC).replace(microsecond=0)
    parts = urlsplit(service.url)
    path = f"{parts.path}/{bucket}/{quote(name, safe='/~')}"
    host = parts.netloc.removesuffix(_PORTS.get(parts.scheme, ""))
    payer = service.payer(tokens)
    query, text = to_be_signed(account.signer_email, host, path, now, seconds, payer)
    signature = account.sign_bytes(text.encode()).hex()
    url = f"{parts.scheme}://{parts.netloc}{path}?{query}&X-Goog-Signature={signature}"
    return Link(url, now + timedelta(seconds=seconds))


def to_be_signed(
    email: str, host: str, path: str, now: datetime, seconds: int, payer: str | None
) -> tuple[str, str]:
    """The query of the URL without its signature, and the text that is signed."""
    moment = f"{now:%Y%m%dT%H%M%SZ}"
    scope = f"{now:%Y%m%d}/auto/storage/goog4_request"
    said: dict[str, Any] = {
        "X-Goog-Algorithm": "GOOG4-RSA-SHA256",
        "X-Goog-Credential": f"{email}/{scope}",
        "X-Goog-Date": moment,
        "X-Goog-Expires": str(seconds),
        "X-Goog-SignedHeaders": "host",
    }
    if payer:
        said["userProject"] = payer
    query = "&".join(f"{name}={quote(said[name], safe='~')}" for name in sorted(said))
    request = f"GET\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    return query, f"GOOG4-RSA-SHA256\n{moment}\n{scope}\n{sha256(request.encode()).hexdigest()}"
