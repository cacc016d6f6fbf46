"""What answers of Google Cloud Storage are made into."""

from __future__ import annotations

import pickle

import pytest

from storage_core.backends.drivers.clouds.google.answers import Unreadable, refusal


@pytest.mark.parametrize(
    ("status", "content", "said"),
    [
        (403, b'{"error": {"code": 403, "message": "Not you."}}', "Not you., 403"),
        (401, b'{"error": "invalid_token"}', "invalid_token, 401"),
        (429, b"slow down\nplease", "slow down\nplease, 429"),
        (502, b"<!DOCTYPE html><p>nginx", "Bad Gateway, 502"),
        (500, b"", "Internal Server Error, 500"),
        (599, b'{"error": {"message": 1}}', "no reason given, 599"),
        (400, b"\xff" + b"[" * 100_000, "\ufffd" + "[" * 100_000 + ", 400"),
        (400, b"[" * 100_000, "[" * 100_000 + ", 400"),
    ],
)
def test_a_refusal_has_the_words_of_the_service(status: int, content: bytes, said: str) -> None:
    error = refusal(status, content)
    assert (str(error), error.status) == (said, status)


@pytest.mark.parametrize("error", [refusal(503, b"busy"), Unreadable()])
def test_what_an_answer_means_crosses_to_another_process(error: Exception) -> None:
    there = pickle.loads(pickle.dumps(error))
    assert (type(there), str(there), vars(there)) == (type(error), str(error), vars(error))
