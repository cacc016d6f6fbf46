"""The KV server's check of JSON agrees with Python's parser, without its appetite for memory."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage_core.kv_server.json_text import MAX_PARSED, check_json

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
texts = st.builds(
    lambda value, ascii_only, indent: json.dumps(value, ensure_ascii=ascii_only, indent=indent),
    values | st.dictionaries(st.text(), st.text()),
    st.booleans(),
    st.sampled_from([None, 2]),
).map(lambda text: text.encode())


def is_json(text: bytes) -> bool:
    try:
        json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    return True


def passes(text: bytes) -> bool:
    try:
        check_json(text)
    except ValueError:
        return False
    return True


@given(texts)
def test_json_passes(text: bytes) -> None:
    assert passes(text)


@given(texts, st.data())
def test_a_damaged_text_passes_only_if_it_is_still_json(text: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    until = data.draw(st.integers(at, min(len(text), at + 3)))
    damaged = text[:at] + data.draw(st.binary(max_size=3)) + text[until:]
    assert passes(damaged) == is_json(damaged)


@given(st.binary(max_size=30))
@example(b'{"a":"b",}')
@example(b'{"a":"b" "c":"d"}')
@example(b'{"a":"b"}}')
@example(b'{"a"}')
@example(b'{"a":}')
@example(b'{,"a":"b"}')
@example(b'"a" "b"')
@example(rb'"\u12"')
@example(rb'"\u123"')
@example(b'"\x7f"')
@example(b'\xef\xbb\xbf""')
@example(b"\xa0")
@example(b"\x0c1")
def test_any_bytes_pass_only_if_they_are_json(text: bytes) -> None:
    assert passes(text) == is_json(text)


@pytest.mark.parametrize("escape", [rb"\u0000", rb"\n", "é".encode(), b"a"])
def test_a_long_string_is_checked_across_its_pieces(escape: bytes) -> None:
    """Whatever the place where one piece ends and the next begins, it may be amid an escape."""
    for shift in range(6):
        text = b'"' + b"x" * shift + escape * 200_000 + b'"'
        check_json(text)
        assert not passes(text[:-1])


def test_a_large_value_takes_little_memory() -> None:
    text = b'{"encoding": "base64", "data": "' + b"QUJD" * 4_000_000 + b'"}'
    tracemalloc.start()
    try:
        check_json(text)
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_large_value_that_would_take_much_memory_is_refused() -> None:
    with pytest.raises(ValueError, match=str(MAX_PARSED)):
        check_json(b"[" + b"[]," * (MAX_PARSED // 3) + b"[]]")
