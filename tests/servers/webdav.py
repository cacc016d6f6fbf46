"""WebDAV: wsgidav, an HTTP store to test File Storage with."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from urllib.request import Request, urlopen

from tests.servers.process import HOST, free_port, running


@dataclass(frozen=True)
class WebDAVServer:
    """A running WebDAV server with two shares."""

    open_url: str
    """The share that anybody may read and write."""
    private_url: str
    """The share that only the user may read and write."""
    user: str
    password: str = field(repr=False)
    open_folder: Path
    """The folder of the open share, for what a test has to inspect."""

    def new_folder(self) -> str:
        """The name of a fresh, empty folder of the open share."""
        name = f"folder-{token_hex(6)}"
        (self.open_folder / name).mkdir()
        return name

    def check(self) -> None:
        """Write, read and delete a file."""
        url = f"{self.open_url}/check-{token_hex(6)}"
        for method, body in (("PUT", b"ready"), ("GET", None), ("DELETE", None)):
            urlopen(Request(url, data=body, method=method), timeout=5).close()


@contextmanager
def webdav(folder: Path) -> Iterator[WebDAVServer]:
    """A wsgidav server; its data and its log go into `folder`."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    open_folder, private_folder = folder / "webdav-open", folder / "webdav-private"
    open_folder.mkdir()
    private_folder.mkdir()
    server = WebDAVServer(
        f"{url}/open", f"{url}/private", f"user{token_hex(4)}", token_hex(16), open_folder
    )
    config = folder / "wsgidav.json"
    config.write_text(
        json.dumps(
            {
                "host": HOST,
                "port": port,
                "provider_mapping": {"/open": str(open_folder), "/private": str(private_folder)},
                "simple_dc": {
                    "user_mapping": {
                        "/open": True,
                        "/private": {server.user: {"password": server.password}},
                    }
                },
            }
        )
    )
    # Without variables: wsgidav replaces `$NAME` in all paths by their values.
    command: list[str | Path] = [
        *("env", "-i", "LC_ALL=C.UTF-8"),
        sys.executable,
        "-m",
        "wsgidav.server.server_cli",
        "--config",
        config,
    ]
    with running(command, log=folder / "webdav.log", ready=server.check):
        yield server
