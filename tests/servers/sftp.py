"""SFTP: asyncssh, one port with OpenSSH's extensions, one with the plain protocol of old servers.

A test gets it from the fixture; as a program it is
`python sftp.py PORT OLD_PORT FOLDER KEY USER_KEY`, with the user and the password in the
environment.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex


@dataclass(frozen=True)
class SFTPServer:
    """A running SFTP server."""

    port: int
    old_port: int
    """The port of the old server, which cannot rename onto a file that exists."""

    folder: Path
    """The folder of the user's files on both ports, for what a test has to inspect; nobody may
    write to `guarded`."""

    known_hosts: str
    """What `~/.ssh/known_hosts` has to contain for the server to be trusted."""

    user: str
    password: str = field(repr=False)
    key: str = field(repr=False)
    """A private key that signs in too, as `ssh-keygen` writes it."""

    def url(self, folder: str = "", *, old: bool = False) -> str:
        """The URL of a folder, without credentials."""
        return f"sftp://127.0.0.1:{self.old_port if old else self.port}/{folder}"

    def trusted_in(self, home: Path) -> None:
        """Add the server's key to the known hosts of the user whose home is `home`."""
        (home / ".ssh").mkdir(mode=0o700, exist_ok=True)
        (home / ".ssh" / "known_hosts").write_text(self.known_hosts)

    def check(self) -> None:
        """Write and delete a file through each port."""
        asyncio.run(self._check())

    async def _check(self) -> None:
        import asyncssh

        for port in (self.port, self.old_port):
            async with (
                asyncssh.connect(
                    "127.0.0.1",
                    port,
                    username=self.user,
                    password=self.password,
                    known_hosts=None,
                    config=None,
                ) as client,
                client.start_sftp_client() as files,
            ):
                name = f"check-{token_hex(6)}"
                async with files.open(name, "w") as file:
                    await file.write("ready")
                await files.remove(name)


@contextmanager
def sftp(folder: Path) -> Iterator[SFTPServer]:
    """The server; its data and its log go into `folder`."""
    import asyncssh

    from tests.servers.process import HOST, free_port, running

    files, key = folder / "sftp", asyncssh.generate_private_key("ssh-ed25519")
    user_key = asyncssh.generate_private_key("ssh-ed25519")
    user_key.write_public_key(folder / "sftp-user-key.pub")
    (files / "guarded").mkdir(parents=True)
    key.write_private_key(folder / "sftp-key")
    public = key.export_public_key().decode()
    ports = free_port(), free_port()
    server = SFTPServer(
        *ports,
        files,
        "".join(f"[{HOST}]:{port} {public}" for port in ports),
        f"user{token_hex(4)}",
        f"p@:/ {token_hex(16)}",
        user_key.export_private_key().decode(),
    )
    # -P: the modules beside this one have the names of packages.
    keys = str(folder / "sftp-key"), str(folder / "sftp-user-key.pub")
    arguments = [*map(str, ports), str(files), *keys]
    command = [sys.executable, "-P", __file__, *arguments]
    account = {"SFTP_USER": server.user, "SFTP_PASSWORD": server.password}
    with running(command, log=folder / "sftp.log", ready=server.check, env=account):
        yield server


async def _serve(port: int, old_port: int, folder: str, key: str, user_key: str) -> None:
    import asyncssh

    class Server(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == (os.environ["SFTP_USER"], os.environ["SFTP_PASSWORD"])

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
            super().__init__(channel, chroot=folder.encode())

        def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
            if b"guarded" in path:
                raise asyncssh.SFTPPermissionDenied("guarded")
            super().mkdir(path, attrs)

    class OldFiles(Files):
        def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
            raise asyncssh.SFTPOpUnsupported("posix-rename is not supported")

    for number, files in ((port, Files), (old_port, OldFiles)):
        await asyncssh.listen(
            "127.0.0.1",
            number,
            server_factory=Server,
            server_host_keys=[key],
            authorized_client_keys=user_key,
            sftp_factory=files,
        )
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:6]))
