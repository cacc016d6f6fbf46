"""The script that is exported, run by a Python that has fsspec and knows nothing of ours."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage_core import FileStorage, GoogleCloudStorage, LocalStorage, S3Storage
from storage_core.exporting import export
from tests.exporting import places
from tests.exporting.places import Stored
from tests.servers.aws import AWS, ROLE, aws
from tests.servers.azurite import AzureServer
from tests.servers.ftp import FTPServer
from tests.servers.gcs import GCSServer
from tests.servers.s3 import S3Server
from tests.servers.sftp import SFTPServer
from tests.servers.webdav import WebDAVServer

REFUSES_OURS = "import sys; sys.modules['storage_core'] = None\n"


def run(
    folder: Path, text: str, name: str, key: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    script = folder / "places.py"
    # After the docstring, so that the script is otherwise as it was written.
    head, mark, rest = text.partition('\n"""\n')
    script.write_text(f"{head}{mark}{REFUSES_OURS}{rest}", encoding="utf-8")
    return subprocess.run(
        [sys.executable, script, name, key],
        env={**os.environ, **(env or {})},
        capture_output=True,
        timeout=60,
        check=False,
    )


def assert_reads(folder: Path, blob: Stored, text: str, **env: str) -> None:
    done = run(folder, text, blob.configuration.name or "", blob.key, env)
    assert done.stdout == blob.data, done.stderr.decode()


def assert_reads_all(folder: Path, blobs: list[Stored], text: str, **env: str) -> None:
    """By one process that imports the script."""
    (folder / "places.py").write_text(text, encoding="utf-8")
    names = {blob.configuration.name: blob.key for blob in blobs}
    program = (
        f"{REFUSES_OURS}import places\n"
        f"for name, key in {names!r}.items():\n"
        "    sys.stdout.buffer.write(places.STORAGES[name]().cat_file(key))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == b"".join(blob.data for blob in blobs), done.stderr.decode()


def test_the_script_reads_a_blob_of_every_kind(
    s3_server: S3Server,
    azure_server: AzureServer,
    gcs_server: GCSServer,
    webdav_server: WebDAVServer,
    sftp_server: SFTPServer,
    ftp_server: FTPServer,
    tmp_path: Path,
) -> None:
    sftp_server.trusted_in(Path(os.environ["HOME"]))
    blobs = [
        places.on_sftp(sftp_server).named("sftp"),
        places.on_ftp(ftp_server).named("ftp"),
        places.on_s3(s3_server).named("s3"),
        places.on_azure(azure_server).named("azure"),
        places.on_gcs(gcs_server).named("gcs"),
        places.on_disk(str(tmp_path)).named("class"),
        places.on_webdav(webdav_server).named("webdav"),
    ]
    text = export([blob.configuration for blob in blobs], "python", reveal=True).text
    assert_reads_all(tmp_path, blobs, text)


def test_references_stay_references_and_what_is_left_out_is_asked_for_by_a_variable(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(s3_server.secret_access_key + "\n")
    monkeypatch.setenv("PROD_KEY", s3_server.access_key_id)
    bucket = s3_server.new_bucket()
    monkeypatch.setenv("PROD_BUCKET", bucket)
    references = places.on_s3(
        s3_server,
        bucket="env:PROD_BUCKET",
        aws_access_key_id="env:PROD_KEY",
        aws_secret_access_key=f"file:{secret}",
    )
    plain = places.on_s3(s3_server).named("plain")
    written = export([references.configuration, plain.configuration], "python")
    assert len(written.notes) == 1
    assert bucket not in written.text
    done = run(tmp_path, written.text, "plain", plain.key)
    assert b"KeyError: 'PLAIN_AWS_SECRET_ACCESS_KEY'" in done.stderr
    given = {"PLAIN_AWS_SECRET_ACCESS_KEY": s3_server.secret_access_key}
    assert_reads_all(tmp_path, [references, plain], written.text, **given)


@pytest.fixture
def cloud(s3_server: S3Server) -> Iterator[AWS]:
    with aws(s3_server) as running:
        yield running


def test_a_role_is_assumed(s3_server: S3Server, cloud: AWS, tmp_path: Path) -> None:
    blob = places.on_s3(
        s3_server, role_arn=ROLE, external_id=cloud.external_id, sts_endpoint_url=cloud.url
    )
    asked = len(cloud.requests)
    assert_reads(tmp_path, blob, export([blob.configuration], "python", reveal=True).text)
    assert cloud.requests[asked:] == ["AssumeRole"]


def test_names_become_functions_of_their_own() -> None:
    names = ["prod eu", "prod-eu", "1", "日本", "***", "import", "os"]
    text = export([LocalStorage(name=name, storage_path="/x") for name in names], "python").text
    functions = [
        node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)
    ]
    assert functions == [
        *("prod_eu", "prod_eu_2", "storage_1", "日本", "storage", "import_", "os_"),
    ]


def test_what_only_we_know_is_said() -> None:
    text = export(
        [FileStorage(name="prod", base_path="/x", key_type="uuid", read_only=True)], "python"
    ).text
    assert "    # not expressed here: read_only, key_type\n" in text


def test_a_name_cannot_break_out_of_its_comment() -> None:
    name = 'x\nimport os\n"""'
    text = export([GoogleCloudStorage(name=name, bucket="b")], "python").text
    assert "\nimport os" not in text
    assert repr(name) in text


@settings(max_examples=50)
@given(secret=st.text(min_size=1, max_size=40))
def test_python_reads_every_secret_as_it_is(secret: str) -> None:
    text = export(
        [S3Storage(name="p", bucket="b", aws_access_key_id="k", aws_secret_access_key=secret)],
        "python",
        reveal=True,
    ).text
    expected = secret.removeprefix("literal:")
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.keyword)]
    assert [ast.literal_eval(each.value) for each in calls if each.arg == "secret"] == [expected]
