"""Every way to sign in to Google Cloud Storage, and what is said where one fails."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

import pytest

from storage_core import (
    AccessDenied,
    ConfigurationError,
    FileStorage,
    GoogleCloudStorage,
    StorageUnavailable,
    open_store,
)
from storage_core.errors import StorageError
from tests.engines import both
from tests.patience import within
from tests.servers.gcs import GCSServer

pytestmark = both

LOGIN = "gcloud auth application-default login"
SignsIn = Callable[..., GoogleCloudStorage]


@pytest.fixture
def bucket(gcs_server: GCSServer) -> SignsIn:
    """A configuration for a fresh bucket, with these settings."""
    name = gcs_server.new_bucket()

    def made(**settings: Any) -> GoogleCloudStorage:
        return GoogleCloudStorage(
            bucket=name, endpoint_url=gcs_server.endpoint_url, **{"timeout": 10, **settings}
        )

    return made


@pytest.fixture
def by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Path]:
    """Writes what gcloud keeps as application-default credentials."""

    def made(info: Any) -> Path:
        monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
        path = tmp_path / "application_default_credentials.json"
        path.write_text(info if isinstance(info, str) else json.dumps(info))
        return path

    return made


def refused(storage: GoogleCloudStorage | FileStorage) -> StorageError:
    with (
        within((storage.timeout or 10) + 0.5),
        open_store(storage) as store,
        pytest.raises(StorageError) as caught,
    ):
        store.write(b"x")
    assert "\n" not in str(caught.value)
    return caught.value


def works(storage: GoogleCloudStorage | FileStorage) -> None:
    with open_store(storage) as store:
        assert store.read(store.write(b"x")) == b"x"


def test_a_persons_sign_in_is_used_whatever_the_project(
    gcs_server: GCSServer, bucket: SignsIn, by_default: Callable[[Any], Path]
) -> None:
    by_default(gcs_server.person)
    works(bucket(project="another-project"))
    assert gcs_server.asked_by() == "a person"


def test_a_token_that_is_taken_back_is_renewed_in_the_same_call(
    gcs_server: GCSServer, bucket: SignsIn
) -> None:
    with open_store(bucket(service_account_info=gcs_server.service_account_json)) as store:
        key = store.write(b"x")
        gcs_server.forget_tokens()
        assert store.read(key) == b"x"


def test_a_service_account_of_another_project_is_used_too(
    gcs_server: GCSServer, bucket: SignsIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key.json").write_text(gcs_server.service_account_json)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    works(bucket(project="another-project"))
    assert gcs_server.asked_by() == gcs_server.service_account_info["client_email"]


def test_nobody_is_signed_in_where_that_is_wanted(
    gcs_server: GCSServer, bucket: SignsIn, by_default: Callable[[Any], Path]
) -> None:
    by_default(gcs_server.person)
    error = refused(bucket(options={"token": "anon"}))
    assert type(error) is AccessDenied
    assert "take token out of Options to sign in" in str(error)
    assert gcs_server.asked_by() == "nobody"


def test_a_sign_in_that_was_revoked_is_said_with_its_file_and_the_way_to_sign_in(
    gcs_server: GCSServer, bucket: SignsIn, by_default: Callable[[Any], Path]
) -> None:
    path = by_default({**gcs_server.person, "refresh_token": "old"})
    error = refused(bucket())
    assert type(error) is AccessDenied
    for part in (str(path), f"{gcs_server.endpoint_url}/token", "expired or revoked", LOGIN):
        assert part in str(error)


@pytest.mark.parametrize("endpoint", [True, False], ids=["own endpoint", "Google"])
def test_where_nothing_signs_in_that_is_said_at_once(bucket: SignsIn, endpoint: bool) -> None:
    storage = bucket() if endpoint else GoogleCloudStorage(bucket="acme", timeout=10)
    with within(5):
        error = refused(storage)
    assert type(error) is AccessDenied
    for part in ("GOOGLE_APPLICATION_CREDENTIALS", LOGIN, 'token = "anon"'):
        assert part in str(error)
    assert "fill in Service Account Info" in str(error)


def test_file_storage_signs_in_to_gs_in_the_same_ways_with_its_own_words(
    gcs_server: GCSServer, bucket: SignsIn, by_default: Callable[[Any], Path]
) -> None:
    options = {"endpoint_url": gcs_server.endpoint_url, "project": "another"}
    storage = FileStorage(base_path=f"gs://{bucket().bucket}/below", options=options)
    error = refused(storage)
    assert "fill in token in Options" in str(error)
    by_default(gcs_server.person)
    works(storage)
    assert gcs_server.asked_by() == "a person"
    works(replace(storage, options={**options, "token": gcs_server.service_account_info}))
    assert gcs_server.asked_by() == gcs_server.service_account_info["client_email"]


def test_a_file_that_a_variable_names_in_vain_is_named_with_it(
    bucket: SignsIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "gone.json"))
    error = refused(bucket())
    assert type(error) is ConfigurationError
    assert f"GOOGLE_APPLICATION_CREDENTIALS ({tmp_path}/gone.json) cannot be read" in str(error)
    (tmp_path / "gone.json").write_text("{")
    assert "is not the JSON of Google credentials" in str(refused(bucket()))


@pytest.mark.parametrize("kind", ["file", "url", "executable"])
def test_a_workload_signs_in_with_its_subject_token(
    kind: str,
    gcs_server: GCSServer,
    bucket: SignsIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = tmp_path / "token"
    program = tmp_path / "program"
    answer = {
        "version": 1,
        "success": True,
        "token_type": "urn:ietf:params:oauth:token-type:jwt",
        "id_token": gcs_server.subject_token,
    }
    program.write_text(f"#!/bin/sh\necho '{json.dumps(answer)}'\n")
    program.chmod(0o700)
    monkeypatch.setenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1")
    source: dict[str, Any] = {
        "file": {"file": str(token)},
        "url": {"url": f"{gcs_server.endpoint_url}/subject"},
        "executable": {"executable": {"command": str(program), "timeout_millis": 5000}},
    }[kind]
    storage = bucket(service_account_info=json.dumps(gcs_server.workload(**source)))
    if kind == "file":
        error = refused(storage)
        assert type(error) is ConfigurationError
        assert f"{token}' was not found; check credential_source" in str(error)
        token.write_text(gcs_server.subject_token)
    if kind == "executable":
        monkeypatch.delenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES")
        assert "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES" in str(refused(storage))
        monkeypatch.setenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1")
    works(storage)
    assert gcs_server.asked_by() == "a workload"


@pytest.mark.parametrize(
    ("program", "said"), [("exit 3", "non-zero return code 3"), ("sleep 20", "gives no token")]
)
def test_a_program_that_gives_no_token_is_told_of_within_the_deadline(
    program: str,
    said: str,
    gcs_server: GCSServer,
    bucket: SignsIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "program").write_text(f"#!/bin/sh\n{program}\n")
    (tmp_path / "program").chmod(0o700)
    monkeypatch.setenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1")
    source = {"executable": {"command": str(tmp_path / "program"), "timeout_millis": 5000}}
    info = json.dumps(gcs_server.workload(**source))
    assert said in str(refused(bucket(service_account_info=info, timeout=2)))


def test_an_account_is_impersonated_by_whoever_may(
    gcs_server: GCSServer, bucket: SignsIn, by_default: Callable[[Any], Path]
) -> None:
    by_default(gcs_server.impersonating("robot@acme.iam.gserviceaccount.com"))
    works(bucket())
    assert gcs_server.asked_by() == "robot@acme.iam.gserviceaccount.com"
    by_default(gcs_server.impersonating("forbidden@acme.iam.gserviceaccount.com"))
    error = refused(bucket())
    assert type(error) is AccessDenied
    assert "forbidden@acme.iam" in str(error)
    assert "Service Account Token Creator" in str(error)


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("slow", "set the clock of this machine"),
        ("gone", "account not found); see whether the account and its key exist"),
    ],
)
def test_why_a_service_account_gets_no_token_is_said(
    way: str, said: str, gcs_server: GCSServer, bucket: SignsIn
) -> None:
    url = f"{gcs_server.endpoint_url}/{way}/token"
    info = {**gcs_server.service_account_info, "token_uri": url}
    error = refused(bucket(service_account_info=json.dumps(info)))
    assert type(error) is AccessDenied
    assert said in str(error)
    assert url in str(error)


@pytest.mark.parametrize("way", ["broken", "silent", "down"])
def test_a_token_endpoint_that_does_not_answer_is_named_and_holds_up_nobody_else(
    way: str, gcs_server: GCSServer, bucket: SignsIn, server_down_url: str
) -> None:
    url = f"{gcs_server.endpoint_url if way != 'down' else server_down_url}/{way}/token"
    info = {**gcs_server.service_account_info, "token_uri": url}
    caught: list[StorageError] = []
    waits = bucket(service_account_info=json.dumps(info), timeout=1.5)
    works(bucket(service_account_info=gcs_server.service_account_json))
    # On a busy machine this may take longer by itself.
    for tries_left in (2, 1, 0):
        waiting = Thread(target=lambda: caught.append(refused(waits)))
        waiting.start()
        started = monotonic()
        works(bucket(service_account_info=gcs_server.service_account_json))
        took = monotonic() - started
        waiting.join()
        if took < 1.2:
            break
        assert tries_left, took
    assert type(caught[0]) is StorageUnavailable
    assert f"{url} gives no token" in str(caught[0])
    assert "check the network and what Service Account Info names" in str(caught[0])


def test_the_metadata_server_signs_a_machine_in_and_nothing_is_printed(
    gcs_server: GCSServer, bucket: SignsIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = (
        "import sys, storage_core as s\n"
        "where = s.GoogleCloudStorage(bucket=sys.argv[1], endpoint_url=sys.argv[2])\n"
        "try:\n"
        "    with s.open_store(where, timeout=float(sys.argv[3])) as store:\n"
        "        print(store.read(store.write(b'x')))\n"
        "except s.StorageUnavailable as error:\n"
        "    print(error)\n"
    )

    def said(host: str, timeout: float) -> str:
        # In a process of its own, since google-auth reads its variables once.
        monkeypatch.setenv("GCE_METADATA_HOST", host)
        given = [bucket().bucket, gcs_server.endpoint_url, str(timeout)]
        command = [sys.executable, "-c", script, *given]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        assert done.stderr == ""
        return done.stdout

    monkeypatch.delenv("NO_GCE_CHECK")
    assert said(gcs_server.endpoint_url.partition("//")[2], 30) == "b'x'\n"
    assert gcs_server.asked_by() == "the machine"
    # All of it is waited for, and a new process has to load the driver first.
    failed = said("127.0.0.1:1", 4)
    assert "http://127.0.0.1:1/computeMetadata/" in failed
    assert "give this machine a service account, or correct GCE_METADATA_HOST" in failed


def test_a_sign_in_of_another_kind_in_options_works_as_well(
    gcs_server: GCSServer, bucket: SignsIn, tmp_path: Path
) -> None:
    path = tmp_path / "person.json"
    path.write_text(json.dumps(gcs_server.person))
    for token in (str(path), gcs_server.person):
        works(bucket(options={"token": token}))
        assert gcs_server.asked_by() == "a person"
    error = refused(bucket(options={"token": "ya29.expired"}))
    assert type(error) is AccessDenied
    assert "get a new one" in str(error)
    error = refused(bucket(options={"token": "browser"}))
    assert type(error) is ConfigurationError
    assert LOGIN in str(error)
