"""Links to blobs, signed with a key of the account: a service SAS that allows reading one blob."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from hmac import digest
from typing import Final
from urllib.parse import urlencode

from storage_core.backends.base import Link
from storage_core.errors import UnsupportedOperation

VERSION: Final = "2021-12-02"
"""The version of the form of a signature; later versions sign the same text for a blob."""


def linked(url: str, account: str, key: str, container: str, name: str, seconds: int) -> Link:
    """A signed link to a blob, valid from now on.

    Args:
        url: the address of the blob, without a query.
        account: the name of the account.
        key: a key of the account, in base64.
        container: the name of the container.
        name: the name of the blob.
        seconds: how long the link is valid.
    """
    expires = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)
    return Link(f"{url}?{signature(account, key, container, name, expires)}", expires)


def signature(
    account: str,
    key: str,
    container: str,
    name: str,
    expires: datetime,
    *,
    version: str = VERSION,
) -> str:
    """The query that makes a blob's address a signed link; see `linked`."""
    said = {"se": f"{expires:%Y-%m-%dT%H:%M:%SZ}", "sp": "r", "sv": version, "sr": "b"}
    signed = (
        *(said["sp"], "", said["se"], f"/blob/{account}/{container}/{name}"),
        *("", "", "", said["sv"], said["sr"]),
        *[""] * 7,  # Further restrictions, not used: a snapshot, headers of the answer.
    )
    text = "\n".join(signed)
    mac = digest(b64decode(key), text.encode(), "sha256")
    return urlencode({**said, "sig": b64encode(mac).decode()})


def no_key() -> UnsupportedOperation:
    """The error for a link without a key of the account."""
    return UnsupportedOperation(
        "there are no links without an account key: neither a shared access signature nor a "
        "sign-in of Azure's can sign one; give a Connection String with an AccountKey"
    )
