"""Many blobs deleted at once: in one request where S3 is asked directly."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from storage_core import (
    AccessDenied,
    LocalStorage,
    S3Storage,
    StorageUnavailable,
    UnsupportedOperation,
    open_store,
)
from storage_core.backends.drivers.direct.s3.bodies import Broken, undeleted
from storage_core.backends.drivers.direct.transport import Transport
from storage_core.care.prune import pruned
from tests.engines import both
from tests.servers.moto import user_allowed
from tests.servers.s3 import S3Server

ODD = (
    "plain",
    'blank & <angle> "quote"',
    "ü漢\U0001f600",
    "%2F+",
    "]]>",
    "&amp;",
)
UNTOLD = ("line\nbreak", "\x01\x7f", "a\rb")
"""XML cannot say these as they are."""


def s3(server: S3Server, **more: Any) -> S3Storage:
    settings = {
        "bucket": server.new_bucket(),
        "aws_access_key_id": server.access_key_id,
        "aws_secret_access_key": server.secret_access_key,
        "endpoint_url": server.endpoint_url,
    }
    return S3Storage(**{**settings, **more})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many requests of each method are made, those for many at once as `bulk`."""
    counts: Counter[str] = Counter()
    exchange = Transport.exchange

    def counted(self: Transport, limit: Any, method: str, url: str, *more: Any) -> Any:
        counts["bulk" if urlsplit(url).query == "delete=" else method] += 1
        return exchange(self, limit, method, url, *more)

    monkeypatch.setattr(Transport, "exchange", counted)
    return counts


@both
def test_all_that_is_named_goes_whatever_it_is_called_and_nothing_else(
    s3_disk_server: S3Server,
) -> None:
    with open_store(s3(s3_disk_server, prefix="pre & fix")) as store:
        backend = store.backend
        for name in (*ODD, *UNTOLD, "stays"):
            backend.put(f"folder/{name}", b"x", overwrite=True)
        paths = [f"folder/{name}" for name in (*ODD, *UNTOLD, "was never there")]
        assert backend.delete_many(paths) == [None] * len(paths)
        assert [entry.path for entry in backend.list()] == ["folder/stays"]


@pytest.mark.parametrize("server", ["s3_server", "s3_disk_server"])
def test_a_folder_is_deleted_in_few_requests(
    server: str, request: pytest.FixtureRequest, asked: Counter[str]
) -> None:
    with open_store(s3(request.getfixturevalue(server))) as store:
        names = [f"folder/{index:04}" for index in range(300)]
        store.fs.pipe(dict.fromkeys(names, b"x"))
        store.backend.put("other/x", b"x", overwrite=True)
        store.fs.rm("folder", recursive=True)
        assert store.fs.find("") == ["other/x"]
    assert (asked["bulk"], asked["DELETE"]) == (2, 0)


def test_prune_deletes_in_few_requests_but_looks_again_at_what_is_named_by_its_content(
    s3_server: S3Server, asked: Counter[str]
) -> None:
    with open_store(s3(s3_server)) as store:
        store.write_many([b"%d" % index for index in range(20)])
        saved = store.save({"a": 1})
        later = datetime.now(UTC) + timedelta(days=1)
        asked.clear()
        found = Counter(each.what for each in pruned(store, later))
    assert found == {"deleted": 21}
    assert saved
    assert (asked["bulk"], asked["DELETE"], asked["HEAD"]) == (1, 1, 1)


@both
def test_each_that_is_refused_is_told_and_the_others_go(s3_server: S3Server) -> None:
    whole = s3(s3_server)
    key, secret = user_allowed(
        s3_server,
        {
            "Effect": "Allow",
            "Action": ["s3:DeleteObject", "s3:PutObject"],
            "Resource": f"arn:aws:s3:::{whole.bucket}/results/*",
        },
    )
    limited = s3(
        s3_server, bucket=whole.bucket, aws_access_key_id=key, aws_secret_access_key=secret
    )
    paths = ["results/a", "flows/kept", "results/b"]
    with open_store(whole) as store, open_store(limited) as other:
        for path in paths:
            store.backend.put(path, b"x", overwrite=True)
        first, kept, last = other.backend.delete_many(paths)
        assert (first, last) == (None, None)
        assert isinstance(kept, AccessDenied)
        assert "flows/kept" in str(kept)
        assert [entry.path for entry in store.backend.list()] == ["flows/kept"]


@pytest.mark.parametrize(
    "answer",
    [
        (501, b"<Error><Code>NotImplemented</Code></Error>"),
        (400, b"<Error><Code>MissingContentMD5</Code></Error>"),
        (200, b"<html>welcome</html>"),
        (200, b"<Error><Code>InternalError</Code></Error>"),
    ],
)
def test_a_service_that_does_not_know_it_is_asked_one_by_one(
    s3_server: S3Server, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, bytes]
) -> None:
    from storage_core.backends.drivers.direct.s3.client import Client, Request, _refusal

    opened = Client.opened

    class Answered:
        def __init__(self) -> None:
            self.status = answer[0]
            self.headers: dict[str, str] = {}

        def read(self, most: int = 0) -> bytes:
            return answer[1]

    def asked(self: Client, limit: Any, request: Request) -> Any:
        if request.operation != "DeleteObjects":
            return opened(self, limit, request)
        if answer[0] >= 300:
            raise _refusal(Answered(), request)  # type: ignore[arg-type]
        return Answered()

    monkeypatch.setattr(Client, "opened", asked)
    with open_store(s3(s3_server, timeout=2)) as store:
        for path in ("results/a", "results/b"):
            store.backend.put(path, b"x", overwrite=True)
        found = store.backend.delete_many(["results/a", "results/b"])
        if all(found):
            # It seems to have failed for the moment only, and was tried until the time was up.
            assert isinstance(found[0], StorageUnavailable)
        else:
            assert list(store.list()) == []


def test_what_is_left_is_read_from_whole_answers_only() -> None:
    body = (
        b'<?xml version="1.0"?>\n<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        b"<Deleted><Key>gone</Key></Deleted><Error><Key>a &amp; b</Key><Code>AccessDenied</Code>"
        b"</Error></DeleteResult>"
    )
    assert undeleted(body) == ["a & b"]
    assert undeleted(b"<DeleteResult/>") == []
    for broken in (b"", body[:-3], b"<html/>", b"<Error><Key>x</Key></Error>"):
        with pytest.raises(Broken):
            undeleted(broken)


def test_other_places_delete_one_after_the_other(tmp_path: Path) -> None:
    with open_store(LocalStorage(storage_path=str(tmp_path))) as store:
        keys = store.write_many([b"1", b"2"])
        assert store.backend.delete_many(keys) == [None, None]
        assert list(store.list()) == []
    with (
        open_store(LocalStorage(storage_path=str(tmp_path), read_only=True)) as store,
        pytest.raises(UnsupportedOperation, match="read-only"),
    ):
        store.backend.delete_many(keys)
