#!/usr/bin/env bash
# webdav4 0.11.0 with httpx 0.28.1: a file that is put as `100%41.txt` is stored as `100A.txt`, without an error.
#
# Expected: the name that was asked for, quoted on the wire as 100%2541.txt.
# Seen:     httpx takes a % with two hexadecimal digits behind it for a character that is quoted already, so the
#           server unquotes it. Asked for by either name it is there: two names have become one.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install 'webdav4[fsspec]==0.11.0' httpx==0.28.1 fsspec==2026.9.0 wsgidav==4.4.0 cheroot==11.1.2

expect <<'OUT'
put: 100%41.txt
stored: ['100A.txt']
size of 100%41.txt: 4
size of 100A.txt: 4
OUT

run <<'PY'
import logging
import tempfile
import threading
from pathlib import Path

import fsspec
from cheroot import wsgi
from wsgidav.wsgidav_app import WsgiDAVApp

logging.disable(logging.CRITICAL)
folder = tempfile.mkdtemp()
app = WsgiDAVApp(
    {"provider_mapping": {"/": folder}, "simple_dc": {"user_mapping": {"*": True}}, "verbose": 0}
)
server = wsgi.Server(("127.0.0.1", 0), app)
server.prepare()
threading.Thread(target=server.serve, daemon=True).start()
fs = fsspec.filesystem("webdav", base_url=f"http://127.0.0.1:{server.bind_addr[1]}")
name = "100%41.txt"
source = Path(tempfile.mkdtemp(), "source")
source.write_bytes(b"mine")
fs.put_file(str(source), name)
print("put:", name)
print("stored:", sorted(path.name for path in Path(folder).iterdir()))
for each in (name, "100A.txt"):
    print(f"size of {each}:", fs.info(each)["size"])
PY
