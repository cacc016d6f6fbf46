"""File Storage on `sftp://`: options, keys, and several calls on one connection."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any

import asyncssh
import paramiko
import pytest

import storage_core
from storage_core import AccessDenied, ConfigurationError, FileStorage, StorageUnavailable, Store
from storage_core.backends.drivers.sftp import session, signing_in, transfer
from tests.patience import within
from tests.reliability.relay import relayed
from tests.servers.sftp import SFTPServer

MIB = 1024 * 1024


@pytest.fixture
def server(sftp_server: SFTPServer) -> SFTPServer:
    sftp_server.trusted_in(Path.home())
    return sftp_server


@pytest.fixture
def folder() -> str:
    return f"folder-{token_hex(4)}"


def opened(url: str, timeout: float = 30, **options: Any) -> Store:
    storage = FileStorage(base_path=url, key_type="uuid", options=options)
    return storage_core.open_store(storage, timeout=timeout)


def signed_in(server: SFTPServer, folder: str, timeout: float = 30) -> Store:
    return opened(server.url(folder), timeout, username=server.user, password=server.password)


@pytest.fixture
def key_file(server: SFTPServer, tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text(server.key)
    return path


@contextmanager
def paramiko_client(server: SFTPServer) -> Iterator[paramiko.SFTPClient]:
    """Another implementation's client, signed in."""
    with paramiko.SSHClient() as client:
        client.load_host_keys(str(Path.home() / ".ssh" / "known_hosts"))
        client.connect(
            "127.0.0.1",
            server.port,
            server.user,
            server.password,
            allow_agent=False,
            look_for_keys=False,
        )
        yield client.open_sftp()


def locked(key: str, passphrase: str) -> str:
    """The same key, which needs a passphrase."""
    return asyncssh.import_private_key(key).export_private_key(passphrase=passphrase).decode()


def test_another_implementation_reads_what_was_written(server: SFTPServer, folder: str) -> None:
    data = token_bytes(3 * MIB + 7)
    key = signed_in(server, folder).write(data)
    with paramiko_client(server) as client, client.open(f"/{folder}/{key}", "rb") as file:
        assert file.read() == data


@pytest.mark.parametrize("how", ["text", "file", "files", "locked text", "locked file", "default"])
def test_a_private_key_signs_in(server: SFTPServer, folder: str, key_file: Path, how: str) -> None:
    passphrase = token_hex(8)
    options: dict[str, Any] = {"username": server.user}
    if how.startswith("locked"):
        key_file.write_text(locked(server.key, passphrase))
        options["passphrase"] = passphrase
    if how.endswith("text"):
        options["pkey"] = key_file.read_text()
    elif how == "default":
        key_file.rename(Path.home() / ".ssh" / "id_ed25519")
    else:
        options["key_filename"] = [str(key_file)] if how == "files" else str(key_file)
    store = opened(server.url(folder), **options)
    assert store.read(store.write(b"data")) == b"data"


def test_keys_that_lie_around_are_not_tried_where_others_are_given(
    server: SFTPServer, folder: str, key_file: Path
) -> None:
    key_file.rename(Path.home() / ".ssh" / "id_ed25519")
    wrong = {"username": server.user, "password": token_hex(8)}
    with pytest.raises(AccessDenied):
        opened(server.url(folder), **wrong).write(b"x")
    with pytest.raises(AccessDenied):
        opened(server.url(folder), username=server.user, look_for_keys=False).write(b"x")
    store = opened(server.url(folder), look_for_keys=True, **wrong)
    assert store.read(store.write(b"data")) == b"data"


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path of an agent at which there is none."""
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("looks", [True, False])
def test_an_agent_that_is_gone_is_no_reason_to_stop(
    server: SFTPServer, folder: str, looks: bool
) -> None:
    store = opened(server.url(folder), username=server.user, allow_agent=True, look_for_keys=looks)
    with pytest.raises(AccessDenied):
        store.write(b"x")
    store = opened(
        server.url(folder), username=server.user, password=server.password, allow_agent=True
    )
    assert store.write(b"x")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"pkey": "no key"}, "pkey in Options is no private key"),
        ({"key_filename": "/not/there"}, "key_filename in Options: No such file"),
        ({"usrname": "x"}, "knows no usrname in Options; did you mean username"),
        ({"made_up": "x"}, "knows no made_up in Options"),
        ({"host_key_policy": "warning"}, "host_key_policy in Options must be"),
    ],
)
def test_options_that_cannot_be_used_are_a_matter_of_configuration(
    server: SFTPServer, folder: str, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said) as caught:
        opened(server.url(folder), **wrong).write(b"x")
    assert "\n" not in str(caught.value)


def test_a_key_file_that_is_a_pipe_is_not_waited_for(server: SFTPServer, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="key_filename in Options: it is a pipe"):
        opened(server.url("x"), key_filename=str(tmp_path / "pipe")).write(b"x")


def test_a_locked_key_with_another_passphrase_is_a_matter_of_configuration(
    server: SFTPServer, folder: str, key_file: Path
) -> None:
    right, wrong = token_hex(8), token_hex(8)
    key_file.write_text(locked(server.key, right))
    for options in ({"pkey": key_file.read_text()}, {"key_filename": str(key_file)}):
        for passphrase in ({}, {"passphrase": wrong}):
            with pytest.raises(ConfigurationError) as caught:
                opened(server.url(folder), username=server.user, **options, **passphrase).check()
            assert wrong not in repr(caught.value)


def test_an_address_that_is_known_does_not_vouch_for_a_name(
    server: SFTPServer, folder: str
) -> None:
    url = server.url(folder).replace("127.0.0.1", "localhost")
    with pytest.raises(ConfigurationError, match="known_hosts"):
        opened(url, username=server.user, password=server.password).write(b"x")


def test_a_line_that_nobody_can_read_hides_no_known_host(server: SFTPServer, folder: str) -> None:
    hosts = Path.home() / ".ssh" / "known_hosts"
    hosts.write_text(f"nonsense\n@what is this\n{hosts.read_text()}")
    assert signed_in(server, folder).write(b"x")


def test_without_a_folder_blobs_go_to_where_signing_in_leads(server: SFTPServer) -> None:
    store = signed_in(server, "")
    url = server.url("").rstrip("/")
    home = opened(url, username=server.user, password=server.password)
    name = f"results/{token_hex(8)}"
    home.write(b"data", key=name)
    home.check()
    assert store.read(name) == b"data"
    assert name in [blob.key for blob in home.list()]
    home.delete(name)
    assert not store.exists(name)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request to write takes a while."""
    real = asyncssh.SFTPClientFile.write

    async def write(self: Any, data: bytes, offset: int) -> Any:
        await asyncio.sleep(0.2)
        return await real(self, data, offset)

    monkeypatch.setattr(asyncssh.SFTPClientFile, "write", write)


@pytest.mark.usefixtures("slow")
async def test_calls_share_a_connection_and_giving_one_up_disturbs_no_other(
    server: SFTPServer, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed: list[object] = []
    real = signing_in.connected

    async def connected(options: Any) -> Any:
        signed.append(options)
        return await real(options)

    monkeypatch.setattr(signing_in, "connected", connected)
    store = signed_in(server, folder)
    await store.awrite(b"first")
    data = token_bytes(4 * MIB)
    writing = [asyncio.create_task(store.awrite(data)) for _ in range(3)]
    await asyncio.sleep(0.3)
    writing.pop().cancel()
    keys = await asyncio.gather(*writing)
    assert [await store.aread(key) for key in keys] == [data, data]
    assert len(signed) == 1


def test_after_a_call_that_nobody_answered_another_connection_is_made(
    server: SFTPServer, folder: str
) -> None:
    with relayed(server.url(folder)) as relay:
        store = opened(
            relay.url,
            3,
            username=server.user,
            password=server.password,
            host_key_policy="auto_add",
        )
        key = store.write(b"data")
        relay.stop_after(0)
        with within(3.3 + 0.4), pytest.raises(StorageUnavailable, match="no answer"):
            store.read(key)
        relay.go_on()
        assert store.read(key) == b"data"


def test_a_connection_that_breaks_in_the_middle_says_nothing_on_its_own(
    server: SFTPServer, folder: str, capfd: pytest.CaptureFixture[str]
) -> None:
    data = token_bytes(16 * MIB)
    key = signed_in(server, folder).write(data)
    with relayed(server.url(folder)) as relay:
        store = opened(
            relay.url, username=server.user, password=server.password, host_key_policy="auto_add"
        )
        with store.open(key) as file:
            begin = file.read(MIB)
            relay.hang_up()
            assert begin + file.read() == data
        relay.hang_up()
        store.close()
    time.sleep(0.1)
    assert capfd.readouterr().err == ""


class Scripted:
    """A file of which each request gives what the test says."""

    def __init__(self, data: bytes, most: int) -> None:
        self.data, self.most = data, most

    async def read(self, size: int, offset: int) -> bytes:
        await asyncio.sleep(0.001 * (offset % 3))
        return self.data[offset : offset + min(size, self.most)]


class Limits:
    max_packet_len, max_read_len = 1, 1000


class Client:
    limits = Limits


@pytest.mark.parametrize("most", [1000, 300, 1])
@pytest.mark.parametrize(("start", "size"), [(0, 5000), (700, 2500), (0, None), (4000, 5000)])
async def test_pieces_are_put_together_in_order_however_they_come(
    most: int, start: int, size: int | None
) -> None:
    data = os.urandom(5000)
    received: list[bytes] = []
    await transfer.read(Client, Scripted(data, most), start, size, received)  # type: ignore[arg-type]
    assert b"".join(received) == data[start:][:size]


def test_a_server_that_says_nothing_of_a_file_has_a_file() -> None:
    assert session._is_file(asyncssh.SFTPAttrs())


def test_no_link_leads_out_of_the_folder(server: SFTPServer, folder: str) -> None:
    outside = signed_in(server, f"{folder}-outside").backend
    outside.put("secret", b"somebody else's", overwrite=True)
    inside = signed_in(server, folder).backend
    inside.put("mine", b"x", overwrite=True)
    with paramiko_client(server) as client:
        client.symlink(f"../{folder}-outside", f"{folder}/link")
        client.symlink(f"../{folder}-outside/secret", f"{folder}/file")
    for call in (
        lambda: inside.get("link/secret"),
        lambda: inside.get("file"),
        lambda: inside.head("file"),
        lambda: inside.open("file").read(),
        lambda: inside.put("link/new", b"x", overwrite=True),
        lambda: inside.delete("link/secret"),
        lambda: list(inside.list("link")),
    ):
        with pytest.raises(AccessDenied, match="is a link, which is not followed"):
            call()
    assert {entry.path for entry in inside.list()} == {"mine"}
    assert {entry.path for entry in outside.list()} == {"secret"}
    assert outside.get("secret") == b"somebody else's"
