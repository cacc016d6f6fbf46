"""From each kind of place into another, over real servers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core import (
    AccessDenied,
    BlobExists,
    KVServerStorage,
    StorageUnavailable,
    Store,
    TransferEvent,
    TransferTotals,
    open_store,
    transfer,
)
from tests.fs.places import table_of
from tests.servers.kv import KVServer
from tests.servers.s3 import S3Server
from tests.tools.conftest import s3_table
from tests.transfers.stores import Listing, contents, done, local, of_table, outcomes

pytestmark = pytest.mark.timeout(300)  # The first test of each server starts it.

PAIRS = [
    ("local", "s3", 2),
    ("moto", "local", 2),
    ("s3", "azure", 2),
    ("gcs", "file", 2),
    *(
        pytest.param(*each, 12, marks=pytest.mark.servers)
        for each in (
            ("s3", "moto"),
            ("azure", "gcs"),
            ("local", "azure"),
            ("gcs", "local"),
            ("file", "s3"),
            ("s3 fsspec", "azure fsspec"),
            ("gcs fsspec", "moto"),
            ("moto", "webdav"),
            ("ftp", "s3"),
        )
    ),
]
"""From where, to where, and how many MiB the largest blob has. `s3` is rclone, which keeps its data
on disk; `file` is in memory."""

SMALL = b"bytes \xff\0"


def large(size: int) -> bytes:
    return random.Random(7).randbytes(size * 1024 * 1024)


def place(kind: str, request: pytest.FixtureRequest, folder: Path) -> Store:
    """A new place; a blob of another kind of name is allowed in File Storage."""
    table = table_of(kind, request, folder)
    if table["type"] == "file":
        table["key_type"] = "uuid"
    return of_table(table)


@pytest.mark.parametrize(("first", "second", "size"), PAIRS)
def test_what_is_copied_is_the_same_and_a_second_run_finds_it(
    request: pytest.FixtureRequest, tmp_path: Path, first: str, second: str, size: int
) -> None:
    source = place(first, request, tmp_path / "1")
    target = place(second, request, tmp_path / "2")
    keys = source.write_many([SMALL, b"", large(size)])
    source.backend.put("results/année/±.txt", b"elsewhere", overwrite=False)
    before = contents(source)
    events, totals = done(source, target)
    assert outcomes(events) == dict.fromkeys([*keys, "results/année/±.txt"], "copied")
    assert totals.bytes == sum(map(len, before.values()))
    assert contents(target) == before == contents(source)
    target.delete(keys[0])
    target.backend.put("results/année/±.txt", b"ELSEwhere", overwrite=True)
    again, _ = done(source, target)
    assert outcomes(again) == {
        keys[0]: "copied",
        keys[1]: "skipped",
        keys[2]: "skipped",
        "results/année/±.txt": "failed",
    }
    (failed,) = [event for event in again if event.outcome == "failed"]
    assert isinstance(failed.error, BlobExists)
    assert contents(target) == {**before, "results/année/±.txt": b"ELSEwhere"}


def test_names_of_others_that_a_bucket_really_holds(s3_server: S3Server, tmp_path: Path) -> None:
    table = s3_table(s3_server)
    for key in ("results/a//b", "results/folder/", "results/.", "results/../up", "results/good"):
        body = b"" if key.endswith("/") else b"x"
        s3_server.client.put_object(Bucket=table["bucket"], Key=key, Body=body)
    target = local(tmp_path / "target")
    events, _ = done(of_table(table), target)
    assert outcomes(events) == {
        **dict.fromkeys(["results/.", "results/../up", "results/a//b"], "failed"),
        "results/good": "copied",
    }
    assert contents(target) == {"results/good": b"x"}


def test_a_wrong_secret_is_one_error_and_not_one_for_each_blob(
    s3_server: S3Server, tmp_path: Path
) -> None:
    source = local(tmp_path / "source")
    source.write_many([b"%d" % number for number in range(20)])
    target = of_table(s3_table(s3_server, secret="wrong"))
    for pair in ((source, target), (target, source)):
        events = transfer(*pair)
        assert isinstance(next(events), TransferTotals)
        with pytest.raises(AccessDenied):
            next(events)


def test_a_server_that_goes_away_ends_it_before_every_blob_has_waited(
    server_down_url: str, tmp_path: Path
) -> None:
    source = local(tmp_path / "source")
    (tmp_path / "source" / "results").mkdir(parents=True)
    for number in range(1000):
        (tmp_path / "source" / "results" / str(number)).touch()
    target = open_store(KVServerStorage(api_address=server_down_url, timeout=0.01))
    Listing(target, lambda _: iter(()))
    *events, totals = told(transfer(source, target))
    assert isinstance(totals, TransferTotals)
    assert totals.failed == 256
    assert {event.outcome for event in events if isinstance(event, TransferEvent)} == {
        "planned",
        "failed",
    }


def told(
    events: Iterator[TransferEvent | TransferTotals],
) -> Iterator[TransferEvent | TransferTotals]:
    """All events before the error at the end."""
    with pytest.raises(StorageUnavailable, match="256 blobs in a row failed, the last one so: "):
        yield from events


def kv(server: KVServer) -> Store:
    return open_store(KVServerStorage(api_address=server.api_address, token=server.token))


def test_a_kv_server_as_the_target_and_as_the_source(kv_server: KVServer, tmp_path: Path) -> None:
    # It holds blobs of other tests.
    source, server = local(tmp_path / "source"), kv(kv_server)
    mark = token_hex(4)
    keys = [f"results/{mark}-{number}" for number in range(3)]
    for key in keys:
        source.write(key.encode() + b"\xff", key=key)
    source.write(large(2), key=f"results/{mark}-large")
    source.backend.put("results/no/key", b"x", overwrite=False)
    events, _ = done(source, server, kind="results")
    assert outcomes(events) == {
        "results/no/key": "failed",
        **dict.fromkeys([*keys, f"results/{mark}-large"], "copied"),
    }
    assert "no folders but flows and results" in str(events[-1].error or events[0].error)
    assert server.read(f"results/{mark}-large") == large(2)
    target = local(tmp_path / "target")
    events = [
        event
        for event in transfer(server, target, kind="results")
        if isinstance(event, TransferEvent) and mark in event.path and event.outcome != "planned"
    ]
    assert {event.outcome for event in events} == {"copied"}
    assert {key: target.read(key) for key in keys} == {key: source.read(key) for key in keys}
    for key in (*keys, f"results/{mark}-large"):
        server.delete(key)


def test_a_kv_server_that_cannot_list_is_a_target_and_no_source(
    plain_kv_url: str, tmp_path: Path
) -> None:
    source = local(tmp_path / "source")
    key = source.write(token_hex(8).encode())
    server = open_store(KVServerStorage(api_address=plain_kv_url))
    assert outcomes(done(source, server)[0]) == {key: "copied"}
    assert outcomes(done(source, server)[0]) == {key: "skipped"}
    with pytest.raises(Exception, match="cannot list its keys"):
        list(transfer(server, source))


def test_blobs_of_the_temporary_storage_can_be_kept(tmp_path: Path) -> None:
    temporary, target = of_table({"type": "temporary"}), local(tmp_path / "target")
    key = temporary.write(b"to be kept")
    assert outcomes(done(temporary, target, path="/")[0]) == {key: "copied"}
    target.backend.put("raw/1", b"1", overwrite=False)
    ((event,), _) = done(target, temporary, path="raw")
    assert "holds blobs in flows and results only" in str(event.error)
