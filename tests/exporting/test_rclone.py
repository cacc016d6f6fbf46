"""What rclone itself reads of what is exported to it.

Expected: a remote with the bucket in it. Found (rclone 1.75): remotes have no bucket, so `alias` on
top of one; values have no escapes, and `%(name)s` in one is replaced; a variable of a remote whose
name has a hyphen or a blank works, although no shell sets it: `env` does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from string import printable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage_core import (
    AzureBlobStorage,
    ConfigurationError,
    FileStorage,
    GoogleCloudStorage,
    KVServerStorage,
    LocalStorage,
    S3Storage,
    StorageConfiguration,
)
from storage_core.exporting import export
from storage_core.exporting.forms.rclone_text import line, obscured
from tests.exporting import places
from tests.exporting.places import Stored
from tests.servers.azurite import AzureServer
from tests.servers.certificates import self_signed
from tests.servers.ftp import FTPServer
from tests.servers.gcs import GCSServer
from tests.servers.rclone import rclone_s3
from tests.servers.s3 import Certificate, S3Server
from tests.servers.sftp import SFTPServer
from tests.servers.webdav import WebDAVServer

RCLONE = Path(sys.executable).with_name("rclone")


def rclone(
    folder: Path, text: str, *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    file = folder / "rclone.conf"
    file.write_text(text, encoding="utf-8")
    return subprocess.run(
        [RCLONE, "--config", file, "--retries", "1", *arguments],
        env={**os.environ, **(env or {})},
        capture_output=True,
        timeout=60,
        check=False,
    )


def assert_reads(folder: Path, blob: Stored, text: str, remote: str = "prod") -> None:
    done = rclone(folder, text, "cat", f"{remote}:{blob.key}")
    assert done.stdout == blob.data, done.stderr


def revealed(*configurations: StorageConfiguration) -> str:
    return export(configurations, "rclone", reveal=True).text


def test_rclone_reads_a_blob_on_s3(s3_server: S3Server, tmp_path: Path) -> None:
    blob = places.on_s3(s3_server)
    assert_reads(tmp_path, blob, revealed(blob.configuration))


def test_rclone_reads_a_blob_on_azure(azure_server: AzureServer, tmp_path: Path) -> None:
    blob = places.on_azure(azure_server)
    assert_reads(tmp_path, blob, revealed(blob.configuration))


def test_rclone_reads_a_blob_on_google(gcs_server: GCSServer, tmp_path: Path) -> None:
    blob = places.on_gcs(gcs_server)
    assert_reads(tmp_path, blob, revealed(blob.configuration))


def test_rclone_reads_a_blob_in_a_folder(tmp_path: Path) -> None:
    blob = places.on_disk(str(tmp_path))
    assert_reads(tmp_path, blob, export([blob.configuration], "rclone").text)


def test_rclone_reads_a_blob_on_webdav(webdav_server: WebDAVServer, tmp_path: Path) -> None:
    blob = places.on_webdav(webdav_server)
    assert_reads(tmp_path, blob, revealed(blob.configuration))


def test_rclone_reads_a_blob_on_sftp(sftp_server: SFTPServer, tmp_path: Path) -> None:
    sftp_server.trusted_in(Path(os.environ["HOME"]))
    blob = places.on_sftp(sftp_server)
    assert_reads(tmp_path, blob, revealed(blob.configuration))


def test_rclone_reads_a_blob_on_ftp(ftp_server: FTPServer, tmp_path: Path) -> None:
    blob = places.on_ftp(ftp_server)
    assert_reads(tmp_path, blob, revealed(blob.configuration))


def test_rclone_trusts_no_server_that_we_do_not(sftp_server: SFTPServer, tmp_path: Path) -> None:
    known = Path(os.environ["HOME"], ".ssh", "known_hosts")
    sftp_server.trusted_in(Path(os.environ["HOME"]))
    blob = places.on_sftp(sftp_server)
    known.write_text("")
    done = rclone(tmp_path, revealed(blob.configuration), "cat", f"prod:{blob.key}")
    assert b"key is unknown" in done.stderr


def test_rclone_takes_a_profile_of_awss(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text(
        f"[corp]\naws_access_key_id = {s3_server.access_key_id}\n"
        f"aws_secret_access_key = {s3_server.secret_access_key}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    blob = places.on_s3(
        s3_server, aws_access_key_id=None, aws_secret_access_key=None, profile_name="corp"
    )
    assert_reads(tmp_path, blob, export([blob.configuration], "rclone").text)


def test_rclone_and_python_trust_a_certificate_of_ones_own(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    with rclone_s3(folder, Certificate(*self_signed(folder))) as server:
        blob = places.on_s3(server, ca_bundle=server.ca_bundle)
        assert_reads(tmp_path, blob, revealed(blob.configuration))
        script = tmp_path / "places.py"
        script.write_text(export([blob.configuration], "python", reveal=True).text)
        command = [sys.executable, script, "prod", blob.key]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        assert done.stdout == blob.data, done.stderr.decode()


def test_rclone_reads_file_storage_on_s3(s3_server: S3Server, tmp_path: Path) -> None:
    blob = places.stored(
        FileStorage(
            base_path=f"s3://{s3_server.new_bucket()}/below",
            options={
                "key": s3_server.access_key_id,
                "secret": s3_server.secret_access_key,
                "client_kwargs": {"endpoint_url": s3_server.endpoint_url},
                "config_kwargs": {"s3": {"addressing_style": "path"}},
            },
        )
    )
    assert_reads(tmp_path, blob, revealed(blob.configuration))


def test_what_is_left_out_can_be_given_as_the_comment_says(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROD_SECRET", s3_server.secret_access_key)
    blob = places.on_s3(s3_server, aws_secret_access_key="env:PROD_SECRET").named("prod eu-west")
    text = export([blob.configuration], "rclone").text
    command = next(part for part in text.splitlines()[0].split("or run: ") if "env '" in part)
    assert command == (
        "env 'RCLONE_CONFIG_PROD EU-WEST-REMOTE_SECRET_ACCESS_KEY'=\"$PROD_SECRET\" rclone …"
    )
    file = tmp_path / "rclone.conf"
    file.write_text(text)
    done = subprocess.run(
        [
            "sh",
            "-c",
            f'{command.removesuffix("rclone …")} "$0" --config "$1" cat "$2"',
            str(RCLONE),
            str(file),
            f"prod eu-west:{blob.key}",
        ],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == blob.data, done.stderr


def test_a_password_by_a_variable_is_obscured_as_the_comment_says(
    webdav_server: WebDAVServer, tmp_path: Path
) -> None:
    blob = places.on_webdav(webdav_server)
    text = export([blob.configuration], "rclone").text
    assert webdav_server.password not in text
    command = text.splitlines()[0].partition("or run: ")[2].removesuffix("rclone …")
    assert '"$(rclone obscure "…")"' in command
    file = tmp_path / "rclone.conf"
    file.write_text(text)
    done = subprocess.run(
        [
            "sh",
            "-c",
            f'{command.replace("…", "$PASSWORD")} rclone --config "$0" cat "$1"',
            str(file),
            f"prod:{blob.key}",
        ],
        env={
            **os.environ,
            "PASSWORD": webdav_server.password,
            "PATH": f"{RCLONE.parent}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == blob.data, done.stderr


def test_a_secret_that_is_left_out_is_no_way_in_as_somebody_else(
    s3_server: S3Server, tmp_path: Path
) -> None:
    # The cloud's own chain would find keys here, of another account perhaps.
    blob = places.on_s3(s3_server)
    found = {
        "AWS_ACCESS_KEY_ID": s3_server.access_key_id,
        "AWS_SECRET_ACCESS_KEY": s3_server.secret_access_key,
    }
    text = export([blob.configuration], "rclone").text
    done = rclone(tmp_path, text, "cat", f"prod:{blob.key}", env=found)
    assert done.returncode != 0
    assert done.stdout == b""


NAMES = ["prod", "team share", "日本", "a/b", "a:b", "-x", "o'k", "a#b", "[x]", "a-b", "%(x)s"]


def test_every_name_leads_to_a_remote_of_its_own(tmp_path: Path) -> None:
    blobs = [places.on_disk(str(tmp_path)).named(name) for name in NAMES]
    written = export([blob.configuration for blob in blobs], "rclone")
    remotes = rclone(tmp_path, written.text, "listremotes").stdout.decode().splitlines()
    assert len(remotes) == len(NAMES)
    for blob in blobs:
        name = blob.configuration.name or ""
        said = [note for note in written.notes if note.startswith(f"{name}: rclone takes no")]
        remote = said[0].rpartition("here it is ")[2] if said else name
        assert f"{remote}:" in remotes
        if name in ("team share", "日本", "%(x)s"):
            assert_reads(tmp_path, blob, written.text, remote)


def test_the_remote_below_a_name_takes_none_that_is_used() -> None:
    keys = {"aws_access_key_id": "K", "aws_secret_access_key": "S"}
    both = [S3Storage(name=name, bucket="b", **keys) for name in ("prod", "prod-remote")]
    text = revealed(*both)
    sections = [part for part in text.splitlines() if part.startswith("[")]
    assert sections == ["[prod-remote-2]", "[prod]", "[prod-remote-remote]", "[prod-remote]"]


ODD = st.text(
    st.sampled_from(printable + "äß日\u00a0`\"'$#;%()\\{}"), min_size=1, max_size=30
) | st.sampled_from(['"""', '"""a"""', "`", "`a`", " a ", "%(a)s", "$HOME", "${X}", "a # b", "\\"])


@settings(max_examples=5)
@given(values=st.lists(ODD, min_size=25, max_size=25))
def test_rclone_reads_every_value_as_it_is_or_it_is_refused(
    values: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rclone")
    lines, expected = ["[r]", "type = s3"], {"type": "s3"}
    for number, value in enumerate(values):
        try:
            lines.append(line(f"o{number}", value, "prod"))
        except ConfigurationError:
            assert any(ord(each) < 32 or ord(each) == 127 for each in value) or "%(" in value
            continue
        expected[f"o{number}"] = value
    done = rclone(folder, "\n".join(lines) + "\n", "config", "dump")
    assert json.loads(done.stdout)["r"] == expected


@pytest.mark.parametrize("password", ["x", "pässword", " a b ", "%(a)s\n'\"`$#"])
def test_rclone_reveals_what_is_obscured(password: str) -> None:
    done = subprocess.run(
        [RCLONE, "reveal", "--", obscured(password)], capture_output=True, timeout=60, check=True
    )
    assert done.stdout.decode() == f"{password}\n"


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        (
            KVServerStorage(name="kv", api_address="http://h"),
            "kv: rclone has nothing for KV Server",
        ),
        (FileStorage(name="m", base_path="memory://x"), "m: rclone has nothing for File Storage"),
        (
            S3Storage(
                name="r",
                bucket="b",
                role_arn="arn:aws:iam::123456789012:role/x",
                sts_endpoint_url="http://h",
            ),
            "r: rclone cannot be told where to ask for a role",
        ),
        (
            GoogleCloudStorage(
                name="g", bucket="b", service_account_info='{"type": "authorized_user"}'
            ),
            "g: rclone takes the JSON of a service account only",
        ),
        (LocalStorage(name="l", storage_path="/a\nb"), "l: remote has a line break"),
        (LocalStorage(name="l", storage_path="/%(x)s"), "l: remote has a part such as %(name)s"),
    ],
)
def test_what_rclone_cannot_be_told_is_an_error_that_says_so(
    configuration: StorageConfiguration, said: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        export([configuration], "rclone", reveal=True)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_has_no_option_is_said() -> None:
    text = export(
        [
            S3Storage(
                name="prod",
                bucket="b",
                read_only=True,
                tags=["eu"],
                timeout=5,
                options={"s3_additional_kwargs": {"ServerSideEncryption": "AES256"}},
            )
        ],
        "rclone",
    ).text
    assert (
        "# not expressed here: read_only, tags, timeout, "
        "options.s3_additional_kwargs.ServerSideEncryption"
    ) in text
    assert "env_auth = true" in text


def test_a_role_a_certificate_and_a_way_to_address_are_options(tmp_path: Path) -> None:
    text = export(
        [
            S3Storage(
                name="prod",
                bucket="b",
                profile_name="corp",
                role_arn="arn:aws:iam::123456789012:role/x",
                external_id="7",
                ca_bundle="/etc/my.pem",
                endpoint_url="https://h",
                options={
                    "requester_pays": True,
                    "config_kwargs": {"s3": {"addressing_style": "virtual"}},
                },
            )
        ],
        "rclone",
    ).text
    found = json.loads(rclone(tmp_path, text, "config", "dump").stdout)["prod-remote"]
    assert found == {
        "type": "s3",
        "provider": "Other",
        "env_auth": "true",
        "profile": "corp",
        "endpoint": "https://h",
        "role_arn": "arn:aws:iam::123456789012:role/x",
        "role_external_id": "7",
        "force_path_style": "false",
        "requester_pays": "true",
        "no_check_bucket": "true",
        "override.ca_cert": "/etc/my.pem",
    }
    assert "not expressed" not in text


def test_azure_without_a_connection_string_signs_in_as_its_own_tools_do() -> None:
    text = export([AzureBlobStorage(name="a", container="c", account_name="acme")], "rclone").text
    assert "account = acme\nenv_auth = true\n" in text
