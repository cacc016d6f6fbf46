"""`ftp://` and `sftp://` against servers that are broken, slow or lying."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core.backends.base import Backend, Entry
from storage_core.backends.filesystem import open_filesystem
from storage_core.blobpath import blob_path
from storage_core.errors import (
    AccessDenied,
    BlobNotFound,
    ConfigurationError,
    StorageError,
    StorageUnavailable,
)
from tests.patience import within
from tests.servers.process import HOST
from tests.servers.scripted_ftp import Reply, scripted_ftp
from tests.stores.backends.calls import get_file, listed

KEY = blob_path("results/abc")
TIMEOUT = 0.5
# For what is answered at once, which may take a busy machine longer than that.
LONG = 10.0
# A tenth more than the deadline, and the waking up of a busy machine.
PATIENCE = 1.1 * TIMEOUT + 0.4
PASSWORD = token_hex(16)


def opened(url: str, timeout: float = LONG) -> Backend:
    options = {"username": "me", "password": PASSWORD}
    return open_filesystem(url, options=options, timeout=timeout, secrets=(PASSWORD,))


def failure(call: Callable[[], object], limit: float = PATIENCE) -> StorageError:
    """What `call` raises, which has to come in time."""
    with within(limit), pytest.raises(StorageError) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert PASSWORD not in f"{caught.value!r}{caught.value.__cause__!r}"
    return caught.value


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Importing a driver for the first time takes a second of its own."""
    for scheme in ("ftp", "sftp"):
        opened(f"{scheme}://{HOST}:1/")


def half(ending: str) -> Reply:
    """Half of the blob, and what the server says about it."""

    def send(control: socket.socket, data: socket.socket) -> bool:
        control.sendall(b"150 here it comes\r\n")
        data.sendall(b"x" * 50)
        data.close()
        control.sendall(ending.encode())
        return not ending

    return send


def drip(control: socket.socket, data: socket.socket) -> bool:
    control.sendall(b"150 here it comes\r\n")
    for _ in range(20):
        data.sendall(b"x")
        time.sleep(0.2)
    return True


@pytest.mark.parametrize(
    ("command", "reply", "expected"),
    [
        ("", "421 too many connections", StorageUnavailable),
        ("", "HTTP/1.1 400 Bad Request", StorageUnavailable),
        ("", "120 wait" * 5000, StorageUnavailable),
        ("PASS", "530 login incorrect", AccessDenied),
        ("PASS", "421 later", StorageUnavailable),
        ("USER", "530 anonymous only", AccessDenied),
        ("SIZE", "550 no such file", BlobNotFound),
        ("SIZE", "450 path /folder/results/abc not found", BlobNotFound),
        ("SIZE", "450 file busy", StorageUnavailable),
        ("SIZE", "550 Permission denied", AccessDenied),
        ("SIZE", "213 nonsense", StorageUnavailable),
        ("RETR", "550 permission denied", AccessDenied),
        ("RETR", "451 local error", StorageUnavailable),
        ("RETR", "425 no data connection", StorageUnavailable),
        ("RETR", "502 not today", StorageUnavailable),
        ("RETR", half("226 done\r\n"), StorageUnavailable),
        ("RETR", half("426 broken off\r\n"), StorageUnavailable),
        ("RETR", half(""), StorageUnavailable),
        ("RETR", drip, StorageUnavailable),
    ],
)
def test_an_ftp_server_that_fails_is_told_by_the_right_error_in_time(
    command: str, reply: Reply, expected: type[StorageError], tmp_path: Path
) -> None:
    timeout = TIMEOUT if expected is StorageUnavailable else LONG
    with scripted_ftp({"CWD": "550 no such folder", command: reply}) as server:
        error = failure(lambda: opened(server.url, timeout).get(KEY))
        if command != "SIZE":  # The stream asks for the size in another way.
            failure(lambda: get_file(opened(server.url, timeout), KEY, tmp_path / "target"))
    assert type(error) is expected, error
    assert not (tmp_path / "target").exists()


def test_who_waits_for_an_ftp_connection_gets_another_when_it_is_given_up() -> None:
    hanging, over = threading.Event(), threading.Event()

    def hang_once(control: socket.socket, data: socket.socket) -> bool:
        control.sendall(b"150 here it comes\r\n")
        if not hanging.is_set():
            hanging.set()
            over.wait(10)
            return True
        data.sendall(b"x" * 100)
        data.close()
        control.sendall(b"226 done\r\n")
        return False

    with scripted_ftp({"RETR": hang_once}) as server, ThreadPoolExecutor(1) as pool:
        backend = opened(server.url, TIMEOUT)
        first = pool.submit(backend.get, KEY)
        assert hanging.wait(10)
        backend._policy.timeout = 10  # type: ignore[attr-defined]
        assert backend.get(KEY) == b"x" * 100
        with pytest.raises(StorageUnavailable, match="no answer"):
            first.result()
        over.set()
        backend.close()


@pytest.mark.parametrize("options", [{}, {"timeout": 0.1}])
def test_a_silent_ftp_server_is_told_in_the_same_words_whoever_keeps_the_time(
    options: dict[str, float],
) -> None:
    """On a busy machine the socket's own time may be up before that of the call."""
    over = threading.Event()

    def hang(control: socket.socket, data: socket.socket) -> bool:
        control.sendall(b"150 here it comes\r\n")
        return over.wait(10)

    with scripted_ftp({"RETR": hang}) as server:
        backend = open_filesystem(server.url, options=options, timeout=TIMEOUT)
        said = str(failure(lambda: backend.get(KEY)))
        over.set()
        backend.close()
    assert "cannot read results/abc: no answer, tried " in said


LISTINGS = {
    "unix": """\
total 3
drwxr-xr-x   2 me us  4096 Nov 22 10:15 folder
-rw-r--r--   1 me us    17 Nov 22  2025 blob
-rw-r--r--   1 me us     3 Nov 22 10:15 with spaces
""",
    "windows": """\
11-22-26  10:15AM       <DIR>          folder
11-22-2025  22:15                   17 blob
11-22-26  10:15PM                    3 with spaces
""",
    "MLSD": """\
type=dir;modify=20261122101530; folder
Type=file;Size=17; blob
type=cdir;modify=20261122101530; .
type=OS.unix=slink; link
""",
}


@pytest.mark.parametrize("form", LISTINGS)
def test_an_ftp_listing_is_read_in_each_form(form: str) -> None:
    def send(control: socket.socket, data: socket.socket) -> None:
        control.sendall(b"150 here it comes\r\n")
        data.sendall(LISTINGS[form].replace("\n", "\r\n").encode())
        data.close()
        control.sendall(b"226 done\r\n")

    with scripted_ftp({"MLSD" if form == "MLSD" else "LIST": send}) as server:
        found = listed(opened(server.url))
        assert Entry("results/blob", 17, None) in found
        others = {each.path for each in found if not each.is_folder} - {"results/blob"}
        assert others == (set() if form == "MLSD" else {"results/with spaces"})
        assert [each.path for each in found if each.is_folder] == ["results/folder"]


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ({"STOR": "553 could not create file"}, AccessDenied),
        ({"STOR": "452 disk full"}, StorageUnavailable),
        ({"STOR": "552 over quota"}, StorageUnavailable),
        ({"STOR": lambda control, data: control.sendall(b"150 go on\r\n") or True}, None),
    ],
    ids=["553", "452", "552", "gone"],
)
def test_an_ftp_upload_that_is_not_confirmed_fails(
    replies: dict[str, Reply], expected: type[StorageError] | None
) -> None:
    timeout = LONG if expected is AccessDenied else TIMEOUT
    with scripted_ftp(replies) as server:
        error = failure(lambda: opened(server.url, timeout).put(KEY, b"data", overwrite=True))
        renamed = [line for line in server.commands if line.startswith("RN")]
    assert type(error) is (expected or StorageUnavailable), error
    assert renamed == []


def received(control: socket.socket, data: socket.socket) -> None:
    control.sendall(b"150 go on\r\n")
    while data.recv(65536):
        pass
    control.sendall(b"226 done\r\n")


@pytest.mark.parametrize(
    "answers",
    [
        ["553 rename not allowed"],
        ["550 file exists", "250 done", "553 not allowed", "250 done"],
    ],
)
def test_a_blob_that_an_ftp_server_does_not_replace_stays(answers: list[str]) -> None:
    replies: dict[str, Reply] = {"STOR": received, "RNFR": "350 go on", "RNTO": [*answers]}
    replies["MLST"] = "250-\r\n type=file;size=4; x\r\n250 that is all"
    with scripted_ftp(replies) as server:
        failure(lambda: opened(server.url).put(KEY, b"data", overwrite=True))
        commands = [line.partition(" ") for line in server.commands]
    target = f"/folder/{KEY}"
    assert ("DELE", " ", target) not in commands
    moves = [path for command, _, path in commands if command in ("RNFR", "RNTO")]
    written, aside = moves[0], moves[3]
    assert moves[:4] == [written, target, target, aside]
    if len(answers) > 1:  # The old one has gone aside, so it has to come back.
        assert moves[4:] == [written, target, aside, target]
    else:
        assert moves[4:] == []


@contextmanager
def greeting(line: bytes, *, hang: bool) -> Iterator[str]:
    """A server that says one thing; its address."""
    with socket.create_server((HOST, 0), backlog=64) as listener:

        def serve() -> None:
            kept = []
            while True:
                try:
                    connection = listener.accept()[0]
                except OSError:
                    return
                connection.sendall(line)
                kept.append(connection) if hang else connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"{HOST}:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


GREETINGS = (
    (b"", True),
    (b"", False),
    (b"SSH-2.0-made-up\r\n", True),
    (b"SSH-2.0-made-up\r\n\0\0\0\x0c\x0a\x14garbage!", True),
    (b"SSH-2.0-made-up\r\n", False),
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
    (b"220 ready\r\n", True),
    (b"220-ready\r\n" * 3, False),
)
"""What a server says that is none, and whether it keeps the connection open then."""


@pytest.mark.parametrize("scheme", ["ftp", "sftp"])
@pytest.mark.parametrize(
    "rest", ["", "/folder", "host:99999/folder", "host:port/x", "me:ab#c@host", "me:ab[c@host/x"]
)
def test_a_url_that_names_no_server_is_a_matter_of_configuration(scheme: str, rest: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        opened(f"{scheme}://{rest}")
    assert "\n" not in str(caught.value)
    assert "ab" not in f"{caught.value!r}{caught.value.__cause__!r}"


@pytest.mark.parametrize("scheme", ["ftp", "sftp"])
@pytest.mark.parametrize(("line", "hang"), GREETINGS)
def test_a_server_that_is_none_is_unavailable_in_time_and_says_nothing_else(
    scheme: str, line: bytes, hang: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    with greeting(line, hang=hang) as address:
        error = failure(lambda: opened(f"{scheme}://{address}/folder", TIMEOUT).get(KEY))
    assert type(error) is StorageUnavailable, error
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("scheme", ["ftp", "sftp"])
@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.put(KEY, b"data", overwrite=True),
        lambda store: store.exists(KEY),
        lambda store: store.delete(KEY),
        lambda store: list(store.list("results")),
        lambda store: store.check(),
    ],
    ids=["put", "exists", "delete", "list", "check"],
)
def test_a_server_that_hangs_holds_no_call_up(
    scheme: str, call: Callable[[Backend], object]
) -> None:
    with greeting(b"", hang=True) as address:
        error = failure(lambda: call(opened(f"{scheme}://{address}/folder", TIMEOUT)))
    assert type(error) is StorageUnavailable, error
