"""What looks like a mistake in settings and may be saved all the same."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from storage_core import AzureBlobStorage, FileStorage, LocalStorage, S3Storage


@pytest.fixture(autouse=True)
def no_other_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)


def s3(**given: Any) -> dict[str, str]:
    return dict(S3Storage.cautions({"bucket": "acme-results", **given}))


def connection(reference: str) -> str:
    said = dict(AzureBlobStorage.cautions({"container": "c", "connection_string": reference}))
    return said.pop("connection_string", "")


def test_a_variable_that_is_not_set_is_pointed_out_with_the_one_that_is_most_like_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    canary = token_hex(8)
    monkeypatch.setenv("PROD_S3_SECRET", canary)
    monkeypatch.setenv("EMPTY_SECRET", "")
    assert connection("env:PROD_S3_SECRET") == ""
    said = connection("env:PROD_S3_SECRE")
    assert said.startswith("PROD_S3_SECRE is not set here; it has to be where the storage is used")
    assert "did you mean PROD_S3_SECRET?" in said
    assert canary not in said
    assert "did you mean" not in connection(f"env:{token_hex(20)}")
    assert "EMPTY_SECRET is empty here" in connection("env:EMPTY_SECRET")


def test_a_file_that_cannot_be_read_is_pointed_out(tmp_path: Path) -> None:
    held = tmp_path / "held"
    assert connection(f"file:{held}").startswith(f"there is no file {held} here; it has to be")
    held.write_text(token_hex(8))
    assert connection(f"file:{held}") == ""
    assert "is a folder" in connection(f"file:{tmp_path}")
    os.mkfifo(tmp_path / "pipe")
    assert "pipe is a pipe, not a file" in connection(f"file:{tmp_path}/pipe")
    if os.getuid():
        held.chmod(0)
        assert "cannot be read here" in connection(f"file:{held}")


@pytest.mark.parametrize("given", ["keyring:storage/nobody", "literal:env:X", "hunter2", "env:"])
def test_the_keyring_is_not_asked_and_what_is_no_reference_is_left_alone(given: str) -> None:
    assert connection(given) == ""


def test_references_in_options_are_looked_at_too() -> None:
    name = f"NOWHERE_{token_hex(4)}"
    options = {"client_kwargs": {"keys": [{"ref": f"env:{name}"}]}}
    assert s3(options=options)["options"].startswith(f"{name} is not set here")


@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1", "us-gov-west-1", " us-east-1 "])
def test_regions_of_aws_are_known_also_those_that_are_not_suggested(region: str) -> None:
    assert s3(region_name=region) == {}


def test_a_region_that_aws_has_not_is_pointed_out_with_one_that_it_has() -> None:
    assert s3(region_name="eu-wst-1") == {
        "region_name": "the installed AWS SDK knows no such region; did you mean eu-west-1?"
    }
    canary = token_hex(20)
    assert canary not in s3(region_name=canary)["region_name"]


@pytest.mark.parametrize(
    "bucket", ["Acme", "acme_results", "ab", "a" * 64, "-acme", "acme.", "ac..me", "acmé"]
)
def test_a_bucket_that_aws_would_refuse_is_pointed_out(bucket: str) -> None:
    assert s3(bucket=bucket)["bucket"].startswith("AWS takes ")
    assert bucket not in s3(bucket=bucket)["bucket"]


@pytest.mark.parametrize("bucket", ["acme", "a.b-c9", "arn:aws:s3:eu-west-1:1:accesspoint:Mine"])
def test_a_bucket_that_aws_takes_is_not(bucket: str) -> None:
    assert s3(bucket=bucket) == {}


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"endpoint_url": "http://127.0.0.1:9000"},
        {"options": {"client_kwargs": {"endpoint_url": "http://127.0.0.1:9000"}}},
    ],
)
def test_what_is_not_aws_has_names_of_its_own(elsewhere: dict[str, Any]) -> None:
    assert s3(bucket="Acme_Results", region_name="garage", **elsewhere) == {}


def test_an_endpoint_in_the_environment_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9000")
    assert s3(bucket="Acme_Results", region_name="garage") == {}


@pytest.mark.parametrize(
    ("base_path", "said"),
    [
        ("s4://acme/below", "fsspec knows no such protocol; did you mean s3"),
        ("simplecach::s3://acme", "fsspec knows no such protocol; did you mean simplecache://?"),
        ("simplecache::s3://acme", ""),
        ("SFTP://host/folder", ""),
        ("memory://x", ""),
    ],
)
def test_a_protocol_that_fsspec_does_not_know_is_pointed_out(base_path: str, said: str) -> None:
    found = dict(FileStorage.cautions({"base_path": base_path}))
    assert found.get("base_path", "").startswith(said)
    assert bool(found) == bool(said)


@pytest.mark.parametrize("scheme", [None, "", "file://"])
def test_a_folder_that_would_be_below_a_file_is_pointed_out(
    tmp_path: Path, scheme: str | None
) -> None:
    def said(path: Path) -> str:
        if scheme is None:
            found = dict(LocalStorage.cautions({"storage_path": str(path)}))
        else:
            found = dict(FileStorage.cautions({"base_path": f"{scheme}{path}"}))
        return "".join(found.values())

    file = tmp_path / "file"
    file.write_text("in the way")
    assert said(file / "deep" / "deeper").startswith(f"{file} is a file, and a folder is needed")
    assert said(file).startswith(f"{file} is a file")
    assert said(tmp_path) == said(tmp_path / "new" / "deep") == ""


def test_a_reference_among_options_that_is_none_is_pointed_out() -> None:
    said = s3(options={"client_kwargs": {"verify": "env:CA_FILE"}})
    assert said["options"].startswith("env: is handed over as it stands")


@pytest.mark.parametrize(
    "arn", ["writer", "https://sts.example", "arn:aws:iam::123456789012:user/me"]
)
def test_what_is_no_role_is_pointed_out(arn: str) -> None:
    assert "that is no role" in s3(role_arn=arn)["role_arn"]


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::123456789012:role/writer", "arn:aws-cn:iam:::role/a/b", "env:ROLE", ""]
)
def test_a_role_is_left_alone(arn: str) -> None:
    assert "no role" not in str(s3(role_arn=arn))
