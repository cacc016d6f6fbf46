"""What stands in a URL besides its place: user, password and query, and chains of fsspec's.

Expected: fsspec and rclone are given the URL as it is. Found: user, password and query of
`https://u:pw@h/d?x=1` were dropped without a word; `simplecache::file:///d` was written as a
protocol of this name, which there is not.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from storage_core import ConfigurationError, FileStorage
from storage_core.exporting import export
from tests.exporting import places
from tests.exporting.places import Stored
from tests.exporting.test_fsspec import read
from tests.exporting.test_python import assert_reads, run
from tests.exporting.test_rclone import rclone
from tests.servers.webdav import WebDAVServer

SECRET = "pw@x/é"
URL = f"https://u:{quote(SECRET, safe='')}@h/d?x=1"
FORMS = ("python", "fsspec", "rclone")


def at(base_path: str, **settings: Any) -> FileStorage:
    return FileStorage(name="web", base_path=base_path, **settings)


def is_in(text: str) -> bool:
    basic = base64.b64encode(f"u:{SECRET}".encode()).decode()
    return any(each in text for each in (SECRET, quote(SECRET, safe=""), basic, "pw@x"))


@pytest.mark.parametrize("form", FORMS)
def test_what_http_is_not_given_is_said(form: str) -> None:
    written = export([at(URL)], form)
    assert not is_in(written.text + "".join(written.notes))
    said = "\n".join(written.notes)
    assert said.count("web: the password in base_path is left out, since it stands") == 1
    assert "web: not expressed here: the query in base_path" in said
    written = export([at(URL)], form, reveal=True)
    assert is_in(written.text)
    assert [*written.notes] == ["web: not expressed here: the query in base_path"]


@pytest.mark.parametrize("form", FORMS)
def test_without_a_login_nothing_is_said(form: str) -> None:
    written = export([at("http://h/d")], form)
    assert written.notes == ()
    for word in ("Authorization", "_basic", "headers", "@"):
        assert word not in written.text


@pytest.mark.parametrize("form", FORMS)
def test_a_signature_in_the_query_is_no_password_of_a_login(form: str) -> None:
    written = export([at("https://h/d?sig=a-made-up-signature")], form)
    assert "a-made-up" not in written.text
    assert "not expressed here: the query in base_path" in written.text
    for word in ("_basic", "environ", "set headers", "add it to the URL"):
        assert word not in written.text


@pytest.fixture
def blob(webdav_server: WebDAVServer) -> Stored:
    """A blob that HTTP gives to one user only."""
    found = places.on_webdav(webdav_server)
    base = str(found.configuration.given()["base_path"]).replace("webdav://", "http://")
    return found._replace(configuration=FileStorage(name="prod", base_path=base))


def test_each_tool_signs_in_to_http(blob: Stored, tmp_path: Path) -> None:
    given = [blob.configuration]
    assert_reads(tmp_path, blob, export(given, "python", reveal=True).text)
    done = read(tmp_path, export(given, "fsspec", reveal=True).text, blob)
    assert done.stdout == blob.data, done.stderr.decode()
    done = rclone(tmp_path, export(given, "rclone", reveal=True).text, "cat", f"prod:{blob.key}")
    assert done.stdout == blob.data, done.stderr


def test_a_password_that_is_left_out_comes_from_the_variable_that_is_named(
    blob: Stored, webdav_server: WebDAVServer, tmp_path: Path
) -> None:
    text = export([blob.configuration], "python").text
    variable = "PROD_THE_PASSWORD_IN_BASE_PATH"
    assert f"set the variable {variable} to it" in text
    assert f"KeyError: '{variable}'".encode() in run(tmp_path, text, "prod", blob.key).stderr
    assert_reads(tmp_path, blob, text, **{variable: webdav_server.password})


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("scheme", ["https", "ftp", "webdav", "smb"])
def test_a_password_in_what_a_variable_says_is_left_out_too(
    form: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if (form, scheme) == ("rclone", "smb"):
        return
    monkeypatch.setenv("WEB", URL.replace("https", scheme))
    written = export([at("env:WEB")], form)
    assert not is_in(written.text + "".join(written.notes))
    assert "pass = " not in written.text
    assert "the password in base_path is left out" in "".join(written.notes)


def test_python_opens_a_chain(tmp_path: Path) -> None:
    blob = places.on_disk(str(tmp_path))
    (tmp_path / "plain").symlink_to(blob.configuration.given()["storage_path"])
    chain = blob._replace(configuration=at(f"simplecache::file://{tmp_path}/plain"))
    assert_reads(tmp_path, chain, export([chain.configuration], "python").text)


@pytest.mark.parametrize(
    ("url", "packages"),
    [
        ("github://org:repo@main/p", "fsspec requests"),
        ("smb://h/share/d", "fsspec smbprotocol"),
        ("hdfs://h:9000/d", "fsspec pyarrow"),
        ("simplecache::s3://b/p", "fsspec s3fs"),
        ("zip://d::https://h/a.zip", "fsspec aiohttp"),
    ],
)
def test_python_leaves_it_to_fsspec_to_take_a_url_apart(url: str, packages: str) -> None:
    options = {"s3": {"key": "k", "secret": "s"}, "skip_instance_cache": True}
    text = export([at(url, options=options)], "python").text
    assert f"fsspec.core.url_to_fs(\n        {url!r},\n        s3={{" in text
    assert "return DirFileSystem(path, fs)" in text
    assert f"pip install {packages}\n" in text
    assert "os.environ['WEB_OPTIONS_S3_SECRET']" in text


@pytest.mark.parametrize(
    "url",
    ["simplecache::s3://b/p", "zip://d/x::https://u:pw%40x@h/a.zip", "simplecache::file:///x"],
)
def test_the_file_of_fsspec_has_no_chain(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        export([at(url)], "fsspec")
    assert str(caught.value).startswith(
        "web: fsspec's file has settings for one protocol at a time"
    )
    assert str(caught.value).endswith("; export it as python")
    assert "pw%40x" not in str(caught.value)


def test_a_rare_protocol_keeps_its_url_in_the_file_of_fsspec() -> None:
    found = json.loads(export([at("github://org:repo@main/p")], "fsspec").text)
    assert found["_storage"]["web"] == {"url": "github://org:repo@main/p", "notes": []}


@pytest.mark.parametrize("form", ["toml", "env", "json", "python", "fsspec", "rclone"])
def test_a_chain_whose_password_cannot_be_told_from_the_rest_is_not_torn(form: str) -> None:
    configuration = at("zip://d::https://u:pw%40x@h/a.zip")
    with pytest.raises(ConfigurationError) as caught:
        export([configuration], form)
    assert "web: Base Path is a chain of URLs" in str(caught.value)
    assert "pw%40x" not in str(caught.value)
    # A password may have colons.
    assert "h/d" in export([at("https://u:a::b@h/d")], "json").text


def test_such_a_chain_is_whole_with_its_password() -> None:
    url = "zip://d::https://u:pw%40x@h/a.zip"
    assert repr(url) in export([at(url)], "python", reveal=True).text
