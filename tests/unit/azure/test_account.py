"""Where a connection string leads and what signs, held against Azure's own client."""

from __future__ import annotations

import random
from base64 import b64encode
from itertools import product
from secrets import token_bytes
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from azure.storage.blob import BlobServiceClient

from storage_core.backends.drivers.clouds.azure.options import completed
from storage_core.backends.drivers.direct.azure.account import Account, account_of
from storage_core.backends.remote.faults import BadSettings, Explained

KEY = b64encode(token_bytes(64)).decode()
SAS = "sv=2024-11-04&ss=b&srt=sco&sp=rwdlc&se=2099-01-01T00:00:00Z&spr=https&sig=a%2Fb%2Bc%3D"


class Found(NamedTuple):
    """What matters of an account."""

    url: str
    query: dict[str, list[str]]
    key: tuple[str, str] | None


def of_azure(service: Any) -> Found:
    parts = urlsplit(service.url)
    signer = service.credential
    key = (signer.account_name, signer.account_key) if signer is not None else None
    url = f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
    return Found(url, parse_qs(parts.query), key)


def of_ours(account: Account) -> Found:
    return Found(account.url, parse_qs(account.query), account.key)


def assert_same(text: str, mode: str = "primary") -> None:
    """A connection string leads where Azure's own client goes; it is refused if that refuses it."""
    expected: Found | str
    try:
        client = BlobServiceClient.from_connection_string(text, _location_mode=mode)
        expected = of_azure(client)
    except ValueError as error:
        expected = f"ValueError: {error}"
    found: Found | str
    try:
        found = of_ours(account_of({"connection_string": text, "location_mode": mode}))
    except BadSettings as error:
        found = str(error)
    assert found == expected, text


ENDPOINTS = (
    *(None, "https://acme.blob.core.windows.net", "https://acme.blob.core.windows.net/"),
    *("http://127.0.0.1:10000/acme", "http://127.0.0.1:10000/acme/", "localhost:1/acme"),
    *("https://files.acme.example", "https://acme-dualstack.blob.core.windows.net"),
    *("acme.blob.core.chinacloudapi.cn", f"https://acme.blob.core.windows.net/?{SAS}"),
    "https://acme-secondary.blob.core.windows.net",
)
PARTS: tuple[tuple[str | None, ...], ...] = (
    (None, "https", "http"),
    (None, "acme"),
    (None, KEY),
    (None, "core.windows.net", "core.usgovcloudapi.net"),
    (None, SAS),
    ENDPOINTS,
)
NAMES = (
    *("DefaultEndpointsProtocol", "AccountName", "AccountKey", "EndpointSuffix"),
    *("SharedAccessSignature", "BlobEndpoint"),
)


def test_every_set_of_parts_leads_where_azures_own_client_goes() -> None:
    chance = random.Random(20261129)
    for values in product(*PARTS):
        pairs = [(name, value) for name, value in zip(NAMES, values, strict=True) if value]
        if not pairs:
            continue
        chance.shuffle(pairs)
        cases = (str, str.lower, str.upper)
        text = ";".join(f"{chance.choice(cases)(name)}={value}" for name, value in pairs)
        assert_same(f"{text}{chance.choice(('', ';', ';;'))}")


@pytest.mark.parametrize(
    "text",
    [
        *("nope", "a=b", "AccountName", "AccountName=acme;;AccountKey=QUJD", "=", ";", "a=b;c"),
        *(
            "UseDevelopmentStorage=true",
            "UseDevelopmentStorage=true;",
            "UseDevelopmentStorage=false",
        ),
        "BlobSecondaryEndpoint=https://x;AccountName=acme;AccountKey=QUJD",
        "BlobEndpoint=;AccountName=acme;AccountKey=QUJD",
        "BlobEndpoint=https://;AccountName=acme;AccountKey=QUJD",
        " AccountName=acme;AccountKey=QUJD",
        "AccountName=acme;AccountKey=QUJD==;AccountName=other",
        "BlobEndpoint=https://dépôt.example/x;AccountName=acme;AccountKey=QUJD",
        "BlobEndpoint=https://[::1;AccountName=acme;AccountKey=QUJD",
        "BlobEndpoint=https://[::1]:10000/acme;AccountName=acme;AccountKey=QUJD",
    ],
)
def test_odd_connection_strings_are_read_or_refused_in_the_same_words(text: str) -> None:
    assert_same(text)


@pytest.mark.parametrize(
    "text",
    [
        f"AccountName=acme;AccountKey={KEY}",
        f"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={KEY};EndpointSuffix=core.w.net",
        f"BlobEndpoint=https://acme.blob.core.windows.net;AccountName=acme;AccountKey={KEY}",
        f"BlobEndpoint=https://acme.blob.core.windows.net;SharedAccessSignature={SAS}",
    ],
    ids=["an account", "a suffix", "an endpoint", "a signature"],
)
def test_the_copy_in_another_region_is_found_by_the_same_rules(text: str) -> None:
    assert_same(text, "secondary")


@pytest.mark.parametrize(
    "options",
    [
        {"account_name": "acme", "account_key": KEY},
        {"account_name": "acme", "sas_token": SAS},
        {"account_name": "acme", "sas_token": f"?{SAS}"},
        {"account_name": "acme", "credential": KEY},
        {"account_name": "acme", "credential": SAS},
        {"account_name": "acme", "account_host": "127.0.0.1:1/acme", "account_key": KEY},
        {"account_name": "acme", "account_host": "acme.blob.core.windows.net", "anon": True},
        {"account_name": "acme", "account_host": "files.acme.example", "sas_token": SAS},
    ],
)
def test_options_lead_where_the_other_engine_goes(options: dict[str, Any]) -> None:
    from storage_core.backends.drivers.clouds.azure.options import account_url

    url = account_url(options)
    sign_in = options.get("credential", options.get("account_key"))
    if sign_in is None and "sas_token" in options:
        url = f"{url}?{options['sas_token'].removeprefix('?')}"
    expected = of_azure(BlobServiceClient(url, sign_in))
    assert of_ours(account_of(completed(options))) == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("acme-ipv6", "acme-secondary-ipv6"),
        ("acme-dualstack", "acme-secondary-dualstack"),
        ("acme-secondary", "acme-secondary"),
    ],
)
def test_what_a_host_has_behind_the_name_of_the_account_is_not_its_name(
    first: str, second: str
) -> None:
    # As Azure's own client does by now; that of 2025 took all of it for the name.
    end = ".blob.core.windows.net"
    for mode, host in (("primary", first), ("secondary", second)):
        given = {"account_name": "x", "account_host": f"{first}{end}", "account_key": KEY}
        found = account_of({**given, "location_mode": mode})
        assert found == Account(f"https://{host}{end}", "", ("acme", KEY))


def test_a_secondary_endpoint_that_is_named_is_asked() -> None:
    # Azure's own client puts the scheme in front once more.
    text = f"AccountName=acme;AccountKey={KEY};BlobEndpoint=https://files.acme.example"
    text += ";BlobSecondaryEndpoint=https://files-2.acme.example/"
    given = {"connection_string": text, "location_mode": "secondary"}
    assert account_of(given) == Account("https://files-2.acme.example", "", ("acme", KEY))


def test_a_key_for_an_address_of_ones_own_is_that_of_the_account_that_is_named() -> None:
    options = {"account_name": "acme", "account_key": KEY, "account_host": "files.acme.example"}
    assert account_of(options).key == ("acme", KEY)


def test_without_an_account_nothing_is_guessed() -> None:
    with pytest.raises(Explained, match="nothing says which account it is"):
        account_of({"account_key": KEY})


def test_what_is_logged_of_an_account_holds_no_secret() -> None:
    for account in (
        account_of({"connection_string": f"AccountName=acme;AccountKey={KEY}"}),
        account_of({"account_name": "acme", "sas_token": SAS}),
    ):
        assert repr(account) == "Account('https://acme.blob.core.windows.net')"
