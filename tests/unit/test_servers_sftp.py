"""asyncssh, through paramiko: a port with OpenSSH's extensions and one without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes, token_hex

import paramiko
import pytest

from tests.servers.process import HOST
from tests.servers.sftp import SFTPServer


@contextmanager
def signed_in(server: SFTPServer, port: int, password: str) -> Iterator[paramiko.SFTPClient]:
    with paramiko.SSHClient() as client:
        client.load_host_keys(str(Path.home() / ".ssh" / "known_hosts"))
        client.connect(
            HOST, port, server.user, password, timeout=5, allow_agent=False, look_for_keys=False
        )
        yield client.open_sftp()


@pytest.fixture
def server(sftp_server: SFTPServer) -> SFTPServer:
    sftp_server.trusted_in(Path.home())
    return sftp_server


@pytest.mark.parametrize("old", [False, True])
def test_a_file_comes_back_and_lies_in_the_folder(server: SFTPServer, old: bool) -> None:
    data, name = token_bytes(1024), token_hex(6)
    port = server.old_port if old else server.port
    with signed_in(server, port, server.password) as client:
        with client.open(f"/{name}", "wb") as file:
            file.write(data)
        with client.open(f"/{name}", "rb") as file:
            assert file.read() == (server.folder / name).read_bytes() == data


def test_a_wrong_password_is_refused(server: SFTPServer) -> None:
    with (
        pytest.raises(paramiko.AuthenticationException),
        signed_in(server, server.port, token_hex(16)),
    ):
        pass


def test_a_file_is_replaced_in_one_step_on_the_newer_port_only(server: SFTPServer) -> None:
    old, new = token_hex(6), token_hex(6)
    (server.folder / new).write_bytes(b"new")
    for port in (server.old_port, server.port):
        (server.folder / old).write_bytes(b"old")
        with signed_in(server, port, server.password) as client:
            with pytest.raises(OSError, match=r"(?i)exists|failure"):
                client.rename(old, new)
            if port == server.old_port:
                with pytest.raises(OSError, match="not supported"):
                    client.posix_rename(old, new)
            else:
                client.posix_rename(old, new)
    assert (server.folder / new).read_bytes() == b"old"
