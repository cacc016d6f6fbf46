"""Keys that stand plainly in variables or files, by a session of botocore as the oracle."""

from __future__ import annotations

import random
from pathlib import Path
from secrets import token_hex

import pytest
from botocore.session import Session

from storage_core.backends.drivers.clouds.aws.identity import OPTIONS, Identity
from storage_core.backends.drivers.clouds.aws.plain import plain

CASES = 250

IN_VARIABLES = {
    "AWS_ACCESS_KEY_ID": ("of-variables", ""),
    "AWS_SECRET_ACCESS_KEY": ("secret", ""),
    "AWS_SESSION_TOKEN": ("token", ""),
    "AWS_PROFILE": ("corp", "default", "missing"),
    "AWS_DEFAULT_PROFILE": ("corp", "other"),
    "AWS_DEFAULT_REGION": ("eu-west-1", ""),
    "AWS_REGION": ("ap-south-1",),
    "AWS_ENDPOINT_URL_S3": ("http://127.0.0.1:1",),
    "AWS_CREDENTIAL_EXPIRATION": ("2020-01-01T00:00:00Z",),
}
IN_PROFILES = {
    "aws_access_key_id": ("of-files", "", "$HOME"),
    "aws_secret_access_key": ("secret of files", ""),
    "aws_session_token": ("token of files", ""),
    "region": ("us-west-2", "eu-north-1"),
    "output": ("json",),
    "s3": ("\n  addressing_style = path", "\n  addressing_style=virtual\n", "path"),
    "role_arn": ("arn:aws:iam::123456789012:role/x",),
    "endpoint_url": ("http://127.0.0.1:1",),
    "credential_process": ("/no/such/helper",),
}
RARE = frozenset(
    {"AWS_ENDPOINT_URL_S3", "AWS_CREDENTIAL_EXPIRATION"}
    | {"role_arn", "endpoint_url", "credential_process"}
)


def chosen(rng: random.Random, of: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {
        name: values[0] if rng.random() < 0.7 else rng.choice(values)
        for name, values in of.items()
        if rng.random() < (0.03 if name in RARE else 0.5)
    }


def section(rng: random.Random, title: str) -> str:
    lines = "".join(f"{name} = {value}\n" for name, value in chosen(rng, IN_PROFILES).items())
    return f"[{title}]\n{lines}" if rng.random() < 0.7 else ""


def test_what_is_plain_is_what_botocore_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(20261129)
    config, credentials = tmp_path / "config", tmp_path / "credentials"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    ways = set()
    for _ in range(CASES):
        titles = ("default", "profile corp", 'profile "other"', "corp")
        config.write_text("".join(section(rng, title) for title in titles))
        titles = ("default", "corp", "other", "profile corp")
        credentials.write_text("".join(section(rng, title) for title in titles))
        given = Identity(OPTIONS, profile=rng.choice([None, None, "corp", "other", "missing"]))
        with monkeypatch.context() as patch:
            for name, value in chosen(rng, IN_VARIABLES).items():
                patch.setenv(name, value)
            found = plain(given)
            if found is None:
                continue
            session = Session(profile=given.profile)
            theirs = session.get_credentials()
            frozen = theirs.get_frozen_credentials()
            assert found.keys == (frozen.access_key, frozen.secret_key, frozen.token or None)
            assert (found.region or None) == (session.get_config_variable("region") or None)
            in_s3 = session.get_config_variable("s3") or {}
            assert found.style == in_s3.get("addressing_style")
            ways.add(theirs.method)
    assert ways == {"env", "shared-credentials-file", "config-file"}


@pytest.mark.parametrize(
    "lines",
    [
        "region = eu-west-1",
        "aws_access_key_id = A",
        "aws_access_key_id = A\naws_secret_access_key = B\nrole_arn = r\nsource_profile = corp",
        "aws_access_key_id = A\naws_secret_access_key = B\nendpoint_url = http://127.0.0.1:1",
        "aws_access_key_id = A\naws_secret_access_key = B\nca_bundle = /no/such/file",
        "aws_access_key_id = A\naws_secret_access_key = B\ns3 =\n  use_accelerate_endpoint = true",
        "no line of such a file",
    ],
)
def test_what_is_not_plain_is_left_to_botocore(
    lines: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(f"[profile corp]\n{lines}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert plain(Identity(OPTIONS, profile="corp")) is None


@pytest.mark.parametrize("variable", ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ENDPOINT_URL", "AWS_NEW"])
def test_a_variable_that_may_count_is_left_to_botocore(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", token_hex(8))
    assert plain(Identity(OPTIONS)) is not None
    monkeypatch.setenv(variable, "x")
    assert plain(Identity(OPTIONS)) is None


def test_a_configuration_with_keys_takes_nothing_but_its_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[profile corp]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    given = Identity(OPTIONS, key="A", secret=token_hex(8), profile="corp")
    found = plain(given)
    assert found is not None
    assert (found.keys, found.region) == (None, "eu-west-1")
