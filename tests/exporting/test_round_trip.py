"""What is exported and imported again leads to the same place: it reads the same blob."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage_core import S3Storage
from storage_core.exporting import export
from storage_core.importing.sources import source_named
from tests.exporting import places
from tests.exporting.places import Stored
from tests.importing.using import named, opened
from tests.servers.azurite import AzureServer
from tests.servers.gcs import GCSServer
from tests.servers.s3 import S3Server
from tests.servers.webdav import WebDAVServer

FILES = {"rclone": "rclone.conf", "msc": "config.yaml"}


def assert_comes_back(folder: Path, blob: Stored, form: str) -> None:
    file = folder / FILES[form]
    file.write_text(export([blob.configuration], form, reveal=True).text, encoding="utf-8")
    with opened(named(source_named(form).found(str(file)), "prod")) as store:
        assert store.read(blob.key) == blob.data


@pytest.mark.parametrize("form", FILES)
def test_s3_comes_back(s3_server: S3Server, tmp_path: Path, form: str) -> None:
    assert_comes_back(tmp_path, places.on_s3(s3_server), form)


@pytest.mark.parametrize("form", FILES)
def test_azure_comes_back(azure_server: AzureServer, tmp_path: Path, form: str) -> None:
    assert_comes_back(tmp_path, places.on_azure(azure_server), form)


@pytest.mark.parametrize("form", FILES)
def test_google_comes_back(gcs_server: GCSServer, tmp_path: Path, form: str) -> None:
    assert_comes_back(tmp_path, places.on_gcs(gcs_server), form)


@pytest.mark.parametrize("form", FILES)
def test_a_folder_comes_back(tmp_path: Path, form: str) -> None:
    assert_comes_back(tmp_path, places.on_disk(str(tmp_path)), form)


def test_what_fsspec_has_room_for_comes_back_and_the_place_is_asked_for(
    s3_server: S3Server, azure_server: AzureServer, gcs_server: GCSServer, tmp_path: Path
) -> None:
    blobs = [places.on_s3(s3_server), places.on_azure(azure_server), places.on_gcs(gcs_server)]
    given = [blob.named(blob.configuration.type).configuration for blob in blobs]
    file = tmp_path / "storage.json"
    file.write_text(export(given, "fsspec", reveal=True).text, encoding="utf-8")
    about = json.loads(file.read_text())["_storage"]
    found = {each.cls: each for each in source_named("fsspec").found(str(file))}
    assert len(found) == len(blobs)
    for blob in blobs:
        place = about[blob.configuration.type]["url"].partition("://")[2]
        with opened(found[type(blob.configuration)], place) as store:
            assert store.read(blob.key) == blob.data


def test_webdav_comes_back(webdav_server: WebDAVServer, tmp_path: Path) -> None:
    assert_comes_back(tmp_path, places.on_webdav(webdav_server), "rclone")


@pytest.mark.parametrize("form", FILES)
def test_the_settings_come_back(tmp_path: Path, form: str) -> None:
    settings = {
        "bucket": "acme",
        "prefix": "team/results",
        "region_name": "eu-west-1",
        "profile_name": "corp",
    }
    file = tmp_path / FILES[form]
    file.write_text(export([S3Storage(name="prod", **settings)], form).text, encoding="utf-8")
    found = named(source_named(form).found(str(file)), "prod")
    assert found.cls is S3Storage
    assert dict(found.settings) == settings
