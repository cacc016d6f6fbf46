"""Many objects deleted in one request."""

from __future__ import annotations

from base64 import b64encode
from hashlib import md5
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from storage_core.backends.drivers.direct.s3.bodies import Broken, undeleted
from storage_core.backends.drivers.direct.s3.client import Request, broken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage_core.backends.drivers.direct.s3.asking import Asking


def deleted(asking: Asking, names: Sequence[str]) -> list[str]:
    """Delete objects; return the names of those left, or that the request could not name."""
    told = [name for name in names if _can_be_told(name)]
    left = [name for name in names if not _can_be_told(name)]
    if not told:
        return left
    objects = "".join(f"<Object><Key>{escape(name)}</Key></Object>" for name in told)
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Quiet>true</Quiet>{objects}</Delete>"
    ).encode()
    digest = b64encode(md5(body, usedforsecurity=False).digest()).decode()
    headers = {"content-md5": digest, "content-type": "application/xml"}
    request = Request("DeleteObjects", "POST", "", "delete=", headers, body)
    reply = asking.read(request)
    try:
        return left + undeleted(reply.body)
    except Broken:
        raise broken(request, reply) from None


def _can_be_told(name: str) -> bool:
    """Whether XML can hold a name: it allows few control characters, and changes line ends."""
    return all(
        "\x20" <= character <= "\ud7ff" or "\ue000" <= character <= "\ufffd" or character > "\uffff"
        for character in name
    )
