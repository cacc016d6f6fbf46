#!/usr/bin/env bash
# webdav4 0.11.0: a stream that stands behind its beginning is uploaded under the length of all of it.
#
# Expected: `upload_fileobj` sends what is left to read, as shutil.copyfileobj and requests do.
# Seen:     Content-Length is the size of the whole stream, so httpx raises LocalProtocolError when the rest runs
#           out, and an empty file is left under the name. With `size=` given it works.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install webdav4==0.11.0 httpx==0.28.1 wsgidav==4.4.0 cheroot==11.1.2

expect <<'OUT'
without a size: LocalProtocolError
left under the name: b''
with the size: b'the rest'
OUT

run <<'PY'
import io
import logging
import tempfile
import threading
from pathlib import Path

from cheroot import wsgi
from webdav4.client import Client
from wsgidav.wsgidav_app import WsgiDAVApp

logging.disable(logging.CRITICAL)
folder = tempfile.mkdtemp()
app = WsgiDAVApp(
    {"provider_mapping": {"/": folder}, "simple_dc": {"user_mapping": {"*": True}}, "verbose": 0}
)
server = wsgi.Server(("127.0.0.1", 0), app)
server.prepare()
threading.Thread(target=server.serve, daemon=True).start()
url = f"http://127.0.0.1:{server.bind_addr[1]}"


def rest() -> io.BytesIO:
    stream = io.BytesIO(b"a head, the rest")
    stream.seek(8)
    return stream


try:
    Client(url).upload_fileobj(rest(), "first")
    print("without a size: stored")
except Exception as error:
    print("without a size:", type(error).__name__)
print("left under the name:", Path(folder, "first").read_bytes())
Client(url).upload_fileobj(rest(), "second", size=8)
print("with the size:", Path(folder, "second").read_bytes())
PY
