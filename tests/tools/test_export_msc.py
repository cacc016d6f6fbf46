"""What multi-storage-client itself reads of what is exported to it.

Expected: profiles that `msc.open` takes, and variables that stay variables. Found
(multi-storage-client 1.3.1): every text of the file is searched for `$NAME` and `${NAME}`, which
nothing escapes, and one that is not set stops every profile. Its YAML is PyYAML's, which makes two
characters of a surrogate pair. It adds the path of the interface to an endpoint of Google's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage_core import ConfigurationError, LocalStorage, S3Storage
from storage_core.exporting import export
from tests.exporting import places
from tests.exporting.places import Stored
from tests.servers.azurite import AzureServer
from tests.servers.gcs import GCSServer
from tests.servers.s3 import S3Server
from tests.tools.program import run

pytestmark = pytest.mark.tools

READ = """\
import sys, multistorageclient as msc
with msc.open(sys.argv[1], "rb") as file:
    sys.stdout.write(file.read().hex())
"""


def read(folder: Path, text: str, url: str, env: Mapping[str, str] | None = None) -> bytes:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    given = {"MSC_CONFIG": str(file), **(env or {})}
    return bytes.fromhex(run("msc", "-c", READ, url, name="python", env=given))


def assert_reads(folder: Path, blob: Stored, text: str, **env: str) -> None:
    url = f"msc://{blob.configuration.name}/{blob.key}"
    assert read(folder, text, url, env) == blob.data


def test_msc_reads_a_blob_on_s3(s3_server: S3Server, tmp_path: Path) -> None:
    blob = places.on_s3(s3_server)
    assert_reads(tmp_path, blob, export([blob.configuration], "msc", reveal=True).text)


def test_msc_reads_a_blob_on_azure(azure_server: AzureServer, tmp_path: Path) -> None:
    blob = places.on_azure(azure_server)
    assert_reads(tmp_path, blob, export([blob.configuration], "msc", reveal=True).text)


def test_msc_reads_a_blob_on_google(gcs_server: GCSServer, tmp_path: Path) -> None:
    blob = places.on_gcs(gcs_server, project=gcs_server.project)
    assert_reads(tmp_path, blob, export([blob.configuration], "msc", reveal=True).text)


def test_msc_reads_a_blob_on_google_by_the_key_in_its_file(
    gcs_server: GCSServer, tmp_path: Path
) -> None:
    key = tmp_path / "key.json"
    key.write_text(gcs_server.service_account_json)
    blob = places.on_gcs(gcs_server, project=gcs_server.project, service_account_info=f"file:{key}")
    text = export([blob.configuration], "msc").text
    assert "private_key" not in text
    assert_reads(tmp_path, blob, text)


def test_msc_reads_a_blob_in_a_folder(tmp_path: Path) -> None:
    blob = places.on_disk(str(tmp_path))
    assert_reads(tmp_path, blob, export([blob.configuration], "msc").text)


def test_variables_stay_variables(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = s3_server.new_bucket()
    monkeypatch.setenv("PROD_BUCKET", bucket)
    monkeypatch.setenv("PROD_SECRET", s3_server.secret_access_key)
    blob = places.on_s3(
        s3_server, bucket="env:PROD_BUCKET", aws_secret_access_key="env:PROD_SECRET"
    )
    written = export([blob.configuration], "msc")
    assert written.notes == ()
    assert bucket not in written.text
    assert_reads(tmp_path, blob, written.text)


def test_a_secret_that_is_left_out_is_a_variable_that_the_comment_names(
    s3_server: S3Server, tmp_path: Path
) -> None:
    blob = places.on_s3(s3_server)
    written = export([blob.configuration], "msc")
    assert written.notes[0].endswith("set the variable PROD_AWS_SECRET_ACCESS_KEY to it")
    given = {"PROD_AWS_SECRET_ACCESS_KEY": s3_server.secret_access_key}
    assert_reads(tmp_path, blob, written.text, **given)


def test_every_name_leads_to_a_profile_of_its_own(tmp_path: Path) -> None:
    names = ["prod", "Prod", "team share", "日本", "a/b", "a b", "_x", "yes", "1.0", "null", "%41"]
    blobs = [places.on_disk(str(tmp_path)).named(name) for name in names]
    written = export([blob.configuration for blob in blobs], "msc")
    taken = set()
    for blob in blobs:
        name = blob.configuration.name or ""
        said = [note for note in written.notes if note.startswith(f"{name}: a name such as")]
        profile = said[0].rpartition("here it is ")[2] if said else name
        taken.add(profile)
        assert read(tmp_path, written.text, f"msc://{profile}/{blob.key}") == blob.data
    assert len(taken) == len(names)


PARSE = """\
import json, os, sys
from multistorageclient.config import StorageClientConfig
found, _ = StorageClientConfig.read_msc_config()
from multistorageclient.utils import expand_env_vars
sys.stdout.write(json.dumps(expand_env_vars(found)))
"""

ODD = st.text(min_size=1, max_size=30) | st.sampled_from(
    [
        "a: b",
        "# a",
        " a ",
        "'",
        '"',
        "\\",
        "a\nb",
        "😀\U000e0001",
        "\x85\u2028",
        "$",
        "$$",
        "50$ ",
        "null",
    ]
)


@settings(max_examples=8)
@given(values=st.lists(ODD, min_size=12, max_size=12))
def test_msc_reads_every_value_as_it_is_or_it_is_refused(
    values: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("msc")
    kept = []
    for number, value in enumerate(values):
        one = S3Storage(
            name=f"p{number}", bucket="b", aws_access_key_id="k", aws_secret_access_key=value
        )
        try:
            export([one], "msc", reveal=True)
        except ConfigurationError:
            assert "$" in value
            continue
        kept.append(one)
    if not kept:
        return
    file = folder / "config.yaml"
    file.write_text(export(kept, "msc", reveal=True).text, encoding="utf-8")
    found = json.loads(run("msc", "-c", PARSE, name="python", env={"MSC_CONFIG": str(file)}))
    for one in kept:
        options = found["profiles"][one.name]["credentials_provider"]["options"]
        secret = one.aws_secret_access_key or ""
        assert options["secret_key"] == secret.removeprefix("literal:")


@pytest.mark.parametrize("path", ["/a/$HOME", "/${X}", "/a$b"])
def test_what_msc_would_take_for_a_variable_is_refused_by_name(path: str) -> None:
    with pytest.raises(ConfigurationError, match="prod: storage_path has a \\$ before"):
        export([LocalStorage(name="prod", storage_path=path)], "msc")
