"""`storage_core.prune`: deleting by age."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

import storage_core
from storage_core import FileStorage, LocalStorage, S3Storage
from storage_core.backends.local import LocalBackend
from storage_core.care.prune import JOBS, is_by_content, pruned, time_before
from storage_core.errors import AccessDenied, StorageUnavailable, UnsupportedOperation
from storage_core.store import Store
from tests.care.test_usage import opened, put
from tests.engines import both
from tests.servers.kv import KVServer
from tests.servers.s3 import S3Server

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return storage_core.open_store(LocalStorage(storage_path=str(tmp_path)))


def test_what_is_older_goes_and_all_else_stays(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "results/old", 10, days=31)
    put(tmp_path, "results/new", 10, days=29)
    put(tmp_path, "results/of the future", 10, days=-9)
    put(tmp_path, "results/of-the-future", 10, days=-9)
    put(tmp_path, "flows/old", 1, days=500)
    put(tmp_path, "results/of others/old", 1, days=500)
    put(tmp_path, "raw/old", 1, days=500)
    put(tmp_path, "old", 1, days=500)
    events = list(storage_core.prune(store, 30 * DAY))
    assert {(each.blob.key, each.what) for each in events} == {
        ("results/old", "deleted"),
        ("flows/old", "deleted"),
    }
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left >= {"results/new", "results/of the future", "results/of-the-future", "raw/old"}
    assert left >= {"results/of others/old", "old"}
    assert "results/old" not in left


def test_one_kind_leaves_the_other_alone(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "results/old", 10, days=31)
    put(tmp_path, "flows/old", 10, days=31)
    assert [each.blob.key for each in storage_core.prune(store, DAY, "flows")] == ["flows/old"]
    assert store.exists("results/old")


def test_nothing_happens_before_the_first_is_asked_for_nor_after_the_end(
    store: Store, tmp_path: Path
) -> None:
    for index in range(10 * JOBS):
        put(tmp_path, f"results/{index}", 1, days=31)
    events = storage_core.prune(store, DAY)
    assert len(list(store.list())) == 10 * JOBS
    next(events)
    events.close()
    assert 0 < len(list(store.list())) < 10 * JOBS


@pytest.mark.parametrize("span", [timedelta(0), -DAY, timedelta.max])
def test_spans_that_mean_nothing_are_refused_at_once(store: Store, span: timedelta) -> None:
    with pytest.raises(ValueError, match="older_than"):
        storage_core.prune(store, span)


def test_the_time_zone_of_the_machine_changes_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    put(tmp_path, "results/old", 1, days=1.02)
    put(tmp_path, "results/new", 1, days=0.98)
    monkeypatch.setenv("TZ", "<+14>-14")
    time.tzset()
    try:
        events = list(storage_core.prune(store, DAY))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert [each.blob.key for each in events] == ["results/old"]


def test_read_only_is_refused_before_anything_is_listed(tmp_path: Path) -> None:
    put(tmp_path, "results/old", 1, days=31)
    store = storage_core.open_store(LocalStorage(storage_path=str(tmp_path), read_only=True))
    with pytest.raises(UnsupportedOperation, match="read-only"):
        storage_core.prune(store, DAY)
    assert (tmp_path / "results/old").exists()


def test_what_nobody_knows_the_time_of_stays(kv_server: KVServer) -> None:
    with opened(kv_server) as store:
        key = store.write(b"123")
        events = {each.blob.key: each.what for each in storage_core.prune(store, timedelta(1e-6))}
        assert events[key] == "undated"
        assert set(events.values()) == {"undated"}
        assert store.read(key) == b"123"
        store.delete(key)


def test_what_is_written_again_between_listing_and_deleting_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A blob that is named by its content is written again under its key by whoever has the same
    bytes; here that happens when it has been listed as old."""
    store = storage_core.open_store(FileStorage(base_path=str(tmp_path)))
    keys = {content: store.write(content) for content in (b"again", b"once", b"gone")}
    for key in keys.values():
        put(tmp_path, key, 3, days=31)
    listing = LocalBackend.list

    def listed(self: LocalBackend, *args: object, **options: object):  # type: ignore[no-untyped-def]
        found = list(listing(self, *args, **options))  # type: ignore[arg-type]
        if any(entry.path == keys[b"again"] for entry in found):
            other = Thread(target=lambda: (store.write(b"again"), store.delete(keys[b"gone"])))
            other.start()
            other.join()
        return iter(found)

    monkeypatch.setattr(LocalBackend, "list", listed)
    found = {each.blob.key: each.what for each in storage_core.prune(store, 30 * DAY)}
    assert found == {keys[b"again"]: "renewed", keys[b"once"]: "deleted", keys[b"gone"]: "deleted"}
    assert store.read(keys[b"again"]) == b"again"


def test_only_what_is_named_by_its_content_is_looked_up_again() -> None:
    digest = "0123456789abcdef" * 4
    assert is_by_content(f"results/{digest}")
    assert is_by_content(f"flows/{digest}.tar.gz")
    assert not is_by_content(f"results/{digest[:32]}")
    assert not is_by_content("results/report.json")


def test_failures_are_told_one_by_one_and_the_rest_is_deleted(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "kept", "z"):
        put(tmp_path, f"results/{name}", 1, days=31)
    delete = LocalBackend.delete

    def refuse(self: LocalBackend, path: str) -> None:
        if path == "results/kept":
            raise AccessDenied("no")
        delete(self, path)  # type: ignore[arg-type]

    monkeypatch.setattr(LocalBackend, "delete", refuse)
    found = {each.blob.key: (each.what, each.error) for each in storage_core.prune(store, DAY)}
    what, error = found.pop("results/kept")
    assert (what, str(error)) == ("failed", "no")
    assert found == {"results/a": ("deleted", None), "results/z": ("deleted", None)}


def test_a_storage_that_answers_no_more_ends_it_after_what_was_begun(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in range(50 * JOBS):
        put(tmp_path, f"results/{index}", 1, days=31)

    def down(self: LocalBackend, path: str) -> None:
        raise StorageUnavailable("down")

    monkeypatch.setattr(LocalBackend, "delete", down)
    events = []
    with pytest.raises(StorageUnavailable, match="down"):
        events.extend(pruned(store, time_before(DAY)))  # each before it raises
    assert len(events) < 10 * JOBS


@both
def test_a_bucket_is_pruned_by_the_times_that_the_server_gives(s3_server: S3Server) -> None:
    store = storage_core.open_store(
        S3Storage(
            bucket=s3_server.new_bucket(),
            endpoint_url=s3_server.endpoint_url,
            aws_access_key_id=s3_server.access_key_id,
            aws_secret_access_key=s3_server.secret_access_key,
            region_name="eu-west-1",
        )
    )
    with store:
        keys = store.write_many(b"%d" % index for index in range(40))
        flow = store.write(b"flow", "flows")
        assert list(storage_core.prune(store, timedelta(hours=1))) == []
        # As if all of this had been an hour later.
        later = time_before(timedelta(hours=1), datetime.now(UTC) + timedelta(hours=2))
        counts = Counter(each.what for each in pruned(store, later, "results"))
        assert counts == {"deleted": len(keys)}
        assert [blob.key for blob in store.list()] == [flow]


def test_times_at_the_ends_of_the_calendar_are_no_trouble(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "results/first", 1)
    os.utime(tmp_path / "results/first", (0, 0))
    assert [each.what for each in storage_core.prune(store, DAY)] == ["deleted"]
