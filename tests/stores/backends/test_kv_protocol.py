"""The wire format: whatever bytes go in come out, and nothing else is taken for a blob."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_core.backends.drivers.kv.protocol import (
    MAX_VALUE,
    NotABlob,
    decode,
    encode,
    from_segment,
    to_segment,
)
from storage_core.keys import KINDS, Key, is_name

names = st.from_regex(r"[A-Za-z0-9._-]{1,200}", fullmatch=True).filter(is_name)


@given(st.binary() | st.text().map(lambda text: text.encode(errors="replace")))
def test_any_bytes_come_back(data: bytes) -> None:
    assert decode(encode(data)) == data


@pytest.mark.parametrize(
    "data", [b"", b"null", b'"', b'{"encoding": "base64", "data": "AA=="}', b"\xef\xbb\xbfx", b"\0"]
)
def test_text_that_looks_like_the_protocol_itself_comes_back(data: bytes) -> None:
    assert decode(encode(data)) == data


def test_utf_8_travels_as_a_string_and_anything_else_as_base64() -> None:
    assert json.loads(encode("naïve ✓".encode())) == "naïve ✓"
    assert json.loads(encode(b"\xff")) == {
        "encoding": "base64",
        "data": b64encode(b"\xff").decode(),
    }


def test_a_string_that_a_foreign_server_escaped_is_read() -> None:
    assert decode(rb' "\u00e9\ud83d\ude00" ') == "é😀".encode()


def test_null_is_no_blob() -> None:
    assert decode(b" null\n") is None


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"{", b'"cut off', b"\xff", b"true", b"1", b"[]", b"{}", b'"\\ud800"', b"NaN"),
        *(b"<html></html>", b'{"encoding": "gzip", "data": ""}', b'{"encoding": "base64"}'),
        *(b'{"encoding": "base64", "data": "A"}', b'{"encoding": "base64", "data": [1]}'),
        *('{"encoding": "base64", "data": "é"}'.encode(), b"[" * 100_000, b"9" * 10_000),
    ],
)
def test_anything_else_is_not_a_blob(text: bytes) -> None:
    with pytest.raises(NotABlob):
        decode(text)


def test_a_blob_of_control_characters_stays_within_the_bound_of_a_value() -> None:
    size = 1000
    assert len(encode(b"\0" * size)) == 6 * size + 2
    assert MAX_VALUE == 6 * 128 * 1024 * 1024 + 2


@given(st.sampled_from(KINDS), names)
def test_a_key_is_one_segment_and_comes_back(kind: str, name: str) -> None:
    key = Key(kind, name)  # type: ignore[arg-type]
    assert "/" not in to_segment(key)
    assert from_segment(to_segment(key)) == key


@pytest.mark.parametrize(
    "segment", ["", "results", "results-", "results-..", "other-x", "results-a/b", "results-a b"]
)
def test_a_foreign_name_is_no_key(segment: str) -> None:
    assert from_segment(segment) is None
