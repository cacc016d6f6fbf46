"""An archive in a storage: stored once, mended if it is damaged; what is told on the way."""

from __future__ import annotations

import gzip
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage_core import (
    IntegrityError,
    KVServerStorage,
    StorageError,
    Store,
    UnsupportedOperation,
    open_store,
)
from storage_core.blobs.archive.suspects import has_secret_content, has_secret_name
from storage_core.types.local import LocalStorage
from tests.servers.kv import KVServer
from tests.unit.archive.folders import FIXED, KEY, contents, filled, in_archive


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(LocalStorage(storage_path=str(tmp_path / "stored")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return filled(tmp_path / "flow", FIXED)


@pytest.mark.parametrize("compression", [None, "gzip", "zstd"])
def test_one_that_is_there_whole_is_not_stored_again(
    store: Store, folder: Path, tmp_path: Path, compression: None
) -> None:
    blob = tmp_path / "stored" / store.save_flow(folder, compression=compression)
    before = blob.stat()
    store.save_flow(folder, compression=compression)
    assert (blob.stat().st_ino, blob.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("compression", [None, "gzip", "zstd"])
@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: data + b"x", lambda _: b""])
def test_one_that_is_damaged_is_mended(
    store: Store, folder: Path, tmp_path: Path, compression: None, spoil: object
) -> None:
    blob = tmp_path / "stored" / store.save_flow(folder, compression=compression)
    assert callable(spoil)
    blob.write_bytes(spoil(blob.read_bytes()))
    with pytest.raises(IntegrityError, match="restore the blob from a backup"):
        store.load_flow(f"flows/{blob.name}", tmp_path / "out")
    store.save_flow(folder, compression=compression)
    store.load_flow(f"flows/{blob.name}", tmp_path / "out")
    assert contents(tmp_path / "out") == in_archive(FIXED)


def test_a_bomb_under_its_key_is_replaced(store: Store, folder: Path, tmp_path: Path) -> None:
    blob = tmp_path / "stored" / store.save_flow(folder, compression="gzip")
    blob.write_bytes(gzip.compress(bytes(64 * 1024 * 1024)))
    store.save_flow(folder, compression="gzip")
    assert blob.stat().st_size < 10_000
    assert gzip.decompress(blob.read_bytes()) == store.read(store.save_flow(folder))


def test_zstd_that_is_missing_is_said_before_anything_is_read(
    store: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = store.save_flow(folder, compression="zstd")
    for name in ("backports", "backports.zstd", "compression", "compression.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UnsupportedOperation, match=r"install 'storage-config\[objects\]'"):
        store.save_flow(tmp_path / "nowhere", compression="zstd")
    with pytest.raises(UnsupportedOperation, match=r"install 'storage-config\[objects\]'"):
        store.load_flow(key, tmp_path / "out")
    assert not list(tmp_path.glob("*out*"))
    assert store.save_flow(folder) == KEY


def test_a_kv_server_takes_128_mib(kv_server: KVServer, tmp_path: Path) -> None:
    (tmp_path / "flow").mkdir()
    (tmp_path / "flow" / "large").touch()
    os.truncate(tmp_path / "flow" / "large", 128 * 1024 * 1024)
    store = open_store(KVServerStorage(api_address=kv_server.api_address, token=kv_server.token))
    with pytest.raises(StorageError, match="is sent at most 134217728"):
        store.save_flow(tmp_path / "flow")


def test_a_full_disk_is_said(
    store: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = store.save_flow(folder)

    class Full:
        def __init__(self, **_: object) -> None:
            self._file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115

        def __getattr__(self, name: str) -> object:
            return getattr(self._file, name)

    monkeypatch.setattr("storage_core.blobs.archive.checking.TemporaryFile", Full)
    for call in (
        lambda: store.save_flow(folder),
        lambda: store.load_flow(key, tmp_path / "out"),
    ):
        with pytest.raises(StorageError, match=r"No space left.*TMPDIR"):
            call()
    assert not list(tmp_path.glob("*out*"))


def test_a_folder_for_temporary_files_that_is_none_is_said(
    store: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = store.save_flow(folder)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    for call in (
        lambda: store.save_flow(folder),
        lambda: store.load_flow(key, tmp_path / "out"),
    ):
        with pytest.raises(StorageError, match=r"cannot keep the archive .*nowhere: No such"):
            call()
    assert not list(tmp_path.glob("*out*"))


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """The warnings of the logger `storage_core`."""
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno == logging.WARNING:
                lines.append(record.getMessage())

    handler = Lines()
    logging.getLogger("storage_core").addHandler(handler)
    yield lines
    logging.getLogger("storage_core").removeHandler(handler)


def test_what_looks_like_a_secret_is_warned_of_in_one_line(
    store: Store, folder: Path, logged: list[str]
) -> None:
    store.save_flow(folder)
    assert logged == []
    begin = b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl"
    filled(folder, {"conf/.env": b"", "notes.txt": begin, **{f"id{n}.key": b"" for n in range(5)}})
    key = store.save_flow(folder)
    said = (
        f"{folder}: conf/.env, id0.key, id1.key, id2.key, id3.key and 2 more look like secrets, "
        "which all who may read the storage can read; to leave them out, add a line to "
        ".storageignore"
    )
    assert logged == [said]
    assert len(store.load_flow(key, folder.parent / "out")) == len(FIXED) + 7


@pytest.mark.parametrize(
    "name",
    [
        *(
            ".env",
            "a/.env",
            ".ENV",
            ".env.production",
            "prod.env",
            ".envrc",
            "id_rsa",
            "a/id_ed25519",
        ),
        *("server.key", "cert.p12", "a.pfx", "x.ppk", "keys.jks", ".netrc", ".pgpass", ".pypirc"),
        *(".git-credentials", ".aws/credentials", "home/.aws/credentials", "rclone.conf"),
        *("secrets.toml", "storage.toml", ".docker/config.json", "passwords.kdbx"),
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert has_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("env", "env.py", "environment", "flow.py", ".env.example", "a/.env.sample", ".env.dist"),
        *("id_rsa.pub", "keys.py", "key", "monkey", "credentials.py", "config.json", "secrets.py"),
        *(".gitignore", ".storageignore", "cert.pem", "public.crt"),
    ],
)
def test_names_of_none(name: str) -> None:
    assert not has_secret_name(name)


@pytest.mark.parametrize(
    ("beginning", "is_secret"),
    [
        (b"-----BEGIN RSA PRIVATE KEY-----\n", True),
        (b"# comment\n-----BEGIN PRIVATE KEY-----\n", True),
        (b"-----BEGIN CERTIFICATE-----\n", False),
        (b"-----BEGIN PUBLIC KEY-----\n", False),
        (b"PuTTY-User-Key-File-3: ssh-ed25519\n", True),
        (b'{"type": "service_account", "private_key": "x", "client_email": "y"}', True),
        (b'{"private_key": "x"}', False),
        (b"", False),
        (b" " * 9000 + b"-----BEGIN PRIVATE KEY-----\n", False),
    ],
)
def test_beginnings_of_secrets(beginning: bytes, is_secret: bool) -> None:
    assert has_secret_content(beginning) is is_secret
