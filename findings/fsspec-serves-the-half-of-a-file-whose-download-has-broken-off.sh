#!/usr/bin/env bash
# fsspec 2026.9.0: simplecache and filecache serve the first part of a file whose download has failed, as the file.
#
# Expected: what could not be downloaded is not in the cache: the next `open` downloads it again, as it did the first time.
# Seen:     the download goes straight to its place in the cache and stays there when it fails. The first `open` raises;
#           each one after it gives the part that had come, with no error, for a week by default (filecache) or for good
#           (simplecache with a folder of its own). So with HTTP as here, and with anything else that has a plain
#           `get_file`.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install fsspec==2026.9.0 aiohttp==3.14.5

expect <<'OUT'
simplecache: ClientPayloadError
simplecache: 100000 bytes
filecache: ClientPayloadError
filecache: 100000 bytes
without a cache: 200000 bytes
OUT

run <<'PY'
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import fsspec

WHOLE = b"x" * 200_000
asked = Counter()


class Server(BaseHTTPRequestHandler):
    """Breaks the first download of each path off in the middle; the request before it is `exists`."""

    def do_HEAD(self):
        self.answer(b"")

    def do_GET(self):
        asked[self.path] += 1
        breaks = asked[self.path] == 2 and self.path != "/plain"
        self.answer(WHOLE[: len(WHOLE) // 2] if breaks else WHOLE)

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(WHOLE)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
URL = f"http://127.0.0.1:{server.server_port}"

for cache in ("simplecache", "filecache"):
    for _ in range(2):
        try:
            with fsspec.open(f"{cache}::{URL}/{cache}", **{cache: {"cache_storage": cache}}) as file:
                print(f"{cache}: {len(file.read())} bytes")
        except Exception as error:
            print(f"{cache}:", type(error).__name__)
with fsspec.open(f"{URL}/plain") as file:
    print(f"without a cache: {len(file.read())} bytes")
PY
