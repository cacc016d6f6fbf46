"""What fsspec reads by the file that is exported for its folder of defaults.

Expected: a setting for each URL. Found (fsspec 2026.6): one for each protocol, merged into every
file system of the process; a key that is no protocol is ignored. s3fs with no keys looks for others
on the machine, and with a key alone it refuses.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from storage_core import (
    AzureBlobStorage,
    ConfigurationError,
    FileStorage,
    GoogleCloudStorage,
    KVServerStorage,
    S3Storage,
    StorageConfiguration,
)
from storage_core.exporting import export
from tests.exporting import places
from tests.exporting.places import Stored
from tests.servers.azurite import AzureServer
from tests.servers.gcs import GCSServer
from tests.servers.s3 import S3Server

READ = """\
import json, os, sys, fsspec
about = json.load(open(os.path.join(os.environ["FSSPEC_CONFIG_DIR"], "storage.json")))["_storage"]
for name, key in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    with fsspec.open(about[name]["url"].rstrip("/") + "/" + key, "rb") as file:
        sys.stdout.buffer.write(file.read())
"""


def read(
    folder: Path, text: str, *blobs: Stored, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    (folder / "storage.json").write_text(text, encoding="utf-8")
    names = [part for blob in blobs for part in (blob.configuration.name or "", blob.key)]
    given = {
        "FSSPEC_CONFIG_DIR": str(folder),
        "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false",
        **(env or {}),
    }
    return subprocess.run(
        [sys.executable, "-c", READ, *names],
        env={**os.environ, **given},
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_fsspec_reads_a_blob_of_each_cloud_by_one_file(
    s3_server: S3Server, azure_server: AzureServer, gcs_server: GCSServer, tmp_path: Path
) -> None:
    blobs = [
        places.on_s3(s3_server).named("s3"),
        places.on_s3(s3_server).named("another bucket with the same keys"),
        places.on_azure(azure_server).named("azure"),
        places.on_gcs(gcs_server).named("gcs"),
        places.on_disk(str(tmp_path)).named("disk"),
    ]
    text = export([blob.configuration for blob in blobs], "fsspec", reveal=True).text
    done = read(tmp_path, text, *blobs)
    assert done.stdout == b"".join(blob.data for blob in blobs), done.stderr.decode()


def test_several_of_one_protocol_with_other_keys_are_refused_by_name() -> None:
    both = [S3Storage(name=name, bucket="b", profile_name=name) for name in ("prod", "staging")]
    with pytest.raises(ConfigurationError, match="prod and staging: fsspec has one setting"):
        export(both, "fsspec")


def az(name: str, connection_string: str, **more: Any) -> StorageConfiguration:
    return AzureBlobStorage(name=name, container="c", connection_string=connection_string, **more)


def ftp(name: str, url: str, **options: Any) -> StorageConfiguration:
    return FileStorage(name=name, base_path=url, options=options or None)


TOKEN = {"type": "authorized_user", "client_id": "i", "refresh_token": "one"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (az("one", "AccountName=a;AccountKey=x"), az("other", "AccountName=b;AccountKey=y")),
        (az("one", "env:AK"), az("other", "env:AK2")),
        (az("one", "env:AK"), az("other", "AccountName=a;AccountKey=x")),
        (az("one", "file:/k/one"), az("other", "file:/k/other")),
        (az("one", "env:AK", options={"sas_token": "s"}), az("other", "env:AK")),
        (ftp("one", "ftp://u:one@h/x"), ftp("other", "ftp://u:other@h/x")),
        (ftp("one", "ftp://h/x", password="a"), ftp("other", "ftp://h/x", password="b")),
        (ftp("one", "ftp://h/x", secret={"n": 1}), ftp("other", "ftp://h/x", secret={"n": 2})),
        (
            ftp("one", "gs://b", token=TOKEN),
            ftp("other", "gs://b", token={**TOKEN, "refresh_token": "other"}),
        ),
    ],
)
def test_two_that_differ_in_what_is_left_out_are_refused_by_name(
    one: StorageConfiguration, other: StorageConfiguration
) -> None:
    with pytest.raises(ConfigurationError, match="one and other: fsspec has one setting for all"):
        export([one, other], "fsspec")
    # The same secrets in both are one setting.
    twin = one.renamed("twin", "61354abf-7cc8-4c2c-b890-78b1f985a9fb")
    assert [*json.loads(export([one, twin], "fsspec").text)["_storage"]] == ["one", "twin"]


def without_keys(server: S3Server, patch: pytest.MonkeyPatch) -> Stored:
    patch.setenv("PROD_KEY", server.access_key_id)
    patch.setenv("PROD_SECRET", server.secret_access_key)
    return places.on_s3(
        server, aws_access_key_id="env:PROD_KEY", aws_secret_access_key="env:PROD_SECRET"
    )


def test_keys_that_are_left_out_are_looked_for_nowhere_else(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = without_keys(s3_server, monkeypatch)
    text = export([blob.configuration], "fsspec").text
    others = {
        "AWS_ACCESS_KEY_ID": s3_server.access_key_id,
        "AWS_SECRET_ACCESS_KEY": s3_server.secret_access_key,
    }
    done = read(tmp_path, text, blob, env=others)
    assert done.returncode != 0
    assert b"artial credentials" in done.stderr, done.stderr.decode()


def test_keys_that_are_left_out_can_be_given_as_the_note_says_and_files_stay_files(
    s3_server: S3Server, gcs_server: GCSServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not in the folder where fsspec would read it.
    key = tmp_path.parent / f"{tmp_path.name}-key.json"
    key.write_text(gcs_server.service_account_json)
    blobs = [
        without_keys(s3_server, monkeypatch),
        places.on_gcs(gcs_server, service_account_info=f"file:{key}").named("gcs"),
    ]
    written = export([blob.configuration for blob in blobs], "fsspec")
    assert [*written.notes] == [
        f"prod: {name} is env:{variable}; "
        f"add it, or set FSSPEC_S3_{argument} to the value of {variable}"
        for name, variable, argument in (
            ("aws_access_key_id", "PROD_KEY", "KEY"),
            ("aws_secret_access_key", "PROD_SECRET", "SECRET"),
        )
    ]
    assert json.loads(written.text)["gs"]["token"] == str(key)
    given = {
        "FSSPEC_S3_KEY": s3_server.access_key_id,
        "FSSPEC_S3_SECRET": s3_server.secret_access_key,
    }
    done = read(tmp_path, written.text, *blobs, env=given)
    assert done.stdout == b"".join(blob.data for blob in blobs), done.stderr.decode()


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        (
            KVServerStorage(name="kv", api_address="http://h"),
            "kv: fsspec has nothing for KV Server",
        ),
        (
            S3Storage(name="r", bucket="b", role_arn="arn:aws:iam::123456789012:role/x"),
            "r: fsspec's file cannot say which role",
        ),
    ],
)
def test_what_fsspec_cannot_be_told_is_an_error_that_says_so(
    configuration: StorageConfiguration, said: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        export([configuration], "fsspec", reveal=True)
    assert said in str(caught.value)


def test_what_is_left_out_of_azure_and_google_lets_nobody_else_sign_in() -> None:
    given: list[StorageConfiguration] = [
        AzureBlobStorage(
            name="a", container="c", account_name="acme", options={"account_key": "a-made-up-key"}
        ),
        FileStorage(name="g", base_path="gs://b/p", options={"token": "/a-made-up/key.json"}),
    ]
    found = json.loads(export(given, "fsspec").text)
    assert found["az"] == {"account_name": "acme", "anon": False, "account_key": "(left out)"}
    assert found["gs"] == {"token": "(left out)"}
    found = json.loads(export(given, "fsspec", reveal=True).text)
    assert found["az"]["account_key"] == "a-made-up-key"
    assert found["gs"] == {"token": "/a-made-up/key.json"}


def test_options_are_the_words_of_fsspec_already() -> None:
    text = export(
        [
            S3Storage(
                name="prod",
                bucket="b",
                prefix="p",
                region_name="eu-west-1",
                endpoint_url="https://h",
                ca_bundle="/etc/my.pem",
                options={
                    "requester_pays": True,
                    "config_kwargs": {
                        "s3": {"addressing_style": "virtual"},
                        "signature_version": "s3v4",
                    },
                },
            ),
            AzureBlobStorage(name="a", container="c", account_name="acme"),
            GoogleCloudStorage(name="g", bucket="b", project="p"),
            FileStorage(
                name="f", base_path="ftp://h:2121/in", options={"username": "u", "tls": True}
            ),
        ],
        "fsspec",
        reveal=True,
    ).text
    found = json.loads(text)
    assert found["s3"] == {
        "endpoint_url": "https://h",
        "requester_pays": True,
        "client_kwargs": {"region_name": "eu-west-1", "verify": "/etc/my.pem"},
        "config_kwargs": {
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
            "s3": {"addressing_style": "virtual"},
            "signature_version": "s3v4",
        },
    }
    assert found["az"] == {"account_name": "acme", "anon": False}
    assert found["gs"] == {"project": "p", "token": "google_default"}
    assert found["ftp"] == {"host": "h", "port": 2121, "username": "u", "tls": True}
    assert found["_storage"]["f"]["url"] == "ftp:///in"
