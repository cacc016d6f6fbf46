"""What a form, `create` and `validate` say of addresses: plain text, and a bucket named twice."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

import pytest

from storage_core.types import type_named

PASSWORD = token_hex(8)
SIGNED = f"me:{PASSWORD}"


def said(kind: str, **values: Any) -> dict[str, str]:
    found = dict(type_named(kind).cautions(values))
    assert PASSWORD not in str(found)
    return found


def of_file(url: str, **options: Any) -> str:
    return said("file", base_path=url, options=options).get("base_path", "")


@pytest.mark.parametrize(
    ("url", "instead"),
    [
        ("webdav://ME@files.example/x", "write webdavs:// there if the server has it"),
        ("dav://ME@files.example", "write davs:// there"),
        ("http://ME@files.example/x", "write https:// there"),
        ("ftp://ME@files.example", "set tls = true in Options"),
        ("simplecache::http://ME@files.example/x", "write https:// there"),
    ],
)
def test_a_password_that_travels_in_plain_text_is_said_with_the_way_out(
    url: str, instead: str
) -> None:
    message = of_file(url.replace("ME", SIGNED))
    assert message.startswith("the password travels in plain text, for anybody on the way to read")
    assert instead in message
    assert not of_file(url.replace("ME@", ""))
    for safe in ("localhost:99", "127.0.0.2", "x.localhost"):
        assert not of_file(url.replace("files.example", safe))


def test_options_that_sign_in_or_encrypt_count_too() -> None:
    auth = ["me", PASSWORD]
    assert "webdavs://" in of_file("webdav://files.example/x", auth=auth)
    assert "https://" in of_file("webdav://x", base_url="http://files.example", auth=auth)
    assert not of_file("webdav://x", base_url="https://files.example", auth=auth)
    assert not of_file(f"webdavs://{SIGNED}@files.example/x")
    assert not of_file("ftp://ME@files.example", tls=True)
    assert "tls = true" in of_file("ftp://files.example", username="me", password=PASSWORD)
    assert "https://" in of_file("http://files.example", client_kwargs={"auth": auth})


def test_what_else_is_sent_in_plain_text_is_named_as_it_is() -> None:
    there = "http://store.example:9000"
    stored = "what is stored and read travels in plain text"
    assert said("s3", bucket="acme", endpoint_url=there)["endpoint_url"].startswith(stored)
    options = {"client_kwargs": {"endpoint_url": there}}
    assert said("s3", bucket="acme", options=options)["options"].startswith(stored)
    assert of_file("s3://acme/x", endpoint_url=there).startswith(stored)
    token = said("gcs", bucket="acme", endpoint_url=there)["endpoint_url"]
    assert token.startswith("the access token travels in plain text")
    azure = f"AccountName=acme;AccountKey={PASSWORD};BlobEndpoint={there}/acme"
    found = said("azure", container="results", connection_string=azure)
    assert found["connection_string"].startswith(stored)
    shared = f"BlobEndpoint={there};SharedAccessSignature=sv=1&sig={PASSWORD}"
    found = said("azure", container="results", connection_string=shared)
    assert found["connection_string"].startswith("the signature that signs in travels")
    assert said("kv", api_address=there) == {}
    assert said("kv", api_address=there, token=PASSWORD)["api_address"].startswith("the token")
    assert "the password" in said("kv", api_address=f"http://{SIGNED}@kv.example")["api_address"]
    assert said("kv", api_address="https://kv.example", token=PASSWORD) == {}


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("https://acme.s3.example.com", "https://s3.example.com"),
        ("https://acme.localhost:9000/", "https://localhost:9000"),
        ("https://s3.example.com/acme", "https://s3.example.com"),
        ("https://s3.example.com:9000/base/acme/", "https://s3.example.com:9000/base"),
        ("https://ME@s3.example.com/acme", "https://s3.example.com"),
        ("https://[::1]:9000/acme", "https://[::1]:9000"),
    ],
)
def test_a_bucket_that_the_address_names_as_well_is_pointed_out(address: str, right: str) -> None:
    for kind in ("s3", "gcs"):
        url = address.replace("ME", SIGNED)
        given = said(kind, bucket="acme", endpoint_url=url)["endpoint_url"]
        assert given.startswith("it names acme as well")
        assert given.endswith(f"write {right} there")
        options = {"endpoint_url": address}
        assert right in said(kind, bucket="acme", options=options)["options"]
        assert said(kind, bucket="other", endpoint_url=address) == {}
    found = said("file", base_path="s3://acme/x", options={"client_kwargs": options})
    assert right in found["options"]


def test_the_account_of_azure_is_no_container() -> None:
    key = f"AccountName=acme;AccountKey={PASSWORD}"
    azure = f"{key};BlobEndpoint=https://acme.blob.core.windows.net/results"
    found = said("azure", container="results", connection_string=azure)
    assert "write https://acme.blob.core.windows.net there" in found["connection_string"]
    for endpoint in ("https://acme.blob.core.windows.net", "https://127.0.0.1:10000/acme"):
        assert (
            said("azure", container="acme", connection_string=f"{key};BlobEndpoint={endpoint}")
            == {}
        )
    options = {"connection_string": azure}
    found = said("file", base_path="abfs://results@acme.dfs.core.windows.net/x", options=options)
    assert "as well" in found["options"]
    account = "https://acme.blob.core.windows.net/results"
    assert "as well" in said("azure", container="results", account_name=account)["account_name"]


@pytest.mark.parametrize(
    "address", ["http://minio", "https://acme-s3.example", "http://[x", "env:X"]
)
def test_other_names_and_what_is_no_address_are_left_alone(address: str) -> None:
    assert "as well" not in str(said("s3", bucket="minio", endpoint_url=address))
    assert "as well" not in str(said("s3", bucket="acme", endpoint_url=address))
