"""Sends a large blob in parts, several at a time; nothing can be read before the last request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage_core.backends.drivers.direct.s3.client import Request, broken
from storage_core.backends.remote.faults import ConditionRefused
from storage_core.backends.remote.threads import beside, gathered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage_core.backends.drivers.direct.s3.asking import Asking
    from storage_core.backends.source import Source

PART_SIZE: Final = 8 * 1024 * 1024
"""Bytes of one part."""

PARTS_AT_ONCE: Final = 5
"""Parts that are sent at a time; with one more that is being read, they take 48 MiB."""

MAX_PARTS: Final = 10_000
"""The most that the protocol allows."""

_COMPLETE: Final = "CompleteMultipartUpload"


def upload(asking: Asking, where: str, source: Source, *, create: bool) -> None:
    """Send a blob.

    Args:
        asking: makes the requests.
        where: the path of the object, percent-encoded.
        source: its bytes.
        create: see `Session.put`.
    """
    if create and not asking.takes(_COMPLETE):
        raise ConditionRefused
    begin = Request("CreateMultipartUpload", "POST", where, "uploads=")
    reply = asking.sent(begin)
    if not (name := asking.fields_of(begin, reply).get("UploadId")):
        raise broken(begin, reply)
    query = f"uploadId={_quoted(name)}"
    try:
        etags = [*gathered(_parts(asking, where, query, source), PARTS_AT_ONCE)]
        body = "".join(
            f"<Part><ETag>{_escaped(etag)}</ETag><PartNumber>{number}</PartNumber></Part>"
            for number, etag in enumerate(etags, 1)
        )
        end = Request(_COMPLETE, "POST", where, query, body=_document(body))
        asking.stored(end, create=create)
    except BaseException:
        # Nobody can read the parts that are left, but the bucket's owner pays for them. Not waited
        # for: the time may be up.
        beside(asking.afresh().sent, Request("AbortMultipartUpload", "DELETE", where, query))
        raise


def _parts(asking: Asking, where: str, query: str, source: Source) -> Iterator[Callable[[], str]]:
    size = max(PART_SIZE, -(-source.size // MAX_PARTS))
    for number, part in enumerate(source.parts(size), 1):
        yield _sending(
            asking, Request("UploadPart", "PUT", where, f"partNumber={number}&{query}", body=part)
        )


def _sending(asking: Asking, request: Request) -> Callable[[], str]:
    def send() -> str:
        reply = asking.sent(request)
        if "etag" not in reply.headers:
            raise broken(request, reply)
        return reply.headers["etag"]

    return send


def _document(parts: str) -> bytes:
    space = "http://s3.amazonaws.com/doc/2006-03-01/"
    return f'<CompleteMultipartUpload xmlns="{space}">{parts}</CompleteMultipartUpload>'.encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="~")
