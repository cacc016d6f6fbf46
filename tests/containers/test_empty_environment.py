"""Storage where there is nothing but STORAGE_CONFIG_TEXT: no home, no known user, no disk to write.

As root the tests have a user without an entry in /etc/passwd and a read-only disk, by a mount
namespace; as anybody else the environment alone is empty (`Contained` says what is so where).
"""

from __future__ import annotations

import base64
import json
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.containers.contained import USER, Contained, is_whole
from tests.quoting import in_toml

Container = Callable[..., Contained]

WRITES = """
import storage_core
store = storage_core.get_store()
key = store.write(b"from a worker", key="results/worker")
print(store.read(key).decode(), [blob.key for blob in store.list()])
import asyncio
print(asyncio.run(store.aread(key)) == b"from a worker")
import fsspec
with fsspec.open("storage://prod/results/worker") as file:
    print(file.read() == b"from a worker")
"""


@pytest.fixture(scope="module")
def whole() -> bool:
    """Whether the tests have another user and a disk of their own."""
    return is_whole()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that the container may write, as a volume would be."""
    made = tmp_path / "volume"
    made.mkdir()
    made.chmod(0o777)
    return made


@pytest.fixture
def inside(whole: bool, folder: Path) -> Path:
    """Where that folder is in the container."""
    return Path("/srv/0") if whole else folder


@pytest.fixture
def text(inside: Path) -> str:
    """A configuration whose default is in that folder."""
    return (
        f'default = "prod"\n[storage.prod]\ntype = "local"\n'
        f'storage_path = {in_toml(inside / "data")}\n[storage."日本"]\ntype = "temporary"\n'
    )


@pytest.fixture
def contained(folder: Path) -> Container:
    """A container with an environment and nothing else."""

    def make(umask: int = 0o022, is_first: bool = False, **environment: str) -> Contained:
        return Contained([str(folder)], environment, umask=umask, is_first=is_first)

    return make


def test_the_container_is_what_it_is_said_to_be(contained: Container, whole: bool) -> None:
    program = (
        "import os, pwd\n"
        "try:\n    pwd.getpwuid(os.getuid()); known = True\n"
        "except KeyError:\n    known = False\n"
        "try:\n    open('/tmp/written', 'x'); writes = True\n"
        "except OSError:\n    writes = False\n"
        "print(os.getuid(), known, writes, 'HOME' in os.environ)"
    )
    said = contained().run("-c", program).stdout.split()
    if whole:
        assert said == [str(USER).encode(), b"False", b"False", b"False"]
    else:
        print("not root, or no namespaces: the same user on the same disk, in an empty environment")
        assert said[0] == str(os.geteuid()).encode()
        assert said[3] == b"False"


@pytest.mark.parametrize("encoded", [False, True], ids=["toml", "base64"])
def test_a_worker_has_its_store_by_the_text_alone(
    contained: Container, text: str, folder: Path, encoded: bool
) -> None:
    given = f"base64:{base64.b64encode(text.encode()).decode()}" if encoded else text
    done = contained(STORAGE_CONFIG_TEXT=given).run("-c", WRITES)
    assert done.stderr == b""
    assert done.stdout == b"from a worker ['results/worker']\nTrue\nTrue\n"
    assert (folder / "data" / "results" / "worker").read_bytes() == b"from a worker"


def test_the_commands_work_by_the_text_alone(contained: Container, text: str) -> None:
    container = contained(STORAGE_CONFIG_TEXT=text)

    def run(*arguments: str, stdin: bytes = b"") -> bytes:
        done = container.storage(*arguments, stdin=stdin)
        assert (done.returncode, done.stderr) == (0, b""), arguments
        return done.stdout

    listed = json.loads(run("ls", "--json"))
    assert [each["name"] for each in listed["storages"]] == ["prod", "日本"]
    assert listed["path"] is None
    assert "日本" in run("show", "日本").decode()
    assert run("path") == b"STORAGE_CONFIG_TEXT\n"
    assert b"no problems" in run("validate")
    assert run("test", "prod").startswith(b"ok")
    key = run("write", stdin=b"results").decode().strip()
    assert run("read", key) == b"results"
    assert key in run("blobs").decode()


@pytest.mark.parametrize("home", [None, "/"])
def test_what_cannot_work_says_why_in_one_line(
    contained: Container, text: str, whole: bool, home: str | None
) -> None:
    environment = {} if home is None else {"HOME": home}
    with_text = contained(STORAGE_CONFIG_TEXT=text, **environment)
    done = with_text.storage("set-default", "日本")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"STORAGE_CONFIG_TEXT, which is never written" in done.stderr
    assert done.stderr.count(b"\n") == 1
    if whole:
        for done in (
            with_text.storage("write", "--to", "日本", stdin=b"x"),
            contained(**environment).storage(
                "create", "local", "--name", "x", "--storage-path", "/x"
            ),
        ):
            assert done.returncode == 1
            assert done.stderr.startswith(b"error: ")
            assert done.stderr.count(b"\n") == 1
            assert (b"HOME" if home is None else b"ead-only") in done.stderr


def test_a_file_that_is_mounted_is_read_and_never_written(
    contained: Container, text: str, folder: Path, inside: Path, whole: bool
) -> None:
    mounted = folder / "storage.toml"
    mounted.write_text(text)
    folder.chmod(0o555)
    container = contained(STORAGE_CONFIG=str(inside / "storage.toml"))
    assert b"prod" in container.storage("ls").stdout
    if whole or os.geteuid() != 0:
        done = container.storage("reset-default")
        assert done.returncode == 1
        assert done.stderr.count(b"\n") == 1
    folder.chmod(0o777)
    assert mounted.read_text() == text


def test_without_a_umask_what_is_made_is_for_its_owner_only(
    contained: Container, folder: Path, inside: Path
) -> None:
    container = contained(umask=0, PREFECT_HOME=str(inside / "home"))
    made = container.storage("create", "temporary", "--name", "t", "--default")
    assert (made.returncode, made.stderr) == (0, b"")
    assert container.storage("write", stdin=b"x").returncode == 0
    loose = {
        str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode))
        for path in (folder / "home").rglob("*")
        if path.stat().st_mode & 0o077
    }
    assert loose == {}


NEEDS_A_TEMPORARY_FILE = """
import fsspec, storage_core
store = storage_core.get_store()
remote = storage_core.open_store(storage_core.FileStorage(base_path="memory://x"))
def through_fsspec():
    with fsspec.open("storage://prod/x.bin", "wb") as file:
        file.write(b"x" * 20_000_000)
for action in (
    lambda: store.save(["x" * 1000] * 20_000),
    lambda: store.save_flow("/usr/lib/os-release"),
    lambda: store.read_file(store.write(b"x"), "/dev/stderr"),
    lambda: remote.write_file("/proc/self/status"),
    through_fsspec,
):
    try:
        action()
        print("done")
    except storage_core.StorageError as error:
        print(error)
"""


def test_without_a_temporary_folder_what_needs_one_says_so(
    contained: Container, text: str, whole: bool
) -> None:
    done = contained(STORAGE_CONFIG_TEXT=text).run("-c", NEEDS_A_TEMPORARY_FILE)
    assert done.returncode == 0, done.stderr.decode()
    said = done.stdout.decode().splitlines()
    assert len(said) == 5
    refused = [line for line in said if line != "done"]
    assert all(line.startswith("cannot keep ") and "TMPDIR" in line for line in refused)
    assert len(refused) >= 3 if whole else not refused


def test_a_large_blob_from_a_pipe_without_a_temporary_folder(
    contained: Container, text: str, whole: bool
) -> None:
    data = os.urandom(1024) * 20_000
    done = contained(STORAGE_CONFIG_TEXT=text).storage("write", stdin=data)
    if done.returncode:
        assert whole
        assert done.stderr.startswith(b"error: cannot keep ")
        assert b"TMPDIR" in done.stderr
        assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("is_first", [False, True], ids=["a process", "process 1"])
def test_it_stops_when_it_is_told_to(
    contained: Container, inside: Path, whole: bool, is_first: bool
) -> None:
    # The kernel sends process 1 no signal that it has no handler for: a container whose program has
    # none is killed after a while, in the middle of what it does.
    container = contained(is_first=is_first and whole)
    command = ("-m", "storage_core", "kv-server", "--port", "0", "--folder", str(inside / "kv"))
    with container.start(*command) as child:
        assert child.stdout is not None
        assert child.stdout.readline().startswith(b"API Address: ")
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=60)
    assert child.returncode in (0, 128 + signal.SIGTERM), (out, err)
    assert b"Traceback" not in err
