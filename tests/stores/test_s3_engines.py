"""What S3 refuses, in the same words by both engines, whatever it answers and however."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from secrets import token_hex
from typing import Any

import pytest

from storage_core import S3Storage, StorageError, Store, open_store
from storage_core.backends.remote import retry
from tests.servers.front import Asked, Reply, front_of
from tests.servers.s3 import S3Server
from tests.stores.test_conditions import error

CALLS: dict[str, Callable[[Store], Any]] = {
    "write": lambda store: store.write(b"x"),
    "chosen": lambda store: store.write(b"x", key="results/chosen"),
    "read": lambda store: store.read("results/chosen"),
    "exists": lambda store: store.exists("results/chosen"),
    "list": lambda store: list(store.list()),
    "delete": lambda store: store.delete("results/chosen"),
    "copy": lambda store: store.backend.copy(*_paths()),
    "check": lambda store: store.check(),
}

XML = (("Content-Type", "application/xml"),)
ELSEWHERE = (("Location", "http://user:secret@elsewhere.example:81/x?token=1"),)
REGION = (("x-amz-bucket-region", "eu-north-1"),)
YESTERDAY = formatdate(0, usegmt=True)


def _paths() -> tuple[Any, Any]:
    from storage_core.blobpath import blob_path

    return blob_path("results/chosen"), blob_path("results/copy")


def inside_a_good_answer(code: str) -> Reply:
    return error(200, code)


REPLIES: dict[str, Reply] = {
    "wrong secret": error(403, "SignatureDoesNotMatch"),
    "wrong key": error(403, "InvalidAccessKeyId"),
    "expired": error(400, "ExpiredToken"),
    "denied": error(403, "AccessDenied"),
    "denied without a word": Reply(403),
    "no bucket": error(404, "NoSuchBucket"),
    "no key": error(404, "NoSuchKey"),
    "not found": Reply(404),
    "another region": error(400, "AuthorizationHeaderMalformed")._replace(headers=(*XML, *REGION)),
    "another region, 301": error(301, "PermanentRedirect")._replace(headers=(*XML, *REGION)),
    "elsewhere, 301": Reply(301, b"", ELSEWHERE),
    "elsewhere, 302": error(302, "Found")._replace(headers=(*XML, *ELSEWHERE)),
    "elsewhere, 307": error(307, "TemporaryRedirect")._replace(headers=(*XML, *ELSEWHERE)),
    "elsewhere, unsaid": error(301, "PermanentRedirect"),
    "skewed": error(403, "RequestTimeTooSkewed"),
    "skewed, by its clock": Reply(403, b"", (("Date", YESTERDAY),)),
    "too many": error(503, "SlowDown"),
    "broken": Reply(500, b"<html><body>no</body></html>"),
    "unknown to all": error(418, "Teapot"),
    "without a message": Reply(400, b"<Error><Code>InvalidRequest</Code></Error>", XML),
    "of two lines": Reply(400, b"<Error><Code>Odd</Code><Message>a\nb</Message></Error>", XML),
    "not XML": Reply(400, b"Bad request"),
    "half of it": Reply(400, b"<Error><Code>InvalidRequest</Code><Mess", XML),
    "not implemented": error(501, "NotImplemented"),
    "in a good answer": inside_a_good_answer("InternalError"),
    "denied in a good answer": inside_a_good_answer("AccessDenied"),
    "half of a good answer": Reply(200, b"<?xml version='1.0'?><ListBucketResult><Conte", XML),
}


def said_by(engine: str, configuration: S3Storage) -> dict[str, str]:
    found: dict[str, str] = {}
    with open_store(replace(configuration, engine=engine)) as store:
        for each, call in CALLS.items():
            try:
                found[each] = f"returned {type(call(store)).__name__}"
            except StorageError as failure:
                words = re.sub(r"tried .* seconds|[0-9a-f]{32}", "…", str(failure))
                kind = type(failure).__name__, failure.while_signing_in, failure.while_connecting
                found[each] = f"{kind} {words}"
    return found


@pytest.mark.parametrize("name", REPLIES)
def test_both_engines_say_the_same(
    s3_server: S3Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = REPLIES[name]
    monkeypatch.setattr(retry, "MAX_ATTEMPTS", 1)

    def rule(asked: Asked) -> Reply:
        return reply._replace(body=b"") if asked.method == "HEAD" else reply

    with front_of(s3_server.endpoint_url, rule) as front:
        configuration = S3Storage(
            bucket="box",
            aws_access_key_id=token_hex(8),
            aws_secret_access_key=token_hex(20),
            region_name="eu-west-1",
            endpoint_url=front.url,
        )
        assert said_by("direct", configuration) == said_by("fsspec", configuration)
