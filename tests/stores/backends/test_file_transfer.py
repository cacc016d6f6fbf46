"""File Storage on `ftp://` and `sftp://`: what is particular to servers that one signs in to."""

from __future__ import annotations

import ftplib
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any, NamedTuple
from urllib.parse import quote

import asyncssh
import pytest

import storage_core
from storage_core import FileStorage, Store
from storage_core.errors import (
    AccessDenied,
    BlobExists,
    BlobNotFound,
    ConfigurationError,
)
from tests.children import Killable
from tests.patience import within
from tests.reliability.relay import Relay, relayed
from tests.servers.ftp import FTPServer
from tests.servers.sftp import SFTPServer

MIB = 1024 * 1024


class Place(NamedTuple):
    """A fresh folder on a server."""

    server: FTPServer | SFTPServer
    url: str
    folder: Path

    @property
    def options(self) -> dict[str, Any]:
        """What signs in."""
        return {"username": self.server.user, "password": self.server.password}

    def store(self, url: str = "", **options: Any) -> Store:
        """A store there, or by another way to the same server."""
        return storage_core.open_store(
            FileStorage(
                base_path=url or self.url, key_type="uuid", options={**self.options, **options}
            ),
            timeout=10,
        )

    @property
    def says_when(self) -> bool:
        """Whether the server says when a file was written: old FTP does for people only."""
        return self.url.startswith(("sftp:", self.server.url()))

    def names(self) -> set[str]:
        """What is in the folder of results."""
        return {each.name for each in (self.folder / "results").iterdir()}


def place(server: FTPServer | SFTPServer, *, old: bool) -> Place:
    name = f"folder-{token_hex(4)}"
    return Place(server, server.url(name, old=old), server.folder / name)


@pytest.fixture(params=["ftp", "ftp, old", "sftp", "sftp, old"])
def there(request: pytest.FixtureRequest) -> Place:
    name: str = request.param
    if name.startswith("sftp"):
        sftp: SFTPServer = request.getfixturevalue("sftp_server")
        sftp.trusted_in(Path.home())
        return place(sftp, old="old" in name)
    return place(request.getfixturevalue("ftp_server"), old="old" in name)


@pytest.fixture
def on_sftp(sftp_server: SFTPServer) -> Place:
    return place(sftp_server, old=False)


@pytest.fixture
def relay(there: Place) -> Iterator[Relay]:
    """Another way to the server, on which connections can be broken."""
    with relayed(there.url) as relay:
        yield relay


def through(relay: Relay, there: Place) -> Store:
    any_key = {"host_key_policy": "auto_add"} if there.url.startswith("sftp") else {}
    return there.store(relay.url, **any_key)


def test_user_and_password_are_taken_from_the_url_however_they_are_quoted(there: Place) -> None:
    user, password = there.server.user, quote(there.server.password, safe="")
    url = there.url.replace("//", f"//{user}:{password}@")
    store = storage_core.open_store(FileStorage(base_path=url, key_type="uuid"))
    assert store.read(store.write(b"there")) == b"there"
    assert "********" in store.location
    wrong = url.replace(password, quote(token_hex(10)))
    with pytest.raises(AccessDenied) as caught:
        storage_core.open_store(FileStorage(base_path=wrong)).write(b"x")
    assert there.server.password not in str(caught.value)


def test_what_is_not_there_is_not_found_and_deleting_it_succeeds(there: Place) -> None:
    store = there.store()
    for known in (False, True):  # The folder is made by the first write.
        if known:
            store.delete(store.write(b"x"))
        store.check()
        assert list(store.list()) == []
        assert not store.exists("results/unknown")
        with pytest.raises(BlobNotFound):
            store.read("results/unknown")
        with pytest.raises(BlobNotFound):
            store.open("results/unknown")
        store.delete("results/unknown")


def test_a_blob_appears_under_its_name_only_when_it_is_complete(
    there: Place, tmp_path: Path
) -> None:
    store = there.store()
    key = store.write(b"there is a folder")
    source = tmp_path / "source"
    source.write_bytes(token_bytes(16 * MIB))

    def upload(ready: Callable[[], None]) -> None:
        sent, real = 0, (ftplib.FTP.storbinary, asyncssh.SFTPClientFile.write)

        def held(count: int) -> None:
            nonlocal sent
            sent += count
            if sent >= 8 * MIB:
                ready()
                time.sleep(3600)

        def storbinary(self: Any, command: str, file: Any, size: int, **_: Any) -> Any:
            return real[0](self, command, file, size, lambda block: held(len(block)))

        async def write(self: Any, data: bytes, offset: int) -> None:
            await real[1](self, data, offset)
            held(len(data))

        ftplib.FTP.storbinary, asyncssh.SFTPClientFile.write = storbinary, write  # type: ignore[method-assign,assignment]
        there.store().write_file(source, key="results/killed")

    child = Killable(upload)
    while len(there.names()) < 2:
        time.sleep(0.01)
    child.kill()
    assert not store.exists("results/killed")
    with pytest.raises(BlobNotFound):
        store.read("results/killed")
    assert [blob.key for blob in store.list()] == [key]
    (rest,) = there.names() - {key.rpartition("/")[2]}
    assert rest.startswith("~")
    # A day later the next listing takes it away.
    old = time.time() - 25 * 3600
    os.utime(there.folder / "results" / rest, (old, old))
    list(store.list())
    if there.says_when:
        waited_for(lambda: rest not in there.names())
    assert store.write_file(source, key="results/killed") == "results/killed"
    assert store.read("results/killed") == source.read_bytes()


def test_a_connection_that_was_dropped_is_made_again(there: Place, relay: Relay) -> None:
    store = through(relay, there)
    key = store.write(b"before")
    for call in (
        lambda: store.read(key),
        lambda: store.write(b"after"),
        lambda: list(store.list()),
        lambda: store.exists(key),
        lambda: store.check(),
        lambda: store.delete(key),
    ):
        relay.hang_up()
        call()
    assert not store.exists(key)


def test_a_stream_goes_on_where_its_connection_broke(there: Place, relay: Relay) -> None:
    data = token_bytes(12 * MIB)
    key = there.store().write(data)
    store = through(relay, there)
    with store.open(key) as file:
        start = file.read(MIB)
        # Beside a stream the store can be used for other things.
        assert store.exists(key)
        relay.hang_up()
        assert start + file.read() == data


def test_an_upload_whose_connection_breaks_is_made_again_and_leaves_nothing_else(
    on_sftp: Place, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_bytes(token_bytes(16 * MIB))
    with relayed(on_sftp.url) as relay, ThreadPoolExecutor(1) as pool:
        store = through(relay, on_sftp)
        store.write(b"there is a folder", key="results/first")
        relay.stop_after(8 * MIB)
        writing = pool.submit(store.write_file, source, key="results/second")
        assert relay.reached.wait(30)
        relay.hang_up()
        writing.result()
        waited_for(lambda: on_sftp.names() == {"first", "second"})
        assert (on_sftp.folder / "results" / "second").read_bytes() == source.read_bytes()


def test_of_many_writers_of_one_chosen_key_one_wins(on_sftp: Place) -> None:
    on_sftp.server.trusted_in(Path.home())  # type: ignore[union-attr]
    begin = threading.Barrier(8)

    def write(number: int) -> bool:
        with on_sftp.store() as store:
            store.check()
            begin.wait()
            try:
                store.write(b"%d" % number, key="results/chosen")
            except BlobExists:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        won = [*pool.map(write, range(8))]
    assert won.count(True) == 1
    assert on_sftp.store().read("results/chosen") == b"%d" % won.index(True)
    waited_for(lambda: on_sftp.names() == {"chosen"})


def test_writing_the_same_hash_again_replaces_it(there: Place) -> None:
    store = storage_core.open_store(FileStorage(base_path=there.url, options=there.options))
    key = store.write(b"the same")
    (there.folder / key).write_bytes(b"damaged")
    assert store.write(b"the same") == key
    assert store.read(key) == b"the same"
    assert there.names() == {key.rpartition("/")[2]}


def test_a_listing_says_when_blobs_were_written_and_passes_over_names_of_others(
    there: Place,
) -> None:
    store = there.store()
    key = store.write(b"data")
    (there.folder / "results" / "a folder").mkdir()
    for name in (b"caf\xe9", "naïve".encode(), b"with  spaces ", b"-> x"):
        (Path(os.fsdecode(os.fsencode(there.folder) + b"/results/" + name))).write_bytes(b"")
    (blob,) = store.list()
    assert (blob.key, blob.size) == (key, 4)
    if there.says_when:
        assert blob.modified is not None
        assert abs(datetime.now(UTC) - blob.modified) < timedelta(minutes=1)


def test_a_folder_that_may_not_be_written_is_access_denied(there: Place) -> None:
    base = there.url.rpartition("/")[0]
    store = there.store(f"{base}/guarded")
    with pytest.raises(AccessDenied, match=r"guarded.*Options"):
        store.write(b"x")
    with pytest.raises(BlobNotFound):
        store.read("results/unknown")


def test_a_file_in_place_of_the_folder_is_a_failure_of_one_line(there: Place) -> None:
    there.folder.write_bytes(b"a file")
    with pytest.raises(storage_core.StorageError) as caught:
        there.store().write(b"x")
    assert "\n" not in str(caught.value)
    assert there.folder.read_bytes() == b"a file"


def test_ftp_over_tls_signs_in_where_the_certificate_holds_and_nowhere_else(
    ftp_server: FTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there = place(ftp_server, old=False)
    url = there.url.replace(f":{ftp_server.port}/", f":{ftp_server.tls_port}/")
    with pytest.raises(ConfigurationError, match="certificate"):
        there.store(url, tls=True).write(b"x")
    with pytest.raises(AccessDenied):
        there.store(url).write(b"x")
    monkeypatch.setenv("SSL_CERT_FILE", str(ftp_server.certificate))
    assert there.store(url, tls=True).write(b"x")
    monkeypatch.delenv("SSL_CERT_FILE")
    options = {**there.options, "tls": True}
    bundle = str(ftp_server.certificate)
    storage = FileStorage(base_path=url, key_type="uuid", options=options, ca_bundle=bundle)
    store = storage_core.open_store(storage)
    data = token_bytes(5 * MIB)
    key = store.write(data)
    assert store.read(key) == data
    store.read_file(key, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == data
    assert key in [blob.key for blob in store.list()]


@pytest.mark.parametrize("tls", [1, "tls", "true", "no", 0, {"a": 1}])
def test_what_is_neither_with_tls_nor_without_signs_in_nowhere(
    ftp_server: FTPServer, tls: Any
) -> None:
    there = place(ftp_server, old=False)
    for port in (ftp_server.port, ftp_server.tls_port):
        url = there.url.replace(f":{ftp_server.port}/", f":{port}/")
        with pytest.raises(ConfigurationError, match="tls in Options must be") as caught:
            there.store(url, tls=tls).write(b"x")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("known", ["nothing", "another key"])
def test_an_sftp_server_that_is_not_known_gets_no_password(
    on_sftp: Place, known: str, capfd: pytest.CaptureFixture[str]
) -> None:
    server = on_sftp.server
    assert isinstance(server, SFTPServer)
    if known == "another key":
        server.trusted_in(Path.home())
        hosts = Path.home() / ".ssh" / "known_hosts"
        lines = hosts.read_text().splitlines()
        hosts.write_text("\n".join(_with_another_key(line) for line in lines) + "\n")
    for call in (
        lambda store: store.write(b"x"),
        lambda store: store.read("results/x"),
        lambda store: store.check(),
    ):
        with within(5), pytest.raises(ConfigurationError, match="known_hosts") as caught:
            call(on_sftp.store())
        assert "\n" not in str(caught.value)
    assert on_sftp.store(host_key_policy="auto_add").write(b"x")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("wrong", ["FTP password", "SFTP password", "SFTP key"])
def test_a_sign_in_that_failed_keeps_no_connection(
    ftp_server: FTPServer, sftp_server: SFTPServer, wrong: str
) -> None:
    there = place(ftp_server if wrong.startswith("FTP") else sftp_server, old=False)
    sftp_server.trusted_in(Path.home())
    if wrong == "SFTP key":
        hosts = Path.home() / ".ssh" / "known_hosts"
        lines = hosts.read_text().splitlines()
        hosts.write_text("\n".join(map(_with_another_key, lines)) + "\n")
    store = there.store(password=token_hex(10))
    held: list[int] = []
    errors: list[storage_core.StorageError] = []
    for _ in range(3):
        # They are kept, as a log or a debugger does.
        with pytest.raises(storage_core.StorageError) as caught:
            store.write(b"x")
        errors.append(caught.value)
        held.append(len(list(Path("/dev/fd").iterdir())))
    waited_for(lambda: len(list(Path("/dev/fd").iterdir())) <= held[0])


@pytest.mark.parametrize("before", ["simplecache::", "filecache::", "zip://x.zip::", "target"])
@pytest.mark.parametrize("scheme", ["sftp", "SSH", "ftp"])
def test_a_chain_leads_to_no_server_past_the_look_at_its_key(
    on_sftp: Place, ftp_server: FTPServer, scheme: str, before: str
) -> None:
    there = place(ftp_server, old=False) if scheme == "ftp" else on_sftp
    rest = there.url.partition("://")[2]
    user = f"{there.server.user}:{quote(there.server.password, safe='')}"
    if before == "target":
        url, options = "simplecache:///x", {"target_protocol": scheme.lower()}
    else:
        url, options = f"{before}{scheme}://{user}@{rest}", {}
    storage = FileStorage(base_path=url, key_type="uuid", options=options)
    with pytest.raises(ConfigurationError, match=f"{scheme.lower()}://HOST") as caught:
        storage_core.open_store(storage).write(b"x")
    assert "\n" not in str(caught.value)
    assert there.server.password not in repr(caught.value)
    assert not there.folder.exists()


def _with_another_key(line: str) -> str:
    public = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    return f"{line.split()[0]} {' '.join(public.split()[:2])}"


def waited_for(found: Callable[[], bool]) -> None:
    """What is done beside everything else is done soon."""
    until = time.monotonic() + 20
    while not found():
        assert time.monotonic() < until
        time.sleep(0.01)
