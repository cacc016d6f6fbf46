"""An S3 server that only lists, so fast that the client alone is measured.

    python listing_server.py

Prints its port. The bucket `keys-NUMBER` has so many keys, `results/` and 32 hexadecimal digits.
For any prefix, delimiter, start, continuation token and page size it answers with the page that S3
would send; it does not check signatures, and understands no other requests. The text of each key is
made once, so that a page of 1,000 takes 0.6 ms; rclone and moto take 300 ms and more for one, since
they search all keys for each page.
"""

from __future__ import annotations

import asyncio
import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left, bisect_right
from functools import lru_cache
from urllib.parse import parse_qs, quote, urlsplit
from xml.sax.saxutils import escape

_ENTRY = (
    "<Contents><Key>{key}</Key><LastModified>2026-11-29T00:00:00.000Z</LastModified>"
    '<ETag>"{etag}"</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>'
    "<ChecksumType>FULL_OBJECT</ChecksumType><Size>1024</Size>"
    "<StorageClass>STANDARD</StorageClass></Contents>"
)
_LAST = "\U0010ffff"
_METHODS = ("GET", "HEAD")


@lru_cache
def bucket(count: int) -> tuple[list[str], list[str]]:
    """Sorted keys, and the text of each."""
    chance = random.Random(count)
    keys = sorted(f"results/{chance.getrandbits(128):032x}" for _ in range(count))
    return keys, [_ENTRY.format(key=key, etag=key[-32:]) for key in keys]


def page(name: str, query: dict[str, str]) -> str:
    """The answer to ListObjectsV2."""
    keys, texts = bucket(int(name.removeprefix("keys-")))
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    after, most = query.get("start-after", ""), min(int(query.get("max-keys", 1000)), 1000)
    if token := query.get("continuation-token"):
        after = urlsafe_b64decode(token).decode()
    at = max(bisect_right(keys, after), bisect_left(keys, prefix))
    end = bisect_left(keys, prefix + _LAST)
    found: list[str] = []
    folders: list[str] = []
    last = ""
    while at < end and len(found) + len(folders) < most:
        rest = keys[at][len(prefix) :]
        if delimiter and delimiter in rest:
            last = prefix + rest.partition(delimiter)[0] + delimiter
            at = bisect_left(keys, last + _LAST)
            if last > after:
                folders.append(last)
            continue
        if not delimiter:
            # The keys need not be searched for a delimiter: take the rest of the page at once.
            stop = min(end, at + most)
            found = texts[at:stop]
            at, last = stop, keys[stop - 1]
            break
        found.append(texts[at])
        last, at = keys[at], at + 1
    more = at < end
    # As with S3, the page after one that ends with a folder begins behind all keys in the folder.
    behind = last + _LAST if folders and last == folders[-1] else last
    following = urlsafe_b64encode(behind.encode()).decode() if more else ""
    encoded = query.get("encoding-type") == "url"
    text = quote if encoded else escape
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
            f"<Name>{name}</Name><Prefix>{text(prefix)}</Prefix><MaxKeys>{most}</MaxKeys>",
            f"<Delimiter>{text(delimiter)}</Delimiter>" if delimiter else "",
            "<EncodingType>url</EncodingType>" if encoded else "",
            f"<KeyCount>{len(found) + len(folders)}</KeyCount>",
            f"<IsTruncated>{str(more).lower()}</IsTruncated>",
            f"<NextContinuationToken>{following}</NextContinuationToken>" if more else "",
            *found,
            *(f"<CommonPrefixes><Prefix>{text(f)}</Prefix></CommonPrefixes>" for f in folders),
            "</ListBucketResult>",
        ]
    )


class Client(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._seen = b""

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete; none has a body."""
        self._seen += data
        while b"\r\n\r\n" in self._seen:
            head, _, self._seen = self._seen.partition(b"\r\n\r\n")
            method, target, _ = head.decode("latin-1").split(" ", 2)
            self._transport.write(answer(method, target))


def answer(method: str, target: str) -> bytes:
    """Status, headers and body."""
    parts = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    name, _, key = parts.path.lstrip("/").partition("/")
    status, body = "200 OK", b""
    if method == "GET" and not key and query.get("list-type") == "2":
        body = page(name, query).encode()
    elif method not in _METHODS or key or query:
        status = "501 Not Implemented"
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"x-amz-bucket-region: us-east-1\r\n\r\n" + body


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Client, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
