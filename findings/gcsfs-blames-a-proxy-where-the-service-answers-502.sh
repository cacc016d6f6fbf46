#!/usr/bin/env bash
# gcsfs 2026.10.1: a service that answers 502 raises `requests.exceptions.ProxyError`, without a word; 403 is no PermissionError.
#
# Expected: an error that says 502 and what the service has said of it, as with 500 and 503; PermissionError where access
#           is denied, as in s3fs and adlfs, for the programs that catch it.
# Seen:     ProxyError of requests, which gcsfs does not use for its requests, with an empty message, where there is no
#           proxy; and a plain OSError without errno, which is no PermissionError.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install gcsfs==2026.10.1 fsspec==2026.9.0

expect <<'OUT'
502: ProxyError of requests, says 'busy': False
503: HttpError of gcsfs, says 'busy': True
403: OSError of builtins, says 'busy': True
OUT

run <<'PY'
import asyncio
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

os.environ["NO_GCE_CHECK"] = "true"
from gcsfs.core import GCSFileSystem


class Service(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(self.path.partition("status-")[2][:3]))
        body = b'{"error": {"message": "busy"}}'
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
real = asyncio.sleep
asyncio.sleep = lambda *_: real(0)  # It tries again six times, in more than half a minute.
fs = GCSFileSystem(token="anon", endpoint_url=f"http://127.0.0.1:{server.server_port}")
for status in (502, 503, 403):
    try:
        fs.cat_file(f"bucket/status-{status}")
    except Exception as error:
        kind = type(error)
        print(f"{status}: {kind.__name__} of {kind.__module__.partition('.')[0]}, says 'busy':", end=" ")
        print("busy" in str(error))
PY
