"""AWS's signature, version 4, in a URL, with which anybody can read one object for a while."""

from __future__ import annotations

import time
from hashlib import sha256
from hmac import digest
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.direct.s3.endpoint import Endpoint
    from storage_core.backends.drivers.direct.s3.sigv4 import Signer


def presigned(
    signer: Signer, endpoint: Endpoint, path: str, added: Mapping[str, str], seconds: int
) -> str:
    """The signed URL of an object.

    Args:
        signer: has the keys.
        endpoint: the address of the bucket.
        path: of the object below the bucket, percent-encoded, with a `/` in front.
        added: what requests for it have besides, by the names of headers; it goes into the query.
        seconds: for how long it is valid.
    """
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time()))
    scope = f"{now[:8]}/{endpoint.region}/s3/aws4_request"
    said = {
        **added,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{signer.keys.key}/{scope}",
        "X-Amz-Date": now,
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": "host",
    }
    if signer.keys.token:
        said["X-Amz-Security-Token"] = signer.keys.token
    query = "&".join(f"{name}={quote(said[name], safe='~')}" for name in sorted(said))
    path = f"{endpoint.path}{path}"
    request = f"GET\n{path}\n{query}\nhost:{endpoint.host}\n\nhost\nUNSIGNED-PAYLOAD"
    text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{sha256(request.encode()).hexdigest()}"
    key = signer.key_of(now[:8], endpoint.region)
    signature = digest(key, text.encode(), "sha256").hex()
    return f"{endpoint.origin}{path}?{query}&X-Amz-Signature={signature}"
