#!/usr/bin/env bash
# universal_pathlib 0.3.10: `rename` of an ftp:// or s3:// path to one of another server renames it where it is.
#
# Expected: the file is where the target says, as after `move`; or an error, as where the two protocols differ, and as
#           pathlib's `rename` onto another disk. The host stands in the URL, as the account does in storage options.
# Seen:     only the protocols are compared; the file system of the source then renames by the path alone. The second server
#           is not asked, and a file of the first one that has the target's name is overwritten. With a UPath as target, what
#           comes back is that path of the second server, where nothing is; with a URL it is a path of the first one. With
#           s3:// and two endpoints it is the same.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install universal-pathlib==0.3.10 fsspec==2026.9.0 pyftpdlib==2.2.0

expect <<'OUT'
rename to a path: two /kept, exists: False
  one: {'kept': 'new'}
  two: {}
rename to a URL: one /kept, exists: True
  one: {'kept': 'new'}
  two: {}
move: two /kept, exists: True
  one: {'kept': 'of one'}
  two: {'kept': 'new'}
OUT

run <<'PY'
import logging
import threading
from pathlib import Path

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import ThreadedFTPServer
from upath import UPath

logging.disable(logging.CRITICAL)


def started(name):
    folder = Path(name).resolve()
    folder.mkdir()
    authorizer = DummyAuthorizer()
    authorizer.add_user("me", "secret", str(folder), perm="elradfmw")
    handler = type("Handler", (FTPHandler,), {"authorizer": authorizer})
    server = ThreadedFTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"ftp://me:secret@127.0.0.1:{server.address[1]}"


ONE, TWO = started("one"), started("two")


for title, move in (
    ("rename to a path", lambda path: path.rename(UPath(f"{TWO}/kept"))),
    ("rename to a URL", lambda path: path.rename(f"{TWO}/kept")),
    ("move", lambda path: path.move(UPath(f"{TWO}/kept"))),
):
    Path("one/report").write_text("new")
    Path("one/kept").write_text("of one")
    target = move(UPath(f"{ONE}/report"))
    server = "two" if target.storage_options["port"] == UPath(TWO).storage_options["port"] else "one"
    print(f"{title}: {server} {target.path}, exists: {target.exists()}")
    for name in ("one", "two"):
        print(f"  {name}:", {path.name: path.read_text() for path in sorted(Path(name).iterdir())})
PY
