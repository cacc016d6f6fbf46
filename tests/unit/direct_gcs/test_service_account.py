"""Assertions of a service account, held against google-auth's."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from google.auth import _helpers
from google.auth.crypt import RSASigner
from google.oauth2.service_account import Credentials

from storage_core.backends.drivers.clouds.google.asking import Asking, Response
from storage_core.backends.drivers.clouds.google.credentials import of_json
from storage_core.backends.drivers.clouds.google.rsa_key import Key, NotOurs
from storage_core.backends.drivers.clouds.google.service_account import NoToken, ServiceAccount
from storage_core.backends.remote.faults import Explained

SCOPE = "https://www.googleapis.com/auth/devstorage.full_control"
PKCS8, PKCS1 = form.PrivateFormat.PKCS8, form.PrivateFormat.TraditionalOpenSSL
KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=size) for size in (2048, 1024)]


def pem(key: Any, kind: form.PrivateFormat = PKCS8) -> str:
    text: bytes = key.private_bytes(form.Encoding.PEM, kind, form.NoEncryption())
    return text.decode()


PEM = {key: pem(key) for key in KEYS}


def info(private_key: str = PEM[KEYS[0]], **more: Any) -> dict[str, Any]:
    plain = {"type": "service_account", "client_email": "a@b.example", "token_uri": "http://t"}
    return {**plain, "private_key": private_key, **more}


def test_assertions_are_those_of_google_auth(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(8770)
    alphabet = "abcXYZ019 @._-+/\\\"'<>é漢\n\u2028"
    for each in range(400):
        key = KEYS[each % len(KEYS)]
        email, key_id = ("".join(random.choices(alphabet, k=random.randrange(30))) for _ in "12")
        named = {"private_key_id": key_id} if random.random() < 0.8 else {}
        now = random.randrange(2**33)
        there = datetime.fromtimestamp(now, UTC).replace(tzinfo=None)
        monkeypatch.setattr(_helpers, "utcnow", lambda there=there: there)
        signer = RSASigner(key, named.get("private_key_id"))
        theirs = Credentials(signer, email, "http://t", scopes=[SCOPE])
        expected = theirs._make_authorization_grant_assertion().decode()
        ours = ServiceAccount(info(PEM[key], client_email=email, **named), SCOPE)
        assert ours.assertion(now) == expected


def test_keys_of_other_forms_are_left_to_google_auth() -> None:
    crlf = pem(KEYS[0]).replace("\n", "\r\n")
    assert isinstance(of_json(info(f"\n{crlf}\n"), "x").credentials, ServiceAccount)
    assert isinstance(of_json(info(pem(KEYS[0], PKCS1)), "x").credentials, Credentials)
    elsewhere = info(universe_domain="example.goog")
    assert isinstance(of_json(elsewhere, "x").credentials, Credentials)
    curve = ec.generate_private_key(ec.SECP256R1())
    for wrong in (pem(curve), "", "nothing", json.dumps(info())):
        with pytest.raises(Explained, match="its private key is damaged"):
            of_json(info(wrong), "x")


def test_a_damaged_key_is_told_from_a_good_one_before_it_signs() -> None:
    """A bit is wrong anywhere: the key is refused, or OpenSSL does without the number it is in."""
    random = Random(8770)
    good = b64decode("".join(pem(KEYS[0]).splitlines()[1:-1]))
    refused = 0
    for _ in range(300):
        data = bytearray(good)
        at = random.randrange(len(data))
        data[at] ^= 1 << random.randrange(8)
        text = b64encode(data).decode()
        try:
            signed = Key(f"-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
        except NotOurs:
            refused += 1
        else:
            assert signed.signature(b"data") == Key(pem(KEYS[0])).signature(b"data")
    assert refused > 100
    for cut in random.sample(range(len(good)), 40):
        text = b64encode(good[:cut]).decode()
        with pytest.raises(NotOurs):
            Key(f"-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"{}", "there is none in its answer"),
        (200, b'{"access_token": null}', "there is none in its answer"),
        (200, b"<html>", "it answered 200, not in JSON"),
        (400, b"[1]", "it answered 400, not in JSON"),
        (400, b'{"error": "invalid_grant", "error_description": "No."}', "invalid_grant: No."),
        (403, b'{"error": {"code": 403, "message": "Not you."}}', "Not you."),
        (400, b'{"why": "because"}', '{"why": "because"}'),
    ],
)
def test_an_answer_without_a_token_is_told_in_its_own_words(
    status: int, body: bytes, said: str
) -> None:
    asking = Asking(lambda *_request: Response(status, {}, body), 1.0)
    with pytest.raises(NoToken, match=f"^{re.escape(said)}$") as caught:
        ServiceAccount(info(), SCOPE).refresh(asking)
    assert not caught.value.retryable
