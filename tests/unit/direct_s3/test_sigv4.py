"""Signatures, by botocore's signer as the oracle."""

from __future__ import annotations

import random
from hashlib import sha256
from secrets import token_hex
from urllib.parse import quote, urlsplit

import time_machine
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from storage_core.backends.drivers.direct.s3.sigv4 import Keys, Signer

MOMENTS = 60
REQUESTS = 60
"""In each moment."""

METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
REGIONS = ("us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "local", "")
HOSTS = ("bucket.s3.amazonaws.com", "127.0.0.1:9000", "[::1]:9000", "minio.example.com:8443")
NAMES = ("range", "content-md5", "if-none-match", "x-amz-acl", "x-amz-copy-source", "content-type")
CHARACTERS = "abzAZ09-_.~ /+%=&?#!$'()*,:;@[]\\\"<>^`{|}äß漢\U0001f600\t\x01"


def texts(rng: random.Random, most: int, of: str = CHARACTERS) -> str:
    return "".join(rng.choices(of, k=rng.randint(0, most)))


def visible(rng: random.Random, most: int) -> str:
    return texts(rng, most, "abz09-_./+=\"':;,  \t") + "x"


def test_signatures_are_those_of_botocore() -> None:
    rng = random.Random(20261129)
    for _ in range(MOMENTS):
        given = Keys(texts(rng, 20) + "k", token_hex(20), rng.choice([None, token_hex(30)]))
        signer = Signer(given)
        moment = rng.randint(0, 4_000_000_000)
        with time_machine.travel(moment, tick=False):
            for _ in range(REQUESTS):
                compare(rng, given, signer)


def compare(rng: random.Random, given: Keys, signer: Signer) -> None:
    method, region, host = (rng.choice(each) for each in (METHODS, REGIONS, HOSTS))
    path = quote(f"/{texts(rng, 30)}", safe="/~")
    pairs = {texts(rng, 8) + "q": texts(rng, 12) for _ in range(rng.randint(0, 4))}
    query = "&".join(
        f"{name}={value}"
        for name, value in sorted(
            (quote(name, safe="~"), quote(value, safe="~")) for name, value in pairs.items()
        )
    )
    headers = {name: visible(rng, 20) for name in rng.sample(NAMES, rng.randint(0, 4))}
    headers |= {f"x-amz-meta-{rng.randint(0, 99)}": visible(rng, 30)}
    body = rng.randbytes(rng.choice([0, 0, 7, 5000]))
    url = f"http://{host}{path}{'?' if query else ''}{query}"

    theirs = AWSRequest(method, url, headers=headers, data=body)
    S3SigV4Auth(Credentials(*given), "s3", region).add_auth(theirs)

    ours = {"host": urlsplit(url).netloc, **headers}
    # What is on the way may change it, so that it is not signed.
    ours |= {"user-agent": "x", "accept-encoding": "identity"}
    payload = sha256(body).hexdigest()
    signer.sign(method, path, query, ours, payload=payload, region=region)
    for name in ("Authorization", "X-Amz-Date", "X-Amz-Content-SHA256", "X-Amz-Security-Token"):
        assert ours.get(name.lower()) == theirs.headers.get(name), (name, method, url, headers)


def test_secrets_are_not_shown() -> None:
    keys = Keys("AKIA", token_hex(20), token_hex(20))
    assert repr(keys) == "Keys('AKIA')"
    assert keys.secret not in repr(Signer(keys))
