"""Names and files that meet in one process, and what travels from one process to another."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

import fsspec
import pytest

import storage_core
from storage_core import ConfigurationError, InvalidKey, StorageNotFound, UnsupportedOperation
from storage_core.fs import StorageFileSystem
from storage_core.fs.identity import published
from tests.children import in_child
from tests.fs.places import s3_table, written
from tests.servers.kv import KVServer
from tests.servers.s3 import S3Server


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    """Two files that use the same names for other places, each below its own folder."""
    tables = {
        name: {"type": "local", "storage_path": f"places/{number}"}
        for number, name in enumerate(("prod", "a b/c%?#é", "Team.Share"))
    }
    return (
        written(tmp_path / "one" / "storage.toml", tables, default="prod"),
        written(tmp_path / "other" / "storage.toml", tables, default="Team.Share"),
    )


def test_two_files_that_use_the_same_names_never_meet(
    two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (StorageFileSystem(config_path=path) for path in two)
    for fs in (one, other):
        fs.pipe_file("prod/x", fs.storage_options["config_path"].encode())
    assert (one.cat("prod/x"), other.cat("prod/x")) == (two[0].encode(), two[1].encode())
    assert one != other
    assert len({one.ukey("prod/x"), other.ukey("prod/x")}) == 2
    assert len({fs._fs_token for fs in (one, other)}) == 2
    # One instance, as fsspec keeps it, goes from file to file with the variable.
    found = fsspec.filesystem("storage")
    tokens = set()
    for path in two:
        monkeypatch.setenv("STORAGE_CONFIG", path)
        assert fsspec.filesystem("storage") is found
        assert found.cat("prod/x") == path.encode()
        tokens.add(found._fs_token)
    assert len(tokens) == 2


def test_the_default_is_that_of_the_file_and_of_the_variable(
    two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, name in zip(two, ("prod", "Team.Share"), strict=True):
        monkeypatch.setenv("STORAGE_CONFIG", path)
        assert fsspec.url_to_fs("storage:///raw/x")[1] == f"{name}/raw/x"
    monkeypatch.setenv("STORAGE_DEFAULT", "a b/c%?#é")
    assert fsspec.url_to_fs("storage:///x")[1] == "a%20b%2Fc%25%3F%23%C3%A9/x"
    monkeypatch.setenv("STORAGE_DEFAULT", "none")
    with pytest.raises(ValueError, match="STORAGE_DEFAULT") as raised:
        fsspec.url_to_fs("storage:///x")
    assert isinstance(raised.value, StorageNotFound)


def test_a_name_may_hold_anything(two: tuple[str, str]) -> None:
    fs = StorageFileSystem(config_path=two[0])
    encoded = "a%20b%2Fc%25%3F%23%C3%A9"
    assert fs.ls("", detail=False) == ["Team.Share", encoded, "prod"]
    for name in (encoded, "a b%2Fc%25?#é".replace("?", "%3F")):
        fs.pipe_file(f"storage://{name}/100%/ä b?#x", b"1")
    assert fs.find("storage://a%20b%2fc%25%3f%23%c3%a9/") == [f"{encoded}/100%/ä b?#x"]
    assert fs.unstrip_protocol(f"{encoded}/x") == f"storage://{encoded}/x"
    assert fs.cat_file(fs.find(encoded)[0]) == b"1"
    assert fs.glob("*/100%/*") == [f"{encoded}/100%/ä b?#x"]
    with pytest.raises(ValueError, match=r"did you mean 'Team\.Share'"):
        fs.exists("storage://team.share/x")


def test_an_id_is_no_name(two: tuple[str, str]) -> None:
    identifier = storage_core.ConfigFile(two[0]).load()["prod"].id
    with pytest.raises(ValueError, match="storage://prod/"):
        StorageFileSystem(config_path=two[0]).info(f"{identifier}/x")


def test_without_a_default_it_is_temporary_local_storage(home: Path) -> None:
    fs, path = fsspec.url_to_fs("storage:///results/x")
    assert path == "Temporary%20Local%20Storage/results/x"
    fs.pipe_file(path, b"1")
    assert (home / "results" / "x").read_bytes() == b"1"
    (home / "storage.toml").write_text("[app]\n")
    assert fs.ls("Temporary%20Local%20Storage", detail=False) == [path.rpartition("/")[0]]
    assert not fs.exists("Temporary%20Local%20Storage/storage.toml")
    with pytest.raises(ValueError, match="flows and results only"):
        fs.pipe_file("Temporary%20Local%20Storage/storage.toml", b"")
    assert fs.ls("") == []


def test_a_text_in_place_of_a_file_is_told_from_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fs, tokens = StorageFileSystem(), set()
    for name in ("one", "other"):
        text = f'[storage.prod]\ntype = "local"\nstorage_path = "{tmp_path / name}"\n'
        monkeypatch.setenv("STORAGE_CONFIG_TEXT", text)
        fs.pipe_file("prod/x", name.encode())
        assert (tmp_path / name / "x").read_text() == name
        tokens.add(fs._fs_token)
        # Slow to make, so that nobody finds a password in it by guessing.
        assert fs._names.source == published(sha256(text.encode()).hexdigest())
    assert len(tokens) == 2


def test_a_wrong_text_in_place_of_a_file_is_an_error_of_both_families(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fs = StorageFileSystem()
    monkeypatch.setenv("STORAGE_CONFIG_TEXT", "base64:%")
    for call in (lambda: fs.ls(""), lambda: fs._fs_token, lambda: hash(fs)):
        with pytest.raises(ConfigurationError, match="not base64") as raised:
            call()
        assert isinstance(raised.value, OSError)


def test_a_place_that_the_environment_names_is_looked_up_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = written(
        tmp_path / "storage.toml", {"prod": {"type": "local", "storage_path": "env:PLACE"}}
    )
    fs = StorageFileSystem(config_path=path)
    for name in ("one", "other"):
        monkeypatch.setenv("PLACE", str(tmp_path / name))
        assert not fs.exists("prod/x")
        fs.pipe_file("prod/x", name.encode())
        assert (tmp_path / name / "x").read_text() == name


WORKER = """
import pickle, sys
fs, file, path = pickle.load(sys.stdin.buffer)
sys.stdout.write(fs.cat_file(path).decode() + file.read().decode())
"""


def test_a_worker_finds_its_own_file(two: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for path in two:
        StorageFileSystem(config_path=path).pipe_file("prod/x", path.encode())
    monkeypatch.setenv("STORAGE_CONFIG", two[0])
    fs = StorageFileSystem()
    pickled = pickle.dumps((fs, fs.open("prod/x"), "prod/x"))
    for here in two:
        found = subprocess.run(
            [sys.executable, "-c", WORKER],
            input=pickled,
            env={**os.environ, "STORAGE_CONFIG": here},
            capture_output=True,
            check=True,
            timeout=60,
        )
        assert found.stdout.decode() == here * 2


@pytest.fixture
def s3(s3_server: S3Server, tmp_path: Path) -> tuple[StorageFileSystem, str]:
    table = s3_table(s3_server)
    path = written(tmp_path / "storage.toml", {"prod": table})
    return (
        StorageFileSystem(config_path=path, secret=table["aws_secret_access_key"]),
        table["aws_secret_access_key"],
    )


def test_no_secret_is_told_by_a_file_system(s3: tuple[StorageFileSystem, str]) -> None:
    fs, secret = s3
    fs.pipe_file("prod/x", b"1")
    told = [repr(fs), fs.to_json(), str(fs.to_dict()), fs._fs_token, fs.fsid, repr(vars(fs))]
    told += [repr(vars(fs._names)), fs.ukey("prod/x"), str(fs.ls("prod"))]
    assert secret not in "".join(told)
    file = fs.open("prod/x")
    assert secret.encode() not in pickle.dumps((fs, file))
    with fsspec.open("storage://prod/x", **fs.storage_options) as opened:
        assert opened.read() == b"1"
    assert json.loads(fs.to_json())["config_path"] == fs.storage_options["config_path"]


def test_a_child_after_a_fork_and_many_threads_work(s3: tuple[StorageFileSystem, str]) -> None:
    fs, _ = s3
    fs.pipe({f"prod/{number}": b"%d" % number for number in range(50)})

    def read() -> None:
        assert fs.cat(fs.find("prod"))["prod/7"] == b"7"
        assert fsspec.filesystem("storage", **fs.storage_options).cat("prod/8") == b"8"

    in_child(read)
    with ThreadPoolExecutor(16) as pool:
        found = [*pool.map(lambda number: fs.cat(f"prod/{number % 50}"), range(200))]
    assert found == [b"%d" % (number % 50) for number in range(200)]
    assert threading.active_count() < 100


def test_a_configuration_that_is_read_only_is_not_written_through(tmp_path: Path) -> None:
    table = {"type": "local", "storage_path": str(tmp_path / "there")}
    path = written(tmp_path / "storage.toml", {"ours": table, "prod": {**table, "read_only": True}})
    fs = StorageFileSystem(config_path=path)
    fs.pipe_file("ours/x", b"1")
    assert fs.cat("prod/x") == b"1"
    for call in (
        lambda: fs.pipe_file("prod/y", b""),
        lambda: fs.open("prod/y", "wb"),
        lambda: fs.rm("prod/x"),
        lambda: fs.cp_file("ours/x", "prod/y"),
        lambda: fs.mkdir("prod/z"),
        lambda: fs.mv("prod/x", "ours/other"),
    ):
        with pytest.raises(NotImplementedError, match="read-only by its configuration") as raised:
            call()
        assert isinstance(raised.value, UnsupportedOperation)
    assert fs.find("ours") == ["ours/x"]


def test_what_a_kv_server_does_not_know_is_said(kv_server: KVServer, tmp_path: Path) -> None:
    table = {"type": "kv", "api_address": kv_server.api_address, "token": kv_server.token}
    fs = StorageFileSystem(config_path=written(tmp_path / "storage.toml", {"prod": table}))
    name = f"prod/results/{token_hex(16)}"
    fs.pipe_file(name, b"12345")
    assert fs.cat_file(name) == b"12345"
    with fs.open(name) as file:
        assert file.read(2) == b"12"
    for call in (
        lambda: fs.cat_file(name, 1, 2),
        lambda: fs.pipe_file("prod/raw/x", b""),
        lambda: fs.mkdir("prod/raw"),
        lambda: fs.makedirs("prod/results/raw", exist_ok=True),
        lambda: fs.rmdir("prod/raw"),
    ):
        with pytest.raises(UnsupportedOperation):
            call()


def test_the_kinds_of_a_kv_server_are_folders(kv_server: KVServer, tmp_path: Path) -> None:
    table = {"type": "kv", "api_address": kv_server.api_address, "token": kv_server.token}
    fs = StorageFileSystem(config_path=written(tmp_path / "storage.toml", {"prod": table}))
    name = f"prod/results/{token_hex(16)}"
    fs.makedirs("prod/results", exist_ok=True)
    fs.pipe_file(name, b"12345")
    assert {"name": "prod/results", "size": 0, "type": "directory"} in fs.ls("prod")
    assert fs.info("prod/results")["type"] == "directory"
    assert fs.exists("prod/results")
    assert fs.isdir("prod/results")
    assert not fs.isfile("prod/results")
    assert fs.glob("prod/res*") == fs.glob("prod/results") == ["prod/results"]
    assert name in fs.find("prod/results")
    assert name in fs.ls("prod/results", detail=False)
    fs.rm(name)
    assert fs.exists("prod/results") == bool(fs.find("prod/results"))


def test_a_broken_table_hides_no_other(tmp_path: Path) -> None:
    good = {"type": "local", "storage_path": str(tmp_path / "there")}
    path = written(tmp_path / "storage.toml", {"bad": {"type": "s3"}, "good": good})
    fs = StorageFileSystem(config_path=path)
    assert fs.ls("", detail=False) == ["bad", "good"]
    fs.pipe_file("good/x", b"")
    with pytest.raises(ValueError, match="bucket is missing") as raised:
        fs.ls("bad")
    assert isinstance(raised.value, ConfigurationError)
    assert isinstance(raised.value, OSError)
    with pytest.raises(InvalidKey):
        fs.info("good/a//b")


def test_a_configuration_does_not_lead_to_another_by_way_of_a_url(tmp_path: Path) -> None:
    tables = {"loop": {"type": "file", "base_path": "storage://loop/below"}}
    fs = StorageFileSystem(config_path=written(tmp_path / "storage.toml", tables))
    with pytest.raises(ValueError, match="leads to a configuration"):
        fs.pipe_file("loop/x", b"")
