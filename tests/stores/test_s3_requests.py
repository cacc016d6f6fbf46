"""What S3 is asked: the same requests by both engines, and another region only where AWS is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from storage_core import (
    AccessDenied,
    BlobExists,
    BlobNotFound,
    ConfigurationError,
    S3Storage,
    StorageError,
    open_store,
)
from storage_core.backends.base import Backend
from storage_core.blobpath import blob_path
from tests.engines import both
from tests.servers.front import Asked, Reply, front_of
from tests.servers.s3 import S3Server
from tests.stores.test_conditions import error, storage_on

MIB = 1024 * 1024


def everything(backend: Backend, file: Path) -> None:
    odd, copy, large = map(blob_path, ("results/a b+c%2F'ä~", "results/copy", "results/large"))
    backend.put(odd, b"x" * 100, overwrite=True)
    with pytest.raises(BlobExists):
        backend.put(odd, b"y", overwrite=False)
    backend.put(copy, b"y", overwrite=False)
    assert backend.get(odd) == b"x" * 100
    assert backend.get_range(odd, 3, 5) == b"x" * 5
    assert backend.get_range(odd, 200, 5) == b""
    backend.copy(odd, copy)
    with file.open("rb") as opened:
        backend.put_stream(large, opened, overwrite=False)
    assert len([*backend.list()]) == 3
    assert [each.name for each in backend.list(delimiter=True)] == ["results"]
    for path in (odd, copy, large):
        backend.delete(path)
    with pytest.raises(BlobNotFound):
        backend.head(odd)


PASSING = ("x-amz-date", "x-amz-content-sha256", "x-amz-security-token")


def said(asked: Asked) -> tuple[Any, ...]:
    """What both engines have to say alike."""
    parts = urlsplit(asked.path)
    query = sorted(parse_qsl(parts.query, keep_blank_values=True))
    kept = ("range", "if-none-match", "content-type", "cache-control", "content-md5")
    headers = {
        name.lower(): value
        for name, value in asked.headers.items()
        if name.lower() in kept
        or (name.lower().startswith("x-amz-") and name.lower() not in PASSING)
    }
    headers.pop("x-amz-user-agent", None)
    query = [(name, "…" if name == "uploadId" else value) for name, value in query]
    return asked.method, parts.path, query, sorted(headers.items())


OPTIONS: dict[str, dict[str, Any]] = {
    "none": {},
    "requester pays": {"requester_pays": True},
    "headers": {
        "s3_additional_kwargs": {
            "ServerSideEncryption": "AES256",
            "StorageClass": "STANDARD_IA",
            "ACL": "bucket-owner-full-control",
            "ContentType": "application/octet-stream",
            "CacheControl": "no-cache",
            "ExpectedBucketOwner": "123456789012",
        }
    },
}


@pytest.mark.parametrize("name", OPTIONS)
def test_both_engines_ask_the_same(s3_server: S3Server, name: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(9 * MIB))
    found = []
    for engine in ("direct", "fsspec"):
        with front_of(s3_server.endpoint_url, lambda _: None) as front:
            configuration = storage_on(s3_server, front.url)
            configuration = replace(
                configuration, engine=engine, options=OPTIONS[name], prefix="be low/ä"
            )
            with open_store(configuration) as store:
                everything(store.backend, file)
            bucket = configuration.bucket
            found.append([said(each) for each in front.asked])
            found[-1] = without(bucket, found[-1])
    ours, theirs = found
    # Parts go side by side.
    assert sorted(map(repr, ours)) == sorted(map(repr, theirs))


def without(bucket: str, asked: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The same, whatever the bucket is called."""
    return [
        (
            method,
            path.replace(bucket, "BUCKET"),
            query,
            [(name, value.replace(bucket, "BUCKET")) for name, value in headers],
        )
        for method, path, query, headers in asked
    ]


EMPTY = b'<?xml version="1.0"?><ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>'


def of_aws(region: str, moved: Callable[[], Reply]) -> Callable[[Asked], Reply]:
    """AWS, seen by a proxy: the bucket is in that region, and all others send there."""

    def rule(asked: Asked) -> Reply:
        at_home = f"box.s3.{region}.amazonaws.com" == urlsplit(asked.path).hostname
        signed = f"/{region}/s3/" in str(asked.headers["Authorization"])
        return Reply(200, EMPTY) if at_home and signed else moved()

    return rule


def through(url: str, patch: pytest.MonkeyPatch) -> S3Storage:
    """A bucket of AWS in clear text, through a proxy."""
    patch.setenv("HTTP_PROXY", url)
    return S3Storage(
        bucket="box",
        aws_access_key_id=token_hex(8),
        aws_secret_access_key=token_hex(20),
        options={"use_ssl": False},
    )


@both
@pytest.mark.parametrize("status", [301, 307, 400])
def test_the_region_that_aws_names_is_taken_once(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    def moved() -> Reply:
        code = "PermanentRedirect" if status < 400 else "AuthorizationHeaderMalformed"
        reply = error(status, code)
        body = reply.body.replace(b"</Error>", b"<Region>eu-north-1</Region></Error>")
        return Reply(status, body, (("x-amz-bucket-region", "eu-north-1"),))

    with front_of("http://127.0.0.1:1", of_aws("eu-north-1", moved)) as front:
        with open_store(through(front.url, monkeypatch)) as store:
            assert [*store.list()] == []
            assert len(front.asked) == 2 + 1  # flows, and results where it is known.
            store.check()
        hosts = [urlsplit(each.path).hostname for each in front.asked]
        assert hosts[0] == "box.s3.amazonaws.com"
        assert set(hosts[1:]) == {"box.s3.eu-north-1.amazonaws.com"}


@both
def test_no_other_host_is_asked_whatever_region_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def moved() -> Reply:
        named = (("x-amz-bucket-region", "evil.example/"), ("Location", "http://evil.example/"))
        return Reply(301, error(301, "PermanentRedirect").body, named)

    with front_of("http://127.0.0.1:1", lambda _: moved()) as front:
        with (
            open_store(through(front.url, monkeypatch)) as store,
            pytest.raises(ConfigurationError),
        ):
            store.check()
        assert {urlsplit(each.path).hostname for each in front.asked} == {"box.s3.amazonaws.com"}


@both
def test_threads_that_need_credentials_at_once_look_for_them_once(
    s3_server: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    runs, helper = tmp_path / "runs", tmp_path / "helper"
    helper.write_text(
        f"#!/bin/sh\necho run >> {runs}\nsleep 0.3\n"
        f'echo \'{{"Version": 1, "AccessKeyId": "{s3_server.access_key_id}", '
        f'"SecretAccessKey": "{s3_server.secret_access_key}"}}\'\n'
    )
    helper.chmod(0o755)
    (tmp_path / "config").write_text(f"[profile corp]\ncredential_process = {helper}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    configuration = S3Storage(
        bucket=s3_server.new_bucket(), endpoint_url=s3_server.endpoint_url, profile_name="corp"
    )
    with open_store(configuration) as store, ThreadPoolExecutor(8) as pool:
        keys = [*pool.map(lambda number: store.write(b"%d" % number), range(8))]
        assert len(set(keys)) == 8
    assert runs.read_text() == "run\n"


@both
def test_keys_that_are_renewed_in_their_file_are_taken_when_the_old_ones_are_refused(
    s3_server: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))

    def write(key: str, secret: str) -> None:
        file.write_text(f"[corp]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")

    write("AKIA" + token_hex(8).upper(), token_hex(20))
    denied = [error(403, "AccessDenied")]
    with front_of(s3_server.endpoint_url, lambda _: denied.pop() if denied else None) as front:
        configuration = S3Storage(
            bucket=s3_server.new_bucket(), endpoint_url=front.url, profile_name="corp"
        )
        with open_store(configuration) as store:
            with pytest.raises(AccessDenied, match=r"profile corp in .* signed in"):
                store.check()
            write(s3_server.access_key_id, s3_server.secret_access_key)
            store.check()
            asked = len(front.asked)
            store.check()
            assert len(front.asked) == asked + 1


@both
def test_half_a_pair_of_keys_is_said(s3_server: S3Server) -> None:
    configuration = S3Storage(
        bucket="box", endpoint_url=s3_server.endpoint_url, options={"key": "AKIA"}
    )
    with (
        open_store(configuration) as store,
        pytest.raises(StorageError, match="missing: aws_secret_access_key"),
    ):
        store.check()


@both
def test_an_error_in_an_answer_that_began_well_is_one(s3_server: S3Server, tmp_path: Path) -> None:
    failing = {"end", "copy"}

    def rule(asked: Asked) -> Reply | None:
        ends = asked.method == "POST" and "uploadId=" in asked.path
        what = "end" if ends else "copy" if "x-amz-copy-source" in asked.headers else ""
        if what not in failing:
            return None
        failing.remove(what)
        return error(200, "InternalError")

    file, copy = tmp_path / "file", blob_path("results/copy")
    file.write_bytes(bytes(9 * MIB))
    with (
        front_of(s3_server.endpoint_url, rule) as front,
        open_store(storage_on(s3_server, front.url)) as store,
    ):
        key = store.write_file(file)
        assert failing == {"copy"}
        store.backend.copy(blob_path(key), copy)
        assert failing == set()
        assert store.backend.head(copy).size == 9 * MIB


@both
def test_a_bucket_that_aws_does_not_have_is_no_matter_of_its_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        front_of("http://127.0.0.1:1", lambda _: error(404, "NoSuchBucket")) as front,
        open_store(through(front.url, monkeypatch)) as store,
        pytest.raises(ConfigurationError, match="bucket box does not exist; create it or correct"),
    ):
        store.check()


@both
def test_who_does_not_sign_in_sends_nothing_of_a_signature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA" + token_hex(8).upper())
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", token_hex(20))
    with front_of("http://127.0.0.1:1", lambda _: Reply(200, EMPTY)) as front:
        options = {"anon": True, "endpoint_url": front.url}
        with open_store(S3Storage(bucket="box", options=options)) as store:
            assert [*store.list()] == []
        (first, *_) = front.asked
        names = {name.lower() for name in first.headers}
        assert not names & {"authorization", "x-amz-date", "x-amz-security-token"}
