#!/usr/bin/env bash
# fsspec 2026.9.0: a range that begins at the end of a file is b"" everywhere but on http.
#
# Expected: `cat_file(path, start=10, end=20)` of ten bytes is b"" on each file system, as slicing is.
# Seen:     memory, local and ftp give b""; http raises aiohttp's ClientResponseError (416), which is neither an
#           OSError nor EOFError, though reading the same through `open` and `seek` gives b"".
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install fsspec==2026.9.0 aiohttp==3.14.5 wsgidav==4.4.0 cheroot==11.1.2 pyftpdlib==2.2.0

expect <<'OUT'
memory: b''
local: b''
ftp: b''
http: ClientResponseError 416
http, open and seek: b''
OUT

run <<'PY'
import logging
import tempfile
import threading
from pathlib import Path

import fsspec
from cheroot import wsgi
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
from wsgidav.wsgidav_app import WsgiDAVApp

logging.disable(logging.CRITICAL)
folder = tempfile.mkdtemp()
Path(folder, "ten").write_bytes(b"0123456789")
memory = fsspec.filesystem("memory")
memory.pipe_file("/ten", b"0123456789")

users = DummyAuthorizer()
users.add_anonymous(folder)
handler = type("Handler", (FTPHandler,), {"authorizer": users})
ftp_server = FTPServer(("127.0.0.1", 0), handler)
threading.Thread(target=ftp_server.serve_forever, daemon=True).start()
ftp = fsspec.filesystem("ftp", host="127.0.0.1", port=ftp_server.socket.getsockname()[1])

app = WsgiDAVApp(
    {"provider_mapping": {"/": folder}, "simple_dc": {"user_mapping": {"*": True}}, "verbose": 0}
)
http_server = wsgi.Server(("127.0.0.1", 0), app)
http_server.prepare()
threading.Thread(target=http_server.serve, daemon=True).start()
url = f"http://127.0.0.1:{http_server.bind_addr[1]}/ten"
http = fsspec.filesystem("http")

print("memory:", memory.cat_file("/ten", start=10, end=20))
print("local:", fsspec.filesystem("file").cat_file(f"{folder}/ten", start=10, end=20))
print("ftp:", ftp.cat_file("/ten", start=10, end=20))
try:
    print("http:", http.cat_file(url, start=10, end=20))
except Exception as error:
    print("http:", type(error).__name__, getattr(error, "status", ""))
with http.open(url) as file:
    file.seek(10)
    print("http, open and seek:", file.read(10))
PY
