"""Import from the MinIO Client, which no package index has: its files are written after its source.

Expected: a `config.json` with addresses and keys. Found (github.com/minio/mc, November 2025): every
new file has four aliases that lead nowhere of one's own; their `path: dns` is no word that it
knows, and so auto; a variable's keys are cut out by a pattern
instead of being parsed as a URL, so nothing is quoted and a third part is a session token.
"""

from __future__ import annotations

import json
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from storage_core.errors import ConfigurationError
from storage_core.importing.sources import mc
from storage_core.types.s3 import S3Storage
from tests.importing.using import named, opened, shown
from tests.servers.s3 import S3Server

DEFAULTS = {
    "gcs": {
        "url": "https://storage.googleapis.com",
        "accessKey": "YOUR-ACCESS-KEY-HERE",
        "secretKey": "YOUR-SECRET-KEY-HERE",
        "api": "S3v2",
        "path": "dns",
    },
    "local": {
        "url": "http://localhost:9000",
        "accessKey": "",
        "secretKey": "",
        "api": "S3v4",
        "path": "auto",
    },
    "play": {
        "url": "https://play.min.io",
        "accessKey": "Q3AM3UQ867SPQQA43P2F",
        "secretKey": "public",
        "api": "S3v4",
        "path": "auto",
    },
    "s3": {
        "url": "https://s3.amazonaws.com",
        "accessKey": "YOUR-ACCESS-KEY-HERE",
        "secretKey": "YOUR-SECRET-KEY-HERE",
        "api": "S3v4",
        "path": "dns",
    },
}


def alias(url: str, key: str = "", secret: str = "", path: str = "auto", **more: Any) -> Any:
    """An alias as `mc alias set` writes it."""
    return {"url": url, "accessKey": key, "secretKey": secret, "api": "S3v4", "path": path, **more}


def write(folder: Path, **aliases: Any) -> Path:
    """A configuration as mc keeps it, indented by tabs."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {"version": "10", "aliases": {**DEFAULTS, **aliases}}
    (folder / "config.json").write_text(json.dumps(config, indent="\t"))
    return folder / "config.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where mc keeps its file."""
    return tmp_path / "user/.mc"


def test_the_defaults_of_every_new_file_are_left_out(folder: Path) -> None:
    write(folder)

    assert mc.found() == []


def test_reads_a_blob_through_an_alias(folder: Path, s3_server: S3Server) -> None:
    keys = s3_server.access_key_id, s3_server.secret_access_key
    file = write(folder, mine=alias(f"{s3_server.endpoint_url}/", *keys))
    bucket, data = s3_server.new_bucket(), token_hex(20).encode()
    s3_server.client.put_object(Bucket=bucket, Key="team/results/x", Body=data)

    (found,) = mc.found()

    assert (found.name, found.entry, found.place) == ("mine", "alias mine", str(file))
    assert (found.cls, found.asks, found.lost) == (S3Storage, "bucket", ())
    assert opened(found, f"{bucket}/team").read("results/x") == data
    assert s3_server.secret_access_key not in shown([found])


def test_reads_a_blob_through_a_variable(
    monkeypatch: pytest.MonkeyPatch, s3_server: S3Server
) -> None:
    scheme, _, host = s3_server.endpoint_url.partition("://")
    keys = f"{s3_server.access_key_id}:{s3_server.secret_access_key}"
    monkeypatch.setenv("MC_HOST_mine", f"{scheme}://{keys}@{host}")
    bucket, data = s3_server.new_bucket(), token_hex(20).encode()
    s3_server.client.put_object(Bucket=bucket, Key="results/x", Body=data)

    (found,) = mc.found()

    assert found.place == "MC_HOST_mine"
    assert opened(found, bucket).read("results/x") == data
    assert s3_server.secret_access_key not in shown([found])


def test_variables_come_before_the_file_and_hold_unquoted_keys_and_a_token(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(folder, a=alias("http://file:1", "file", "file"))
    listed = tmp_path / "hosts.env"
    listed.write_text("MC_HOST_a=http://listed:s@h:1\nMC_HOST_b=http://k/%:s/+@h:2\n")
    monkeypatch.setenv("MC_CONFIG_ENV_FILE", str(listed))
    monkeypatch.setenv("MC_HOST_a", "https://KEY:SECRET:TO:K@N@host:9000")

    found = mc.found()

    assert named(found, "a").settings == {
        "aws_access_key_id": "KEY",
        "aws_secret_access_key": "SECRET",
        "aws_session_token": "TO:K@N",
        "endpoint_url": "https://host:9000",
    }
    assert named(found, "b").place == str(listed)
    assert named(found, "b").settings["aws_secret_access_key"] == "s/+"
    # A file that is named counts by itself.
    assert named(mc.found(str(file)), "a").settings["aws_access_key_id"] == "file"
    assert mc.found(str(folder)) == mc.found(str(file))


def test_aliases_come_to_what_they_mean(folder: Path) -> None:
    write(
        folder,
        aws=alias("https://s3.amazonaws.com", "AKIA", "env:SECRET", "dns"),
        region=alias("https://s3.eu-west-1.amazonaws.com", "AKIA", "S", sessionToken="T"),
        public=alias("https://minio.example.com"),
        virtual=alias("https://minio.example.com", "K", "S", "off"),
        old=alias("https://minio.example.com", "K", "S", api="S3v2"),
        half=alias("https://minio.example.com", "K"),
        nowhere=alias("minio.example.com", "K", "S"),
        text="x",
        number=alias("https://minio.example.com", 7),  # type: ignore[arg-type]
    )

    found = {each.name: each for each in mc.found()}

    assert found["aws"].settings == {
        "aws_access_key_id": "AKIA",
        "aws_secret_access_key": "literal:env:SECRET",
    }
    assert "set Region Name" in found["aws"].lost[0]
    assert found["region"].settings == {
        "aws_access_key_id": "AKIA",
        "aws_secret_access_key": "S",
        "aws_session_token": "T",
        "region_name": "eu-west-1",
    }
    assert found["public"].settings == {
        "endpoint_url": "https://minio.example.com",
        "options": {"anon": True},
    }
    assert found["virtual"].settings["options"] == {
        "config_kwargs": {"s3": {"addressing_style": "virtual"}}
    }
    assert "version 2" in found["old"].reason
    assert "only one of" in found["half"].reason
    assert "no address" in found["nowhere"].reason
    assert found["text"].reason == "it is no JSON object"
    assert found["number"].reason == "its accessKey is no text"


def test_an_older_file_calls_aliases_hosts(folder: Path) -> None:
    folder.mkdir()
    host = {"url": "https://h", "accessKey": "K", "secretKey": "S", "api": "s3v4", "lookup": "dns"}
    (folder / "config.json").write_text(json.dumps({"version": "9", "hosts": {"x": host}}))

    assert mc.found()[0].settings == {
        "aws_access_key_id": "K",
        "aws_secret_access_key": "S",
        "endpoint_url": "https://h",
    }


def test_the_folder_is_the_one_that_mc_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("user/.mcli", "user/.mc", "elsewhere"):
        file = write(tmp_path / name, x=alias("https://h", "K", "S"))
        if name == "elsewhere":
            monkeypatch.setenv("MC_CONFIG_DIR", str(file.parent))

        assert mc.found()[0].place == str(file)


def test_damage_is_one_error_that_names_file_and_line(folder: Path) -> None:
    secret = token_hex(16)
    file = write(folder)
    damaged = {
        f'{{"aliases": {{\n"{secret}",,': "~/.mc/config.json, line 2: is no JSON",
        f'["{secret}"]': "~/.mc/config.json: has no aliases",
        "": "is no JSON",
        f'\ufeff{{"aliases": {{}}, "x": "{secret}"}}': "byte order mark",
    }
    for text, said in damaged.items():
        file.write_text(text)
        with pytest.raises(ConfigurationError) as raised:
            mc.found()
        assert said in str(raised.value)
        assert secret not in repr(raised.value)
        assert raised.value.__context__ is None or secret not in repr(raised.value.__context__)

    file.write_bytes(b'{"aliases": {"x": "\xe9"}}')
    with pytest.raises(ConfigurationError, match="is no UTF-8 text"):
        mc.found()
    file.unlink()
    file.mkdir()
    with pytest.raises(ConfigurationError, match="is a folder"):
        mc.found()


def test_crlf_and_nothing_at_all(folder: Path) -> None:
    assert mc.found() == []
    file = write(folder, x=alias("https://h", "K", "S"))
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    assert len(mc.found()) == 1
