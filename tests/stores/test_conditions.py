"""Chosen keys on services that keep to the condition of a write, ignore it, or refuse it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes, token_hex

import pytest

from storage_core import (
    BlobExists,
    S3Storage,
    StorageError,
    Store,
    UnsupportedOperation,
    open_store,
)
from storage_core.blobpath import blob_path
from tests.engines import both
from tests.servers.front import Asked, Front, Reply, Rule, front_of
from tests.servers.s3 import S3Server

pytestmark = both

MIB = 1024 * 1024


def storage_on(server: S3Server, url: str | None = None) -> S3Storage:
    return S3Storage(
        bucket=server.new_bucket(),
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=server.secret_access_key,
        endpoint_url=url or server.endpoint_url,
    )


def error(status: int, code: str) -> Reply:
    body = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
    return Reply(status, body.encode(), (("Content-Type", "application/xml"),))


def refusing(reply: Reply) -> Rule:
    """Answers so to a write on a condition, whichever request makes the blob appear."""
    return lambda asked: reply if "If-None-Match" in asked.headers else None


def conditional_writes(asked: list[Asked]) -> int:
    return sum("If-None-Match" in each.headers for each in asked)


@contextmanager
def behind(server: S3Server, rule: Rule) -> Iterator[tuple[Front, Store]]:
    """A store on a server that answers a little differently."""
    with (
        front_of(server.endpoint_url, rule) as front,
        open_store(storage_on(server, front.url)) as store,
    ):
        yield front, store


@pytest.mark.parametrize(
    "reply",
    [
        error(501, "NotImplemented"),  # OpenStack Swift up to 2.35
        error(400, "InvalidArgument"),
        error(405, "MethodNotAllowed"),
        error(411, "MissingContentLength"),
        Reply(400),
    ],
    ids=lambda reply: f"{reply.status} {len(reply.body)}",
)
@pytest.mark.parametrize("size", [10, 9 * MIB], ids=["one request", "parts"])
def test_a_service_that_refuses_the_condition_takes_chosen_keys(
    s3_server: S3Server, reply: Reply, size: int, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(token_bytes(size))
    with behind(s3_server, refusing(reply)) as (front, store):
        key = store.write_file(file, key="results/chosen")
        assert store.read(key) == file.read_bytes()
        with pytest.raises(BlobExists, match="chosen"):
            store.write(b"other", key=key)
        assert store.read(key) == file.read_bytes()
        asked = conditional_writes(front.asked)
        store.write_file(file, key="results/second")
        assert conditional_writes(front.asked) == asked == 1  # It is remembered.


def test_an_answer_about_something_else_is_not_taken_for_the_condition(
    s3_server: S3Server,
) -> None:
    replies = [error(400, "EntityTooLarge"), error(400, "EntityTooLarge")]

    def rule(asked: Asked) -> Reply | None:
        return replies.pop() if asked.method == "PUT" and replies else None

    with behind(s3_server, rule) as (front, store):
        with pytest.raises(StorageError, match="EntityTooLarge"):
            store.write(b"x", key="results/chosen")
        store.write(b"x", key="results/chosen")
        assert "If-None-Match" in front.asked[-1].headers


def test_nothing_is_replaced_where_the_condition_is_refused_and_nobody_may_look(
    s3_server: S3Server,
) -> None:
    def rule(asked: Asked) -> Reply | None:
        if asked.method == "HEAD":
            return Reply(403)
        return refusing(error(501, "NotImplemented"))(asked)

    with behind(s3_server, rule) as (_, store):
        with pytest.raises(UnsupportedOperation, match="results/chosen"):
            store.write(b"x", key="results/chosen")
        assert store.read(store.write(b"generated")) == b"generated"


def test_where_nobody_may_look_the_condition_decides(s3_server: S3Server) -> None:
    def rule(asked: Asked) -> Reply | None:
        return Reply(403) if asked.method == "HEAD" else None

    with behind(s3_server, rule) as (_, store):
        key = store.write(b"first", key="results/chosen")
        with pytest.raises(BlobExists):
            store.write(b"second", key=key)
        assert store.read(key) == b"first"


def race(store: Store) -> int:
    """How many of two writers of one chosen key are told that they have written it."""
    key = f"results/{token_hex(8)}"

    def write(data: bytes) -> bool:
        try:
            store.write(data, key=key)
        except BlobExists:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(write, [b"one", b"two"]))


@pytest.mark.parametrize(("server", "keeps"), [("s3_server", True), ("s3_disk_server", False)])
def test_whether_a_service_keeps_to_the_condition_is_found_out(
    server: str, keeps: bool, request: pytest.FixtureRequest
) -> None:
    with open_store(storage_on(request.getfixturevalue(server))) as store:
        path = blob_path("results/probe")
        store.backend.put(path, b"probe", overwrite=True)
        assert store.backend.refuses_to_replace(path, b"probe") is keeps
        assert store.backend.get(path) == b"probe"
        if not keeps:
            # On a busy machine the two seldom meet.
            assert any(race(store) == 2 for _ in range(200))
