"""An S3 server that keeps only the sizes of blobs: `python sink_server.py`.

Prints its port. It accepts blobs whole and in parts, and answers with as many zeros, whole and in
ranges, so that 10 GiB need neither memory nor disk of its own. It does not check signatures, and
understands only requests about blobs.
"""

from __future__ import annotations

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_ZEROS = memoryview(bytes(1 << 20))
_ETAG = '"0123456789abcdef0123456789abcdef-9"'
"""An ETag like that of a blob stored in parts, so that no client takes it for a checksum."""

_DATE = "Sun, 29 Nov 2026 00:00:00 GMT"

sizes: dict[str, int] = {}
parts: dict[str, int] = {}


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_PUT(self) -> None:
        """Take a blob, or a part of one."""
        path, query = self._asked()
        left = size = int(self.headers["Content-Length"])
        room = memoryview(bytearray(min(size, 1 << 20) or 1))
        while left:
            left -= self.rfile.readinto(room[: min(left, len(room))])  # type: ignore[attr-defined]
        if "partNumber" in query:
            parts[path] = parts.get(path, 0) + size
        else:
            sizes[path] = size
        self._answered(200)

    def do_POST(self) -> None:
        """Begin or end an upload in parts."""
        path, query = self._asked()
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "uploads" in query:
            name = "InitiateMultipartUploadResult"
            return self._answered(200, f"<{name}><UploadId>1</UploadId></{name}>".encode())
        name = "CompleteMultipartUploadResult"
        sizes[path] = parts.pop(path, 0)
        return self._answered(200, f"<{name}><ETag>{_ETAG}</ETag></{name}>".encode())

    def do_HEAD(self) -> None:
        """Answer with the size."""
        self._sent(is_head=True)

    def do_GET(self) -> None:
        """Answer with zeros."""
        self._sent()

    def do_DELETE(self) -> None:
        """Forget a blob."""
        sizes.pop(self._asked()[0], None)
        self._answered(204)

    def _sent(self, *, is_head: bool = False) -> None:
        path, _ = self._asked()
        if (size := sizes.get(path)) is None:
            return self._answered(404, b"<Error><Code>NoSuchKey</Code></Error>")
        first, last = 0, size - 1
        if asked := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            first, last = int(asked[1]), min(int(asked[2] or last), last)
            if first > last:
                return self._answered(416, b"<Error><Code>InvalidRange</Code></Error>")
        self.send_response_only(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("ETag", _ETAG)
        self.send_header("Last-Modified", _DATE)
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        left = 0 if is_head else last - first + 1
        while left:
            left -= self.wfile.write(_ZEROS[: min(left, len(_ZEROS))])
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _asked(self) -> tuple[str, dict[str, list[str]]]:
        target = urlsplit(self.path)
        return target.path, parse_qs(target.query, keep_blank_values=True)

    def _answered(self, status: int, body: bytes = b"") -> None:
        self.send_response_only(status)
        self.send_header("ETag", _ETAG)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer.daemon_threads = True
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket.listen(512)
        print(server.server_address[1], flush=True)
        server.serve_forever()
