"""`storage import prefect`: the blocks of a home, decrypted, with their credentials."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core.errors import ConfigurationError
from storage_core.importing.found import Found
from storage_core.importing.sources import prefect
from tests.importing.prefect_home import PrefectHome

SECRET = token_hex(20)
CONNECTION = f"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={SECRET}"
KEY_FILE = {"type": "service_account", "private_key": SECRET, "client_email": "a@b"}

CLIENT = {"api_version": None, "use_ssl": True, "verify": None, "verify_cert_path": None}


@pytest.fixture
def beta(home: Path) -> PrefectHome:
    return PrefectHome(home, beta=True)


@pytest.fixture
def three(home: Path) -> PrefectHome:
    return PrefectHome(home)


def only(path: str | None = None) -> Found:
    [found] = prefect.found(path)
    return found


BETA = {
    "Azure Blob Storage": (
        {"container": "results", "connection_string": CONNECTION},
        "azure",
        {"container": "results", "connection_string": CONNECTION},
    ),
    "File Storage": (
        {"base_path": "/mnt/flows/", "key_type": "uuid", "options": {}},
        "file",
        {"base_path": "/mnt/flows/", "key_type": "uuid"},
    ),
    "Google Cloud Storage": (
        {"bucket": "acme", "project": "p", "service_account_info": KEY_FILE},
        "gcs",
        {"bucket": "acme", "project": "p", "service_account_info": json.dumps(KEY_FILE)},
    ),
    "KV Server Storage": (
        {"api_address": "http://127.0.0.1:4200/api/kv"},
        "kv",
        {"api_address": "http://127.0.0.1:4200/api/kv"},
    ),
    "Local Storage": ({"storage_path": "~/data"}, "local", {"storage_path": "~/data"}),
    "S3 Storage": (
        {
            "bucket": "acme",
            "aws_access_key_id": "AKIAEXAMPLE",
            "aws_secret_access_key": SECRET,
            "aws_session_token": None,
            "profile_name": None,
            "region_name": "eu-west-1",
        },
        "s3",
        {
            "bucket": "acme",
            "aws_access_key_id": "AKIAEXAMPLE",
            "aws_secret_access_key": SECRET,
            "region_name": "eu-west-1",
        },
    ),
    "Temporary Local Storage": ({}, "temporary", {}),
}


@pytest.mark.parametrize("kind", BETA)
def test_each_block_of_the_beta_is_what_it_was(beta: PrefectHome, kind: str) -> None:
    data, type_name, settings = BETA[kind]
    identifier = beta.add(kind, "one", data)
    found = only()
    assert found.cls is not None
    assert (found.cls.type, found.settings, found.id) == (type_name, settings, identifier)
    assert SECRET not in repr(found)


def test_the_default_is_kept(beta: PrefectHome) -> None:
    beta.add("Local Storage", "laptop", {"storage_path": "/a"})
    beta.add("Local Storage", "prod", {"storage_path": "/b"}, default=True)
    assert {each.name: each.is_default for each in prefect.found()} == {
        "laptop": False,
        "prod": True,
    }


def test_the_default_of_prefect_3_is_a_setting(
    three: PrefectHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    three.add("Local File System", "laptop", {"basepath": "/data"})
    assert not only().is_default
    (three.folder / "profiles.toml").write_text(
        'active = "local"\n[profiles.local]\n'
        'PREFECT_DEFAULT_RESULT_STORAGE_BLOCK = "local-file-system/laptop"\n'
        "[profiles.other]\n"
    )
    assert only().is_default
    monkeypatch.setenv("PREFECT_PROFILE", "other")
    assert not only().is_default
    monkeypatch.setenv("PREFECT_DEFAULT_RESULT_STORAGE_BLOCK", "local-file-system/laptop")
    assert only().is_default


def test_credentials_are_taken_from_the_block_that_is_referred_to(three: PrefectHome) -> None:
    keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": SECRET}
    role = {"assume_role_arn": "arn:aws:iam::1:role/r", "assume_role_kwargs": {"ExternalId": "x"}}
    inner = three.add(
        "AWS Credentials",
        "acme-aws",
        {**keys, **role, "region_name": "eu-west-1", "aws_client_parameters": CLIENT},
    )
    block = {"bucket_name": "acme", "bucket_folder": "results/"}
    three.add("S3 Bucket", "prod", block, refers={"credentials": inner})
    found = only()
    assert found.settings == {
        "bucket": "acme",
        "prefix": "results/",
        **keys,
        "region_name": "eu-west-1",
        "role_arn": "arn:aws:iam::1:role/r",
        "external_id": "x",
    }
    assert found.lost == ()


def test_credentials_may_stand_in_the_block_itself(three: PrefectHome) -> None:
    minio = {
        "minio_root_user": "minio",
        "minio_root_password": SECRET,
        "aws_client_parameters": {
            **CLIENT,
            "endpoint_url": "http://127.0.0.1:9000",
            "verify_cert_path": "/etc/ca.pem",
            "verify": False,
            "config": {"max_pool_connections": 5},
        },
    }
    three.add("S3 Bucket", "minio", {"bucket_name": "acme", "credentials": minio})
    found = only()
    assert found.settings == {
        "bucket": "acme",
        "aws_access_key_id": "minio",
        "aws_secret_access_key": SECRET,
        "endpoint_url": "http://127.0.0.1:9000",
        "ca_bundle": "/etc/ca.pem",
    }
    assert found.lost == ("aws_client_parameters.verify", "aws_client_parameters.config")


def test_a_reference_is_kept_where_there_is_one(three: PrefectHome) -> None:
    credentials = {"service_account_file": "~/key.json", "service_account_info": None}
    inner = three.add("GCP Credentials", "gcp", {**credentials, "project": "p"})
    block = {"bucket": "acme", "bucket_folder": ""}
    three.add("GCS Bucket", "gcs", block, refers={"gcp_credentials": inner})
    profile = three.add("AWS Credentials", "aws", {"profile_name": "corp"})
    three.add("S3 Bucket", "s3", {"bucket_name": "acme"}, refers={"credentials": profile})
    assert {each.name: each.settings for each in prefect.found()} == {
        "gcs": {"bucket": "acme", "service_account_info": "file:~/key.json", "project": "p"},
        "s3": {"bucket": "acme", "profile_name": "corp"},
    }


def test_an_azure_container_has_a_connection_string_or_an_account(three: PrefectHome) -> None:
    by_string = three.add("Azure Blob Storage Credentials", "a", {"connection_string": CONNECTION})
    url = {"account_url": "https://acme.blob.core.windows.net/", "client_id": "id"}
    by_url = three.add("Azure Blob Storage Credentials", "b", url)
    other = three.add("Azure Blob Storage Credentials", "c", {"account_url": "https://files.acme"})
    for name, inner in (("one", by_string), ("two", by_url), ("three", other)):
        block = {"container_name": "c", "base_folder": "flows"}
        refers = {"credentials": inner}
        three.add("Azure Blob Storage Container", name, block, refers=refers)
    found = {each.name: each for each in prefect.found()}
    place = {"container": "c", "prefix": "flows"}
    assert found["one"].settings == {**place, "connection_string": CONNECTION}
    assert found["two"].settings == {
        **place,
        "account_name": "acme",
        "options": {"client_id": "id"},
    }
    assert found["three"].reason.startswith("its credentials have neither")


OTHERS = {
    "Local File System": ({"basepath": "~/data"}, "local", {"storage_path": "~/data"}),
    "Remote File System": (
        {"basepath": "s3://acme/x", "settings": {"key": "k", "secret": SECRET}},
        "file",
        {"base_path": "s3://acme/x", "options": {"key": "k", "secret": SECRET}},
    ),
    "S3": (
        {"bucket_path": "acme/flows/x", "aws_access_key_id": "k", "aws_secret_access_key": SECRET},
        "s3",
        {
            "bucket": "acme",
            "prefix": "flows/x",
            "aws_access_key_id": "k",
            "aws_secret_access_key": SECRET,
        },
    ),
    "GCS": (
        {"bucket_path": "acme", "service_account_info": json.dumps(KEY_FILE)},
        "gcs",
        {"bucket": "acme", "service_account_info": json.dumps(KEY_FILE)},
    ),
    "Azure": (
        {"bucket_path": "acme/x", "azure_storage_connection_string": CONNECTION},
        "azure",
        {"container": "acme", "prefix": "x", "connection_string": CONNECTION},
    ),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_blocks_of_prefect_2_and_3_without_credentials_of_their_own(
    three: PrefectHome, kind: str
) -> None:
    data, type_name, settings = OTHERS[kind]
    three.add(kind, "one", data)
    found = only()
    assert found.cls is not None
    assert (found.cls.type, found.settings) == (type_name, settings)


def test_what_is_no_storage_says_why_or_nothing(three: PrefectHome) -> None:
    three.add("SMB", "share", {"share_path": "x", "smb_password": SECRET})
    three.add("GitHub", "code", {"repository": "x"})
    three.add("Local File System", "here", {"basepath": None})
    three.add("Secret", "token", {"value": SECRET})
    three.add("Local File System", "nameless", {"basepath": "/tmp"}, anonymous=True)
    found = {each.name: each.reason for each in prefect.found()}
    assert found == {
        "share": "it is a Windows share; mount it, and use Local Storage",
        "code": "it is a repository of code, which nothing is written to",
        "here": "it names no folder: it is the one in which a flow happens to run",
    }


def test_credentials_that_no_block_refers_to_ask_for_a_bucket(three: PrefectHome) -> None:
    three.add("AWS Credentials", "acme-aws", {"profile_name": "corp"})
    found = only()
    assert (found.asks, found.settings, found.id) == ("bucket", {"profile_name": "corp"}, None)


def test_a_value_that_looks_like_a_reference_is_none(three: PrefectHome) -> None:
    data = {"aws_access_key_id": "k", "aws_secret_access_key": "env:HOME"}
    three.add("S3", "one", {"bucket_path": "acme", **data})
    assert only().settings["aws_secret_access_key"] == "literal:env:HOME"


def test_the_key_may_be_in_a_variable(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = PrefectHome(home, keep_key=False)
    made.add("Local File System", "laptop", {"basepath": "/data"})
    assert only().reason.startswith("its data were encrypted with another key")
    monkeypatch.setenv("PREFECT_SERVER_ENCRYPTION_KEY", "no key")
    assert only().reason
    monkeypatch.setenv("PREFECT_SERVER_ENCRYPTION_KEY", made.key)
    assert only().settings == {"storage_path": "/data"}


@pytest.fixture
def in_use(three: PrefectHome) -> Iterator[PrefectHome]:
    """A home whose blocks are all in the log, as long as it is open."""
    with closing(three.connect()) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA wal_autocheckpoint = 0")
        three.add("Local File System", "laptop", {"basepath": "/data"}, database=database)
        yield three


def files(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir() if "-shm" not in each.name}


def test_a_home_in_use_is_read_with_its_log(in_use: PrefectHome) -> None:
    before = files(in_use.folder)
    assert only().name == "laptop"
    assert files(in_use.folder) == before


def test_the_copy_of_a_home_is_read_with_its_log_and_left_as_it_is(
    in_use: PrefectHome, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("prefect.db", "prefect.db-wal"):
        shutil.copy(in_use.folder / name, copy)
    before = files(copy)
    assert only(str(copy)).name == "laptop"
    # SQLite itself would have made an index beside it.
    assert {each.name for each in copy.iterdir()} == before.keys()
    assert files(copy) == before


def test_a_log_whose_index_cannot_be_opened_is_read(in_use: PrefectHome, tmp_path: Path) -> None:
    """As in a folder that only its owner may write; for root too, who may write in every one."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("prefect.db", "prefect.db-wal"):
        shutil.copy(in_use.folder / name, copy)
    (copy / "prefect.db-shm").mkdir()
    assert only(str(copy)).name == "laptop"


def test_a_home_without_a_log_gets_none(three: PrefectHome) -> None:
    with closing(three.connect()) as database:
        database.execute("PRAGMA journal_mode = WAL")
    three.add("Local File System", "laptop", {"basepath": "/data"})
    before = {each.name for each in three.folder.iterdir()}
    assert before == {"prefect.db"}
    assert only().name == "laptop"
    assert {each.name for each in three.folder.iterdir()} == before


def test_a_database_on_a_server_is_not_asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql+asyncpg://me:{SECRET}@db.example:5432/prefect"
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", url)
    monkeypatch.setenv("PREFECT_API_URL", "https://api.prefect.cloud/api/accounts/1")
    database, server = prefect.found()
    assert database.reason.startswith("its blocks are on db.example, and no database on a server")
    assert server.reason.startswith("its blocks are on api.prefect.cloud, and no server is asked")
    assert SECRET not in f"{database!r}{server!r}"


def test_a_database_elsewhere_is_found_by_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = PrefectHome(tmp_path / "a folder")
    made.add("Local File System", "laptop", {"basepath": "/data"})
    url = f"sqlite+aiosqlite:///{made.path}"
    monkeypatch.setenv("PREFECT_API_DATABASE_CONNECTION_URL", url)
    assert only().place == str(made.path)
    made.path.unlink()
    with pytest.raises(ConfigurationError, match="does not exist"):
        prefect.found()


def test_where_there_is_no_prefect_nothing_is_found(home: Path) -> None:
    assert prefect.found() == []


def no_database(path: Path) -> None:
    path.write_text("something else")


def empty(path: Path) -> None:
    path.touch()


def another(path: Path) -> None:
    import sqlite3

    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE flow (id)")


@pytest.mark.parametrize("make", [no_database, empty, another])
def test_a_file_that_is_no_database_of_prefect_is_named(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "prefect.db"
    make(path)
    with pytest.raises(ConfigurationError, match=f"{path}.* (no|holds no) "):
        prefect.found(str(path))


def test_a_path_that_is_not_there_or_is_a_pipe_is_not_opened(home: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nope: does not exist; correct the path"):
        prefect.found(str(tmp_path / "nope"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="pipe: is no regular file; name a file"):
        prefect.found(str(tmp_path / "pipe"))
    home.mkdir(exist_ok=True)
    (home / "prefect.db").mkdir()
    with pytest.raises(ConfigurationError, match=r"prefect\.db: is a folder"):
        prefect.found()


def test_profiles_that_are_a_pipe_are_not_opened(tmp_path: Path) -> None:
    made = PrefectHome(tmp_path / "a home")
    os.mkfifo(made.folder / "profiles.toml")
    with pytest.raises(ConfigurationError, match="cannot read Prefect's profiles"):
        prefect.found(str(made.folder))
