"""`storage import airflow`: connections in variables and in exported files.

Expected: an exported connection has the type that it was added with, and its extra is a table.
Found (Airflow 3.3.2, apache-airflow-core alone): `airflow connections add --conn-type aws` keeps
`generic`, with a warning, where the provider is not installed; by `--conn-uri` the type stays. The
extra is a JSON string in JSON and YAML. The texts below are what `airflow connections export` wrote
into `.json`, `.yaml` and `.env` (twice: as URIs and with `--serialization-format json`), with
secrets put in; Airflow itself is too large to be installed for these tests.
"""

from __future__ import annotations

import json
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

import pytest

from storage_core import S3Storage
from storage_core.errors import ConfigurationError
from storage_core.importing.found import Found
from storage_core.importing.sources import airflow
from storage_core.types.azure import AzureBlobStorage
from storage_core.types.gcs import GoogleCloudStorage

SECRET = f"S/e+c=r:et@{token_hex(10)}"
KEYS = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": SECRET}
AWS = {**KEYS, "region_name": "eu-west-1", "endpoint_url": "http://127.0.0.1:9000"}
EXTRA = json.dumps({"region_name": "eu-west-1", "endpoint_url": "http://127.0.0.1:9000"})
STRING = f"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={SECRET}"

JSON = json.dumps(
    {
        "aws_prod": {
            "conn_type": "generic",
            "description": None,
            "login": "AKIAEXAMPLE",
            "password": SECRET,
            "host": None,
            "port": None,
            "schema": None,
            "extra": EXTRA,
        },
        "wasb_x": {
            "conn_type": "wasb",
            "description": None,
            "login": "acme",
            "password": SECRET,
            "host": "",
            "port": None,
            "schema": "",
            "extra": "{}",
        },
        "postgres_default": {"conn_type": "postgres", "host": "db", "password": SECRET},
    }
)
YAML = f"""\
aws_prod:
  conn_type: generic
  description: null
  extra: '{EXTRA}'
  host: null
  login: AKIAEXAMPLE
  password: {SECRET}
  port: null
  schema: null
wasb_x:
  conn_type: wasb
  description: null
  extra: '{{}}'
  host: ''
  login: acme
  password: {SECRET}
  port: null
  schema: ''
"""
Q = quote(SECRET, safe="")
ENV = (
    f"aws_prod=generic://AKIAEXAMPLE:{Q}@/?region_name=eu-west-1&"
    f"endpoint_url=http%3A%2F%2F127.0.0.1%3A9000\nwasb_x=wasb://acme:{Q}@/\n"
)
ENV_JSON = "".join(f"{name}={json.dumps(each)}\n" for name, each in json.loads(JSON).items())


@pytest.mark.parametrize(
    ("name", "text"),
    [("c.json", JSON), ("c.yaml", YAML), ("c.env", ENV), ("d.env", ENV_JSON)],
    ids=["json", "yaml", "env", "env of json"],
)
def test_a_file_that_airflow_exported_is_read(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    aws, azure = airflow.found(str(path))
    assert (aws.name, aws.cls, aws.settings, aws.asks) == ("aws_prod", S3Storage, AWS, "bucket")
    assert (azure.name, azure.cls, azure.asks) == ("wasb_x", AzureBlobStorage, "container")
    assert azure.settings == {"connection_string": STRING}
    assert aws.place == str(path)
    assert SECRET not in repr((aws, azure))


def of(monkeypatch: pytest.MonkeyPatch, value: object) -> Found:
    text = value if isinstance(value, str) else json.dumps(value)
    monkeypatch.setenv("AIRFLOW_CONN_MY_ONE", text)
    [found] = airflow.found()
    assert (found.name, found.place) == ("my_one", "AIRFLOW_CONN_MY_ONE")
    return found


def test_a_variable_holds_a_uri_or_json(monkeypatch: pytest.MonkeyPatch) -> None:
    query = "region_name=eu-west-1&endpoint_url=http%3A%2F%2F127.0.0.1%3A9000"
    assert of(monkeypatch, f"aws://AKIAEXAMPLE:{Q}@/?{query}").settings == AWS
    table = {"conn_type": "aws", "login": "AKIAEXAMPLE", "password": SECRET}
    assert of(monkeypatch, {**table, "extra": EXTRA}).settings == AWS
    assert of(monkeypatch, {**table, "extra": json.loads(EXTRA)}).settings == AWS
    deep = quote(json.dumps({"service_config": {"s3": {"bucket_name": "acme"}}}))
    found = of(monkeypatch, f"aws://AKIAEXAMPLE:{Q}@/?__extra__={deep}")
    assert (found.settings, found.asks) == ({"bucket": "acme", **KEYS}, None)


def test_references_are_kept_rather_than_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = of(monkeypatch, 'aws://?__extra__={"profile_name": "corp"}')
    assert profile.settings == {"profile_name": "corp"}
    path = of(monkeypatch, "google-cloud-platform://?key_path=%2Fkeys%2Fsa.json&project=p")
    assert path.cls is GoogleCloudStorage
    assert path.settings == {"service_account_info": "file:/keys/sa.json", "project": "p"}
    monkeypatch.setenv("PROD_SECRET", SECRET)
    alone = of(monkeypatch, f"aws://AKIAEXAMPLE:{Q}@/")
    assert alone.settings == {**KEYS, "aws_secret_access_key": "env:PROD_SECRET"}
    azure = of(monkeypatch, f"wasb://acme:{Q}@/")
    assert azure.settings == {
        "account_name": "acme",
        "options": {"account_key": {"ref": "env:PROD_SECRET"}},
    }


def test_a_role_and_what_there_is_no_setting_for(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {
        "role_arn": "arn:aws:iam::1:role/r",
        "assume_role_kwargs": {"ExternalId": "x"},
        "config_kwargs": {"signature_version": "s3v4"},
        "verify": False,
    }
    found = of(monkeypatch, {"conn_type": "aws", "extra": extra})
    assert found.settings == {"role_arn": "arn:aws:iam::1:role/r", "external_id": "x"}
    assert found.lost == ("the option config_kwargs", "the option verify = false")


def test_azure_signs_in_in_four_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    string = of(monkeypatch, {"conn_type": "wasb", "extra": {"connection_string": STRING}})
    assert string.settings == {"connection_string": STRING}
    extra = {"extra__wasb__tenant_id": "t"}
    table = {"conn_type": "wasb", "login": "id", "password": SECRET, "extra": extra}
    principal = of(monkeypatch, {**table, "host": "https://acme.blob.core.windows.net"})
    assert principal.settings == {
        "account_name": "acme",
        "options": {"tenant_id": "t", "client_id": "id", "client_secret": SECRET},
    }
    signed = of(monkeypatch, {"conn_type": "wasb", "login": "acme", "extra": {"sas_token": SECRET}})
    assert signed.settings == {"account_name": "acme", "options": {"sas_token": SECRET}}
    local = "http://127.0.0.1:10000/acme"
    own = {"conn_type": "wasb", "login": "acme", "password": SECRET, "host": local}
    assert of(monkeypatch, own).settings == {"connection_string": f"{STRING};BlobEndpoint={local}"}


def test_what_cannot_be_imported_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    assert of(monkeypatch, f"generic://me:{Q}@host").reason == (
        "its type is generic, and nothing in it says which service it is for"
    )
    assert of(monkeypatch, SECRET).reason == "it is neither the URI nor the JSON of a connection"
    monkeypatch.setenv("AIRFLOW_CONN_MY_ONE", f"postgres://me:{Q}@host/db")
    assert airflow.found() == []


@pytest.mark.parametrize("kind", ["fs", "ftp", "sftp", "webhdfs", "samba", "azure_fileshare"])
def test_what_leads_to_files_is_listed_with_a_reason(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    one = of(monkeypatch, {"conn_type": kind, "host": "h", "login": "me", "password": SECRET})
    assert (one.cls, one.settings) == (None, {})
    assert "Storage" in one.reason
    assert SECRET not in repr(one)


@pytest.mark.parametrize(("name", "text"), [("c.json", "[]"), ("c.yaml", "x"), ("c.json", "{")])
def test_a_file_that_holds_no_connections_is_named(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=name):
        airflow.found(str(path))
