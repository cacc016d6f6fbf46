"""What a machine says of where S3 is asked, and what a configuration keeps it from saying."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from textwrap import dedent
from typing import Any

import pytest

from storage_core.backends.drivers.clouds.aws.identity import OPTIONS, Role, told_apart
from storage_core.backends.drivers.direct.s3.addresses import Addresses
from storage_core.backends.drivers.direct.s3.ambient import Ambient
from storage_core.backends.drivers.direct.s3.endpoint import Addressing
from storage_core.backends.remote.limit import Limit
from storage_core.backends.remote.network import Network

PROFILE = """
    [profile corp]
    region = eu-west-1
    use_dualstack_endpoint = true
    endpoint_url = http://of.profile:1
    s3 =
        addressing_style = virtual
        use_accelerate_endpoint = true
        us_east_1_regional_endpoint = regional

    [profile plain]
    region = eu-west-2
    aws_access_key_id = A
    aws_secret_access_key = B
    s3 =
        addressing_style = path
    """


@pytest.fixture(autouse=True)
def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text(dedent(PROFILE))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)


def said(arguments: dict[str, Any]) -> Addressing:
    arguments, identity = told_apart(arguments, Role(), OPTIONS)
    ambient = Ambient(identity, 10.0, Network())
    return Addresses(arguments, identity, ambient).read(Limit(10.0))


def with_keys(**more: Any) -> dict[str, Any]:
    return {"key": "A", "secret": token_hex(8), **more}


def test_a_profile_says_all_of_it_where_the_configuration_says_nothing() -> None:
    expected = Addressing(
        "eu-west-1",
        "http://of.profile:1",
        "virtual",
        dual_stack=True,
        accelerate=True,
        is_regional=True,
    )
    assert said({"profile": "corp"}) == expected
    assert said({"profile": "plain"}) == Addressing("eu-west-2", style="path")


def test_options_replace_what_a_profile_says() -> None:
    options = {
        "profile": "corp",
        "use_ssl": False,
        "client_kwargs": {"region_name": "us-west-2"},
        "config_kwargs": {
            "use_fips_endpoint": True,
            "use_dualstack_endpoint": False,
            "s3": {"addressing_style": "path", "use_accelerate_endpoint": False},
        },
    }
    assert said(options) == Addressing(
        *("us-west-2", "http://of.profile:1", "path"), fips=True, is_regional=True, is_secure=False
    )


def test_variables_count_where_there_are_neither_keys_nor_an_endpoint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://of.all:1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    monkeypatch.setenv("AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", "regional")
    assert said({"anon": True}) == Addressing(
        "ap-south-1", "http://of.all:1", fips=True, is_regional=True
    )
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://of.s3:1")
    assert said({"anon": True}).endpoint_url == "http://of.s3:1"
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert said({"anon": True}).endpoint_url is None
    assert said(with_keys()) == Addressing()
    assert said({"endpoint_url": "http://host"}) == Addressing(endpoint_url="http://host")


def test_of_a_profile_beside_keys_its_endpoint_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    found = said(with_keys(profile="corp"))
    assert (found.region, found.endpoint_url, found.style) == ("eu-west-1", None, "virtual")


def test_the_certificates_of_a_profile_are_trusted(tmp_path: Path) -> None:
    with (tmp_path / "config").open("a") as file:
        file.write("\n[profile trusting]\nregion = eu-west-1\nca_bundle = /some/file.pem\n")
    _, identity = told_apart({"profile": "trusting"}, Role(), OPTIONS)
    network = Network()
    Ambient(identity, 10.0, network).surroundings(Limit(10.0))
    assert network.trust.path == "/some/file.pem"
