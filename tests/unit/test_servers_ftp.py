"""pyftpdlib, through ftplib: a port as it comes, one of old servers, one that encrypts."""

from __future__ import annotations

import ssl
from ftplib import FTP, FTP_TLS, error_perm
from io import BytesIO
from secrets import token_bytes, token_hex

import pytest

from tests.servers.ftp import FTPServer
from tests.servers.process import HOST


@pytest.mark.parametrize("old", [False, True])
def test_a_file_comes_back_and_lies_in_the_folder(ftp_server: FTPServer, old: bool) -> None:
    data, name, received = token_bytes(1024), token_hex(6), BytesIO()
    with FTP(timeout=5) as client:
        client.connect(HOST, ftp_server.old_port if old else ftp_server.port)
        client.login(ftp_server.user, ftp_server.password)
        client.storbinary(f"STOR {name}", BytesIO(data))
        client.retrbinary(f"RETR {name}", received.write)
    assert received.getvalue() == (ftp_server.folder / name).read_bytes() == data


def test_a_wrong_password_is_refused(ftp_server: FTPServer) -> None:
    with FTP(timeout=5) as client:
        client.connect(HOST, ftp_server.port)
        with pytest.raises(error_perm, match="530"):
            client.login(ftp_server.user, token_hex(16))


@pytest.mark.parametrize("command", ["MLSD", "MLST", "SIZE /"])
def test_the_old_port_knows_no_newer_commands(ftp_server: FTPServer, command: str) -> None:
    with FTP(timeout=5) as client:
        client.connect(HOST, ftp_server.old_port)
        client.login(ftp_server.user, ftp_server.password)
        with pytest.raises(error_perm, match="500"):
            client.sendcmd(command)


def test_the_encrypted_port_takes_no_password_in_the_clear(ftp_server: FTPServer) -> None:
    with FTP(timeout=5) as client:
        client.connect(HOST, ftp_server.tls_port)
        with pytest.raises(error_perm, match="SSL/TLS required"):
            client.login(ftp_server.user, ftp_server.password)
    context = ssl.create_default_context(cafile=str(ftp_server.certificate))
    with FTP_TLS(context=context, timeout=5) as client:
        client.connect(HOST, ftp_server.tls_port)
        client.login(ftp_server.user, ftp_server.password)
