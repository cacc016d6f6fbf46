"""What people paste where credentials of Azure and Google belong, and what they are told."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from secrets import token_bytes, token_hex
from typing import Any

import pytest

from storage_core import (
    AzureBlobStorage,
    ConfigurationError,
    GoogleCloudStorage,
    open_store,
)
from storage_core.declaration.validation import InvalidSettings, validated

KEY = b64encode(token_bytes(64)).decode()
PERSON = {
    "type": "authorized_user",
    "client_id": "x.apps.googleusercontent.com",
    "client_secret": token_hex(8),
    "refresh_token": token_hex(16),
}
WORKLOAD = {
    "type": "external_account",
    "audience": "//iam.googleapis.com/x",
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    "token_url": "https://sts.googleapis.com/v1/token",
    "credential_source": {"file": "/nowhere/token"},
}
IMPERSONATED = {
    "type": "impersonated_service_account",
    "service_account_impersonation_url": (
        "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b.iam"
        ".gserviceaccount.com:generateAccessToken"
    ),
    "source_credentials": PERSON,
}
PASTED: dict[str, tuple[Any, str]] = {
    "a path": ("/home/me/key.json", "write file: before it"),
    "a path below home": ("~/key.json", "write file: before it"),
    "a relative path": ("key.json", "write file: before it"),
    "a P12": (b64encode(b"\x30\x82" + token_bytes(2000)).decode(), "is a P12 key"),
    "a path of a P12": ("./key.p12", "write file: before it"),
    "base64 of the JSON": (b64encode(json.dumps(PERSON).encode()).decode(), "is base64"),
    "what base64 takes for a brace": ("e3b0c44298fc1c14", "must be the JSON of a service"),
    "a private key": (f"-----BEGIN PRIVATE KEY-----\n{KEY}\n", "is a private key alone"),
    "an access token": ("ya29.a0AfH6SMB", "is an access token"),
    "JSON that is cut off": (json.dumps(PERSON, indent=1)[:90], "is no JSON (line"),
    "a list": ("[]", "must be a JSON object"),
    "an OAuth client": ({"installed": {"client_id": "x"}}, "is an OAuth client"),
    "an OAuth client of the web": ({"web": {"client_id": "x"}}, "is an OAuth client"),
    "a person without a refresh token": (
        {**PERSON, "refresh_token": ""},
        "lacks refresh_token, which authorized_user needs",
    ),
    "a workload without a source": (
        {**WORKLOAD, "credential_source": {"path": "/x"}},
        "names neither file, url, executable nor environment",
    ),
    "an impersonation by nobody": (
        {**IMPERSONATED, "source_credentials": {"type": "authorized_user"}},
        "source_credentials where something is wrong: it lacks client_id",
    ),
    "a type that is no text": ({"type": ["service_account"]}, "must have a type of Google's"),
    "a number of too many digits": (f'{{"a": {"9" * 5000}}}', "must be the JSON"),
    "another kind": ({"type": "gdch_service_account"}, "must have a type of Google's"),
}
STRINGS = {
    "a URL with a signature": ("https://a.blob.core.windows.net/c?sv=2&se=2020&sig=x", "is a URL"),
    "an address": ("https://acme.blob.core.windows.net", "fill in Account Name"),
    "a signature": ("?sv=2024-01-01&se=2030-01-01&sig=abc%3D", "is a signature (SAS) alone"),
    "a key": (KEY, "is an account key alone"),
    "no key": ("AccountName=a;EndpointSuffix=core.windows.net", "has neither AccountKey nor"),
    "an empty key": ("AccountName=a;AccountKey=", "nothing behind AccountKey="),
    "a key that is cut off": (f"AccountName=a;AccountKey={KEY[:21]}", "it may be cut off"),
    "no name": (f"BlobEndpoint=https://a.example/a;AccountKey={KEY}", "and no AccountName"),
    "a part without =": (f"AccountName=a;AccountKey={KEY};nonsense", "a part without ="),
}


@pytest.mark.parametrize("pasted", PASTED)
def test_what_is_no_key_file_is_called_what_it_is(pasted: str) -> None:
    value, said = PASTED[pasted]
    text = value if isinstance(value, str) else json.dumps(value)
    with pytest.raises(ConfigurationError) as caught:
        open_store(GoogleCloudStorage(bucket="acme", service_account_info=text))
    assert said in str(caught.value)
    assert text not in str(caught.value)
    assert "private key is damaged" not in str(caught.value)


@pytest.mark.parametrize("info", [PERSON, WORKLOAD, IMPERSONATED])
def test_credentials_of_every_kind_are_opened(info: dict[str, Any]) -> None:
    open_store(GoogleCloudStorage(bucket="acme", service_account_info=json.dumps(info)))


@pytest.mark.parametrize("pasted", STRINGS)
def test_what_is_no_connection_string_is_called_what_it_is(pasted: str) -> None:
    text, said = STRINGS[pasted]
    with pytest.raises(ConfigurationError) as caught:
        open_store(AzureBlobStorage(container="c", connection_string=text))
    assert said in str(caught.value)
    assert text not in str(caught.value)


@pytest.mark.parametrize("name", ["https://acme.blob.core.windows.net", "acme.blob", "a/b"])
def test_an_account_is_named_without_an_address(name: str) -> None:
    with pytest.raises(InvalidSettings, match="must be the bare name of the account"):
        validated(AzureBlobStorage, {"container": "c", "account_name": name})


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=-2), "expired on"),
        (timedelta(days=2), "expires on"),
        (timedelta(days=60), None),
    ],
)
def test_the_end_of_a_signature_is_said_before(left: timedelta, said: str | None) -> None:
    ends = datetime.now(UTC) + left
    signature = f"sv=2024-01-01&se={ends:%Y-%m-%dT%H%%3A%M%%3A%SZ}&sig=abc%3D"
    string = f"BlobEndpoint=https://a.example/;SharedAccessSignature={signature}"
    given: list[tuple[str, dict[str, Any]]] = [
        ("connection_string", {"connection_string": string}),
        ("options", {"account_name": "a", "options": {"sas_token": f"?{signature}"}}),
    ]
    for name, settings in given:
        cautions = dict(AzureBlobStorage.cautions({"container": "c", **settings}))
        assert (name in cautions) == (said is not None), cautions
        if said is not None:
            assert f"{said} {ends:%Y-%m-%d %H:%M} UTC" in cautions[name]
            assert "sig" not in cautions[name].replace("signature", "")
