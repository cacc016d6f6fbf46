"""The key-value server that is not ours: two calls, one path segment per key, nothing else."""

from __future__ import annotations

import json
from secrets import token_hex
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest


def _call(method: str, url: str, value: object = None) -> object:
    body = json.dumps(value).encode() if method == "POST" else None
    with urlopen(Request(url, data=body, method=method), timeout=5) as response:
        return json.load(response)


@pytest.mark.parametrize("value", ["text", "", {"encoding": "base64", "data": "/w=="}])
def test_a_posted_value_is_answered(plain_kv_url: str, value: object) -> None:
    url = f"{plain_kv_url}/results-{token_hex(16)}"
    _call("POST", url, value)
    assert _call("GET", url) == value


def test_an_unknown_key_is_null(plain_kv_url: str) -> None:
    assert _call("GET", f"{plain_kv_url}/{token_hex(16)}") is None


@pytest.mark.parametrize("path", ["", "/", "/results/name", "/results%2Fname", "/name/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_key_of_no_or_several_segments_is_not_found(
    plain_kv_url: str, method: str, path: str
) -> None:
    with pytest.raises(HTTPError, match="404"):
        _call(method, plain_kv_url + path)


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH"])
def test_another_method_is_not_allowed(plain_kv_url: str, method: str) -> None:
    with pytest.raises(HTTPError, match="405"):
        _call(method, f"{plain_kv_url}/name")
