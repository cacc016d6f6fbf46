"""`write`, `read`, `blobs` and `rm`, on Local and Temporary Local Storage."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest

from storage_core.store import Store
from tests.children import shared_folder, without_root
from tests.cli.conftest import Outcome, ended, run_process
from tests.quoting import in_toml

Storage = Callable[..., Outcome]
BINARY = bytes(range(256)) * 5


@pytest.fixture
def here(config: Path, tmp_path: Path) -> Path:
    """The folder of `here`, a configured Local Storage that is the default."""
    folder = tmp_path / "blobs"
    config.write_text(
        f'default = "here"\n[storage.here]\ntype = "local"\nstorage_path = {in_toml(folder)}\n'
        '[storage.tmp]\ntype = "temporary"\n'
    )
    return folder


@pytest.mark.parametrize("data", [b"", b"x", BINARY, b"a line\r\n"])
def test_bytes_come_back_as_they_went_in(storage: Storage, here: Path, data: bytes) -> None:
    key = storage("write", stdin=data).out.strip()
    assert key.startswith("results/")
    assert (here / key).read_bytes() == data
    assert storage("read", key) == Outcome(0, data, "")


def test_a_file_is_written_to_a_named_storage(storage: Storage, here: Path, tmp_path: Path) -> None:
    file = tmp_path / "in"
    file.write_bytes(BINARY)
    outcome = storage("write", str(file), "--to", "tmp", "--kind", "flows", "--json")
    key = outcome.json["key"]
    assert outcome.json == {"key": key, "size": len(BINARY), "storage": "tmp"}
    assert key.startswith("flows/")
    assert storage("read", key, "--from", "tmp").output == BINARY
    assert storage("read", key).code == 3


def test_a_chosen_key_is_used_only_once(storage: Storage, here: Path) -> None:
    assert storage("write", "--key", "flows/mine", stdin=b"1").out == "flows/mine\n"
    outcome = storage("write", "--key", "flows/mine", stdin=b"2")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: ")
    assert storage("read", "flows/mine").output == b"1"


def test_the_key_and_the_kind_must_agree(storage: Storage, here: Path) -> None:
    outcome = storage("write", "--key", "flows/mine", "--kind", "results", stdin=b"1")
    assert outcome.code == 2
    assert not here.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("read", "results/../x"),
        ("rm", "results/a/b"),
        ("write", "--key", "other/x"),
        ("read", "results/\x1b[31m"),
    ],
)
def test_an_invalid_key_is_an_error_of_one_line(
    storage: Storage, here: Path, arguments: tuple[str, ...]
) -> None:
    outcome = storage(*arguments)
    assert outcome.code == 1
    assert outcome.err.startswith("error: key ")
    assert outcome.err.count("\n") == 1
    assert "\x1b" not in outcome.err


def test_without_a_default_temporary_storage_is_used(storage: Storage, home: Path) -> None:
    key = storage("write", stdin=b"x").out.strip()
    assert (home / key).read_bytes() == b"x"
    assert storage("write", "--json", stdin=b"x").json["storage"] is None


def test_a_default_that_names_nothing_never_falls_back(
    storage: Storage, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('default = "gone"\n')
    outcome = storage("write", stdin=b"x")
    assert outcome.code == 3
    assert f"error: {config}:1: the default 'gone' names no storage configuration" in outcome.err
    monkeypatch.setenv("STORAGE_DEFAULT", "away")
    outcome = storage("write", stdin=b"x")
    assert outcome.code == 3
    assert "STORAGE_DEFAULT" in outcome.err
    assert list(config.parent.iterdir()) == [config]


def test_a_missing_input_file_is_named(storage: Storage, here: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        outcome = storage("write", str(path))
        assert outcome.code == 1
        assert outcome.err.startswith(f"error: cannot read {path} (")
    assert not here.exists()


@pytest.mark.parametrize("command", ["write", "push"])
def test_an_input_file_that_may_not_be_read_is_no_wrong_usage(
    storage: Storage, command: str
) -> None:
    with shared_folder() as folder:
        config, secret = folder / "storage.toml", folder / "secret.py"
        config.write_text(f'[storage.a]\ntype = "local"\nstorage_path = {in_toml(folder)}\n')
        secret.write_text("")
        secret.chmod(0)
        config.chmod(0o644)
        given = ("--config", str(config), command, str(secret), "--to", "a")
        told = without_root(lambda: (outcome := storage(*given)).err + str(outcome.code))
    assert told.startswith(f"error: cannot read {secret}")
    assert told.endswith("\n1")
    assert "Permission denied" in told
    assert "Traceback" not in told


def test_an_output_file_is_replaced_whole_and_keeps_its_mode(
    storage: Storage, here: Path, tmp_path: Path
) -> None:
    key = storage("write", stdin=BINARY).out.strip()
    target = tmp_path / "out"
    target.write_text("before")
    target.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(target)
    assert storage("read", key, "-o", str(link)) == Outcome(0, b"", "")
    assert target.read_bytes() == BINARY
    assert target.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    outcome = storage("read", key, "-o", str(tmp_path / "new"), "--json")
    assert outcome.json == {"key": key, "size": len(BINARY), "file": str(tmp_path / "new")}


def test_a_failed_read_leaves_the_output_file_alone(
    storage: Storage, here: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    target.write_text("before")
    assert storage("read", "results/none", "-o", str(target)).code == 3
    assert target.read_text() == "before"
    key = storage("write", stdin=BINARY).out.strip()
    outcome = storage("read", key, "-o", str(tmp_path / "no" / "folder"))
    assert outcome.code == 1
    assert "cannot write" in outcome.err
    assert storage("read", key, "-o", str(tmp_path)).code == 1
    assert not list(tmp_path.glob(".*.tmp"))


def test_a_full_disk_leaves_the_old_output_file(
    here: Path, storage: Storage, tmp_path: Path
) -> None:
    key = storage("write", stdin=bytes(100_000)).out.strip()
    target = tmp_path / "out"
    target.write_text("before")

    def limit() -> None:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    done = run_process("read", key, "-o", str(target), preexec_fn=limit)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: cannot write {target}: ")
    assert target.read_text() == "before"
    assert not list(tmp_path.glob(".*.tmp"))


def test_a_file_on_its_way_is_for_its_owner_only(
    storage: Storage, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = storage("write", stdin=BINARY).out.strip()
    read_file = Store.read_file
    modes: list[int] = []

    def watched(store: Store, key: str, path: str) -> None:
        modes.append(Path(path).parent.stat().st_mode & 0o777)
        read_file(store, key, path)

    monkeypatch.setattr(Store, "read_file", watched)
    assert storage("read", key, "-o", str(tmp_path / "out")).code == 0
    assert modes == [0o700]


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not limit the memory of a process")
def test_a_large_blob_passes_through_in_little_memory(here: Path, tmp_path: Path) -> None:
    size = 400 * 1024 * 1024
    large, copy = tmp_path / "large", tmp_path / "copy"
    with large.open("wb") as file:
        file.truncate(size)

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))

    written = run_process("write", str(large), "--json", preexec_fn=limit)
    assert (written.returncode, written.stderr) == (0, "")
    found = json.loads(written.stdout)
    assert found["size"] == size
    read = run_process("read", found["key"], "-o", str(copy), preexec_fn=limit)
    assert (read.returncode, read.stderr) == (0, "")
    assert copy.stat().st_size == size
    for path in (large, copy, here / found["key"]):
        path.unlink()


def test_what_is_no_regular_file_is_written_in_place(
    storage: Storage, here: Path, tmp_path: Path
) -> None:
    key = storage("write", stdin=b"through").out.strip()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    assert storage("read", key, "-o", str(pipe)).code == 0
    reader.join(10)
    assert received == [b"through"]
    assert storage("read", key, "-o", os.devnull).code == 0


def test_a_blob_is_printed_as_json_on_request(storage: Storage, here: Path) -> None:
    key = storage("write", stdin="grün".encode()).out.strip()
    assert storage("read", key, "--json").json == {
        "key": key,
        "size": 5,
        "encoding": "utf-8",
        "data": "grün",
    }
    key = storage("write", stdin=BINARY).out.strip()
    printed = storage("read", key, "--json").json
    assert printed["encoding"] == "base64"
    assert b64decode(printed["data"]) == BINARY


def test_a_terminal_is_spared_bytes_that_would_upset_it(
    storage: Storage, here: Path, terminal: Callable[..., object]
) -> None:
    text = storage("write", stdin="grün\n".encode()).out.strip()
    child = terminal("read", text)
    assert ended(child) == 0
    assert child.before == "grün\r\n"
    colour = storage("write", stdin=b"\x1b[31mred").out.strip()
    child = terminal("read", colour)
    assert ended(child) == 1
    assert "\x1b" not in child.before
    assert "-o FILE" in child.before
    child = terminal("read", colour, "-o", "-")
    assert ended(child) == 0
    assert child.before == "\x1b[31mred"


def test_blobs_are_listed_with_time_size_and_key(storage: Storage, here: Path) -> None:
    keys = {
        storage("write", "--kind", kind, stdin=b"abc").out.strip() for kind in ("flows", "results")
    }
    lines = storage("blobs").out.splitlines()
    assert {line.split()[-1] for line in lines} == keys
    assert {line.split()[-2] for line in lines} == {"3"}
    only = storage("blobs", "here", "--kind", "flows", "--json").json
    assert only["storage"] == "here"
    assert only["location"] == str(here)
    (blob,) = only["blobs"]
    assert blob["key"].startswith("flows/")
    assert blob["size"] == 3
    assert blob["modified"].endswith("+00:00")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), ["results/c", "flows/B", "results/a", "results/d"]),
        (("--sort", "age", "--reverse"), ["results/d", "results/a", "flows/B", "results/c"]),
        (("--sort", "name"), ["results/a", "flows/B", "results/c", "results/d"]),
        (("--sort", "size"), ["results/a", "flows/B", "results/c", "results/d"]),
        (("--sort", "size", "--kind", "results"), ["results/a", "results/c", "results/d"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_blobs_are_listed_newest_first_or_in_the_order_asked_for(
    storage: Storage, here: Path, options: tuple[str, ...], expected: list[str]
) -> None:
    for key, size, when in (
        *(("results/d", 1, 10), ("results/a", 3, 20)),
        *(("flows/B", 2, 30), ("results/c", 1, 40)),
    ):
        assert storage("write", "--key", key, stdin=b"x" * size).code == 0
        os.utime(here / key, (when, when))
    lines = storage("blobs", *options).out.splitlines()
    assert [line.split()[-1] for line in lines] == expected
    listed = storage("blobs", *options, "--json").json["blobs"]
    assert [blob["key"] for blob in listed] == expected


def test_no_blobs_is_no_error(storage: Storage, here: Path) -> None:
    outcome = storage("blobs")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == f"No blobs in here ({here}).\n"
    assert storage("blobs", "--json").json["blobs"] == []


def test_removing_succeeds_also_when_there_is_nothing(storage: Storage, here: Path) -> None:
    key = storage("write", stdin=b"x").out.strip()
    assert storage("rm", key) == Outcome(0, b"", "")
    assert storage("read", key).code == 3
    assert storage("rm", key, "--json").json == {"deleted": key, "storage": "here"}


def test_the_blobs_of_a_protected_storage_need_its_name(
    storage: Storage, here: Path, config: Path
) -> None:
    key = storage("write", stdin=b"x").out.strip()
    storage("edit", "here", "--protected")
    outcome = storage("rm", key)
    assert outcome.code == 2
    assert "--confirm NAME" in outcome.err
    assert storage("rm", key, "--confirm", "tmp").code == 2
    assert storage("read", key).code == 0
    assert storage("rm", key, "--confirm", "here").code == 0
    assert storage("read", key).code == 3


def test_an_unresolved_reference_is_an_error_and_no_fallback(storage: Storage, two: Path) -> None:
    outcome = storage("write", stdin=b"x")
    assert outcome.code == 1
    assert outcome.err == (
        "error: prod-results: AWS Secret Access Key: the environment variable PROD_S3_SECRET "
        "is not set; export it before you start\n"
    )


class Untouched(io.BytesIO):
    """Bytes that nobody is to read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("it was read")


def test_read_only_is_said_before_anything_is_read_or_asked(
    storage: Storage, here: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = storage("write", stdin=b"before").out.strip()
    config.write_text(
        config.read_text().replace("[storage.tmp]", "read_only = true\n[storage.tmp]")
    )
    with monkeypatch.context() as patch:
        patch.setattr(io, "BytesIO", lambda *_: Untouched())
        for arguments in (
            ("write",),
            ("write", "--path", "a/b"),
            ("write", "/nowhere"),
            ("rm", key),
        ):
            outcome = storage(*arguments)
            assert outcome.code == 1
            assert "here is read-only by its configuration" in outcome.err
    assert storage("read", key).output == b"before"
    assert (here / key).exists()
