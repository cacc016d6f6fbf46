"""What signs a request to Azure, held against the policy of Azure's own client."""

from __future__ import annotations

import random
import string
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from azure.core.pipeline import PipelineContext, PipelineRequest
from azure.core.pipeline.transport import HttpRequest
from azure.storage.blob._shared.authentication import (
    AzureSigningError,
    SharedKeyCredentialPolicy,
)

from storage_core.backends.drivers.direct.azure.signing import SharedKey, Unsigned
from storage_core.backends.remote.limit import Limit

REQUESTS = 4000
SEED = 20261129
HEADERS = (
    *("content-encoding", "content-language", "content-length", "content-md5", "content-type"),
    *("date", "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "accept"),
)
LETTERS = string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@%/ \\ü✓"


def signed_by_azure(
    account: str,
    key: str,
    method: str,
    path: str,
    query: Mapping[str, str],
    sent: Mapping[str, str],
) -> str:
    url = f"https://{account}.blob.core.windows.net{path}"
    request = HttpRequest(method, url, headers=dict(sent))
    request.format_parameters({name: quote(value, safe="") for name, value in query.items()})
    policy: Any = SharedKeyCredentialPolicy(account, key)  # type: ignore[no-untyped-call]
    policy.on_request(PipelineRequest(request, PipelineContext(None)))
    signed: str = request.headers["Authorization"]
    return signed


def text(chance: random.Random, most: int, letters: str = LETTERS) -> str:
    return "".join(chance.choices(letters, k=chance.randint(1, most)))


def test_thousands_of_requests_are_signed_as_azures_own_client_signs_them() -> None:
    chance = random.Random(SEED)
    for number in range(REQUESTS):
        account = text(chance, 24, string.ascii_lowercase + string.digits)
        key = b64encode(chance.randbytes(64)).decode()
        path = "".join(
            f"/{quote(text(chance, 20), safe='~/')}" for _ in range(chance.randint(1, 4))
        )
        names = ("comp", "restype", "prefix", "delimiter", "marker", "maxresults", "blockid")
        query = {name: text(chance, 30) for name in chance.sample(names, chance.randint(0, 5))}
        sent = {name: text(chance, 20) for name in chance.sample(HEADERS, chance.randint(0, 6))}
        if "content-length" in sent:
            sent["content-length"] = chance.choice(("0", "1", "1048576"))
        own = {
            f"x-ms-{text(chance, 8, string.ascii_lowercase + string.digits + '-')}"
            for _ in range(chance.randint(0, 6))
        }
        # Of names that differ in hyphens alone Azure's own order depends on which comes first.
        plain = {name.replace("-", ""): name for name in own}
        sent |= {name: text(chance, 20) for name in plain.values()}
        sent |= {"x-ms-date": "Sun, 29 Nov 2026 04:05:06 GMT", "x-ms-version": "2021-12-02"}
        method = chance.choice(("GET", "HEAD", "PUT", "DELETE"))
        expected = signed_by_azure(account, key, method, path, query, sent)
        SharedKey(account, key).sign(Limit(1), method, path, query, sent)
        assert sent["authorization"] == expected, number


@pytest.mark.parametrize("key", ["QUJDx", "QUJ", "A", "QUJD=A", "QUJD\u00fc", "!", ""])
def test_a_key_that_is_no_base64_is_refused_in_the_same_words(key: str) -> None:
    said = []
    for sign in (
        lambda: signed_by_azure("acme", key, "GET", "/box", {}, {}),
        lambda: SharedKey("acme", key).sign(Limit(1), "GET", "/box", {}, {}),
    ):
        try:
            sign()
        except (AzureSigningError, Unsigned) as error:
            said.append(str(error))
        else:
            said.append("signed")
    assert said[0] == said[1]
    assert (said[0] == "signed") == (key in ("QUJD\u00fc", "!", ""))
