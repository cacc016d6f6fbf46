"""Blocks of credentials as people copy them."""

from __future__ import annotations

import json
from secrets import token_hex

import pytest

from storage_core.importing.pasted import begins_block, found_in, is_whole

ID, SECRET, TOKEN = "AKIAEXAMPLE", f"{token_hex(16)}/+=", token_hex(30)
KEYS = {"aws_access_key_id": ID, "aws_secret_access_key": SECRET}
ALL = {**KEYS, "aws_session_token": TOKEN, "region_name": "eu-west-1"}
CONNECTION = f"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={SECRET}"
KEY_FILE = json.dumps(
    {
        "type": "service_account",
        "project_id": "acme-p",
        "private_key": f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n",
        "client_email": "a@acme-p.iam.example",
    },
    indent=2,
)

AWS = {
    "the file of credentials": (
        f"[default]\naws_access_key_id = {ID}\naws_secret_access_key={SECRET}\n\n"
        f"aws_session_token = {TOKEN}\nregion = eu-west-1\n"
    ),
    "bash": (
        f'export AWS_ACCESS_KEY_ID="{ID}"\nexport AWS_SECRET_ACCESS_KEY="{SECRET}"\n'
        f"export AWS_SESSION_TOKEN='{TOKEN}'\nexport AWS_DEFAULT_REGION=eu-west-1  # Ireland\n"
    ),
    "bash, on one line": (
        f"export AWS_ACCESS_KEY_ID={ID} AWS_SECRET_ACCESS_KEY={SECRET} AWS_SESSION_TOKEN={TOKEN} "
        "AWS_REGION=eu-west-1"
    ),
    "an env file": (
        f"AWS_ACCESS_KEY_ID={ID}\nAWS_SECRET_ACCESS_KEY={SECRET}\n"
        f"AWS_SESSION_TOKEN={TOKEN}\nAWS_REGION=eu-west-1\n"
    ),
    "cmd": (
        f"SET AWS_ACCESS_KEY_ID={ID}\r\nSET AWS_SECRET_ACCESS_KEY={SECRET}\r\n"
        f"SET AWS_SESSION_TOKEN={TOKEN}\r\nset AWS_REGION=eu-west-1\r\n"
    ),
    "PowerShell": (
        f'$Env:AWS_ACCESS_KEY_ID="{ID}"\n$Env:AWS_SECRET_ACCESS_KEY="{SECRET}"\n'
        f'$env:AWS_SESSION_TOKEN = "{TOKEN}"\n$env:AWS_REGION = "eu-west-1"\n'
    ),
    "fish": (
        f"set -x AWS_ACCESS_KEY_ID {ID}\nset -gx AWS_SECRET_ACCESS_KEY '{SECRET}'\n"
        f'set -x AWS_SESSION_TOKEN "{TOKEN}"\nset -x AWS_REGION eu-west-1\n'
    ),
}


@pytest.mark.parametrize("form", AWS)
def test_keys_of_aws_are_read_in_every_form(form: str) -> None:
    block = AWS[form]
    [found] = found_in(block)
    assert found.cls is not None
    assert (found.cls.type, found.settings, found.asks) == ("s3", ALL, "bucket")
    assert found.notes == ("its session token expires, mostly within hours",)
    assert SECRET not in repr(found)
    assert begins_block(block.splitlines()[0])
    assert is_whole(block)
    assert not is_whole(block[: block.index(SECRET)])


def test_each_section_is_one() -> None:
    block = f"[corp]\naws_access_key_id={ID}\naws_secret_access_key={SECRET}\n"
    first, second = found_in(f"{block}\n{block.replace('corp', 'profile other one')}")
    assert (first.name, second.name) == ("corp", "other one")
    assert first.settings == second.settings == KEYS


def test_what_awss_own_commands_print_is_read() -> None:
    keys = {"AccessKeyId": ID, "SecretAccessKey": SECRET, "SessionToken": TOKEN}
    for printed in ({"Credentials": keys, "AssumedRoleUser": {}}, {"Version": 1, **keys}):
        [found] = found_in(json.dumps(printed))
        assert found.settings == {**KEYS, "aws_session_token": TOKEN}


def test_a_profile_is_a_reference() -> None:
    [found] = found_in("export AWS_PROFILE=corp")
    assert found.settings == {"profile_name": "corp"}


@pytest.mark.parametrize(
    "block",
    [
        CONNECTION,
        f"export AZURE_STORAGE_CONNECTION_STRING='{CONNECTION}'",
        f"AZURE_STORAGE_ACCOUNT=acme\nAZURE_STORAGE_KEY={SECRET}",
    ],
    ids=["alone", "in a variable", "in two"],
)
def test_a_connection_string_is_read(block: str) -> None:
    [found] = found_in(block)
    assert found.cls is not None
    assert (found.cls.type, found.name, found.asks) == ("azure", "acme", "container")
    assert found.settings == {"connection_string": CONNECTION}
    assert begins_block(block)


def test_the_key_file_of_a_service_account_is_read() -> None:
    [found] = found_in(KEY_FILE)
    assert found.cls is not None
    assert (found.cls.type, found.name, found.asks) == ("gcs", "acme-p", "bucket")
    assert found.settings == {"service_account_info": KEY_FILE, "project": "acme-p"}
    assert is_whole(KEY_FILE)
    assert not is_whole(KEY_FILE[:-2])
    [found] = found_in("export GOOGLE_APPLICATION_CREDENTIALS=/keys/sa.json")
    assert found.settings == {"service_account_info": "file:/keys/sa.json"}


def test_half_of_a_pair_of_keys_is_refused() -> None:
    [found] = found_in(f"[default]\naws_access_key_id = {ID}\n")
    assert found.reason == (
        "it has only one of AWS Access Key ID and AWS Secret Access Key; copy both"
    )


@pytest.mark.parametrize("text", ["", "5", "s3", "[default]", "{}", "hello = world", "{"])
def test_anything_else_is_no_block(text: str) -> None:
    assert found_in(text) == []


@pytest.mark.parametrize("answer", ["", "5", "s3", "S3 Storage", "azure", "set", "local"])
def test_an_answer_of_the_menu_begins_no_block(answer: str) -> None:
    assert not begins_block(answer)
