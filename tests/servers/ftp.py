"""FTP: pyftpdlib on three ports: as it is, with the commands of old servers only, and with TLS.

A test gets it from the fixture; as a program it is `python ftp.py PORT OLD_PORT TLS_PORT FOLDER
CERTIFICATE KEY`, with the user and the password in the environment.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ftplib import FTP
from io import BytesIO
from pathlib import Path
from secrets import token_hex


@dataclass(frozen=True)
class FTPServer:
    """A running FTP server."""

    port: int
    old_port: int
    """The port of the old server: no MLSD, MLST or SIZE, and no renaming onto an existing file."""

    tls_port: int
    """The port of the server that requires TLS for everything."""

    certificate: Path
    """The file of its self-signed certificate, which nobody trusts yet."""

    folder: Path
    """The folder of the user's files on all ports, for what a test has to inspect; nobody may write
    to `guarded`, or delete in `kept`."""

    user: str
    password: str = field(repr=False)

    def url(self, folder: str = "", *, old: bool = False) -> str:
        """The URL of a folder, without credentials."""
        return f"ftp://127.0.0.1:{self.old_port if old else self.port}/{folder}"

    def check(self) -> None:
        """Write and delete a file through each port."""
        for port in (self.port, self.old_port):
            name = f"check-{token_hex(6)}"
            with FTP(timeout=5) as client:
                client.connect("127.0.0.1", port)
                client.login(self.user, self.password)
                client.storbinary(f"STOR {name}", BytesIO(b"ready"))
                client.delete(name)


@contextmanager
def ftp(folder: Path) -> Iterator[FTPServer]:
    """The server; its data and its log go into `folder`."""
    from tests.servers.certificates import self_signed
    from tests.servers.process import free_port, running

    files = folder / "ftp"
    certificate, key = self_signed(folder)
    for name in ("guarded", "kept"):
        (files / name).mkdir(parents=True)
    ports = free_port(), free_port(), free_port()
    server = FTPServer(*ports, certificate, files, f"user{token_hex(4)}", f"p@:/ {token_hex(16)}")
    # -P: the modules beside this one have the names of packages.
    paths = str(files), str(certificate), str(key)
    command = [sys.executable, "-P", __file__, *map(str, ports), *paths]
    account = {"FTP_USER": server.user, "FTP_PASSWORD": server.password}
    with running(command, log=folder / "ftp.log", ready=server.check, env=account):
        yield server


def _serve(
    port: int, old_port: int, tls_port: int, folder: str, certificate: str, key: str
) -> None:
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
    from pyftpdlib.servers import FTPServer as Server

    class Modern(FTPHandler):  # type: ignore[misc]
        authorizer = DummyAuthorizer()
        auth_failed_timeout = 0
        max_login_attempts = 100
        use_sendfile = False

    class Old(Modern):
        proto_cmds = {  # noqa: RUF012 (as pyftpdlib has it)
            name: what
            for name, what in FTPHandler.proto_cmds.items()
            if name not in ("MLSD", "MLST", "SIZE")
        }

        def ftp_RNTO(self, path: str) -> None:  # noqa: N802
            if Path(path).exists():
                self.respond("550 Cannot create a file when that file already exists.")
            else:
                super().ftp_RNTO(path)

    class Encrypted(TLS_FTPHandler):  # type: ignore[misc]
        authorizer = Modern.authorizer
        auth_failed_timeout = 0
        certfile = certificate
        keyfile = key
        tls_control_required = True
        tls_data_required = True

    Modern.authorizer.add_user(
        os.environ["FTP_USER"], os.environ["FTP_PASSWORD"], folder, perm="elradfmwMT"
    )
    Modern.authorizer.override_perm(
        os.environ["FTP_USER"], str(Path(folder) / "guarded"), "elr", recursive=True
    )
    Modern.authorizer.override_perm(
        os.environ["FTP_USER"], str(Path(folder) / "kept"), "elrafmwMT", recursive=True
    )
    Server(("127.0.0.1", old_port), Old)
    Server(("127.0.0.1", tls_port), Encrypted)
    Server(("127.0.0.1", port), Modern).serve_forever()


if __name__ == "__main__":
    _serve(*map(int, sys.argv[1:4]), *sys.argv[4:])  # type: ignore[arg-type]
