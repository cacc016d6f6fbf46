"""What is copied, what is left alone, and what is said: between folders."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage_core import (
    AccessDenied,
    BlobExists,
    BlobNotFound,
    FileStorage,
    IntegrityError,
    InvalidKey,
    StorageError,
    Store,
    TransferEvent,
    TransferTotals,
    UnsupportedOperation,
    open_store,
    transfer,
)
from storage_core.backends.base import Entry
from tests.transfers.stores import (
    Flipping,
    Listing,
    Unlistable,
    contents,
    done,
    filled,
    local,
    odd,
    outcomes,
)

LARGE = bytes(range(256)) * 20_000


@pytest.fixture
def source(tmp_path: Path) -> Store:
    return local(tmp_path / "source")


@pytest.fixture
def target(tmp_path: Path) -> Store:
    return local(tmp_path / "target")


def test_both_kinds_are_copied_and_nothing_else(source: Store, target: Store) -> None:
    keys = [source.write(b"", "flows"), source.write(LARGE), source.write(b"small")]
    source.backend.put("raw/other.csv", b"other", overwrite=False)
    source.backend.put("results/of/another/tool", b"deep", overwrite=False)
    events, totals = done(source, target)
    assert {event.outcome for event in events} == {"copied"}
    assert (totals.planned, totals.copied, totals.bytes) == (4, 4, len(LARGE) + 9)
    assert contents(target).keys() == {*keys, "results/of/another/tool"}
    assert target.read(keys[1]) == LARGE


def test_a_second_run_copies_nothing_and_a_third_what_is_new(source: Store, target: Store) -> None:
    filled(source, 10)
    assert done(source, target)[1].copied == 10
    again, totals = done(source, target)
    assert (totals.copied, totals.skipped, totals.failed, totals.bytes) == (0, 10, 0, 0)
    assert {event.outcome for event in again} == {"skipped"}
    new = source.write(b"new")
    events, _ = done(source, target)
    assert [event.path for event in events if event.outcome == "copied"] == [new]


def test_one_kind_a_folder_one_blob_or_everything(tmp_path: Path, source: Store) -> None:
    flow, result = source.write(b"f", "flows"), source.write(b"r")
    for path in ("raw/1", "raw/deep/2", "rawer/3"):
        source.backend.put(path, b"x", overwrite=False)

    def copied(**options: str) -> set[str]:
        target = local(tmp_path / "_".join([*options.values()]).replace("/", "+"))
        done(source, target, **options)
        return {*contents(target)}

    assert copied(kind="flows") == {flow}
    assert copied(path="raw") == copied(path="raw/") == {"raw/1", "raw/deep/2"}
    assert copied(path="raw/deep/2") == {"raw/deep/2"}
    assert copied(path="/") == {flow, result, "raw/1", "raw/deep/2", "rawer/3"}


def test_what_is_another_blob_there_stays_and_is_said(source: Store, target: Store) -> None:
    for path, here, there in (
        ("results/same", b"same", b"same"),
        ("results/longer", b"here", b"longer there"),
        ("results/as-long", b"here", b"heRe"),
        ("results/large", LARGE, LARGE[:-1] + b"?"),
    ):
        source.backend.put(path, here, overwrite=False)
        target.backend.put(path, there, overwrite=False)
    before = contents(target)
    events, totals = done(source, target)
    assert outcomes(events) == {
        "results/as-long": "failed",
        "results/large": "failed",
        "results/longer": "failed",
        "results/same": "skipped",
    }
    assert contents(target) == before
    assert totals.failed == 3
    assert all(isinstance(e.error, BlobExists) for e in events if e.outcome == "failed")
    assert "results/longer (12 bytes instead of 4), which stays" in str(events[2].error)
    assert "results/as-long (its bytes differ)" in str(events[0].error)


def test_a_dry_run_writes_nothing_and_reads_no_blob(source: Store, target: Store) -> None:
    (key,) = filled(source, 1)
    target.backend.put("results/other", b"x", overwrite=False)
    source.backend.put("results/other", b"xy", overwrite=False)
    events = [*transfer(source, target, dry_run=True)]
    assert {e.path: e.outcome for e in events if isinstance(e, TransferEvent)} == {
        key: "planned",
        "results/other": "failed",
    }
    assert isinstance(events[-1], TransferTotals)
    assert (events[-1].planned, events[-1].copied, events[-1].bytes) == (1, 0, 200)
    assert [*contents(target)] == ["results/other"]


def test_an_empty_source_is_no_error_and_a_path_that_is_nowhere_is_one(
    source: Store, target: Store
) -> None:
    events, totals = done(source, target)
    assert (events, totals.copied, totals.failed) == ([], 0, 0)
    for path in ("misspelt", "misspelt/", "/"):
        events = transfer(source, target, path=path)
        with pytest.raises(BlobNotFound, match=r"holds nothing below (misspelt|its location);"):
            list(events)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"path": ""}, InvalidKey, "write / for all"),
        ({"path": "a//b"}, InvalidKey, "not valid"),
        ({"path": "../etc"}, InvalidKey, "not valid"),
        ({"kind": "reports"}, InvalidKey, "use flows or results"),
        ({"kind": "flows", "path": "x"}, ValueError, "leave one of them out"),
        ({"jobs": 0}, ValueError, "at least 1"),
        ({"jobs": "4"}, TypeError, "whole number"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(
    source: Store,
    target: Store,
    options: dict[str, str],
    error: type[Exception],
    words: str,
) -> None:
    with pytest.raises(error, match=words):
        transfer(source, target, **options)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="two stores, not str"):
        transfer("source", target)  # type: ignore[arg-type]


def test_a_target_that_is_read_only_is_refused_and_a_source_is_not(tmp_path: Path) -> None:
    writable, frozen = local(tmp_path / "one"), local(tmp_path / "two", read_only=True)
    with pytest.raises(UnsupportedOperation, match="read-only by its configuration"):
        transfer(writable, frozen)
    key = local(tmp_path / "two").write(b"x")
    assert done(frozen, writable)[0] == [TransferEvent("copied", key, 1)]


@pytest.mark.parametrize("size", [10, len(LARGE)])
def test_a_byte_that_the_target_stores_wrongly_is_found_and_not_left_there(
    tmp_path: Path, source: Store, size: int
) -> None:
    key = source.write(LARGE[:size])
    target = odd(Flipping, tmp_path / "flipping")
    (event,), totals = done(source, target)
    assert event.outcome == "failed"
    assert isinstance(event.error, IntegrityError)
    assert f"gave back other bytes of {key} than it was sent" in str(event.error)
    assert totals.failed == 1
    assert contents(target) == {}


@pytest.mark.parametrize("size", [10, len(LARGE)])
def test_a_damaged_blob_named_by_its_hash_is_not_copied(
    tmp_path: Path, target: Store, size: int
) -> None:
    source = open_store(FileStorage(base_path=str(tmp_path / "hash")))
    good, bad = source.write(LARGE[:size]), source.write(LARGE[1 : size + 1])
    blob = tmp_path / "hash" / bad
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    events, _ = done(source, target)
    assert outcomes(events) == {good: "copied", bad: "failed"}
    assert "the name is the hash of other bytes" in str([e.error for e in events])
    assert [*contents(target)] == [good]
    # Nor would a store that names by the hash take one of another name's bytes.
    bad_here = "results/" + "0" * 64
    target.backend.put(bad_here, b"x", overwrite=False)
    events, _ = done(target, open_store(FileStorage(base_path=str(tmp_path / "new"))))
    assert outcomes(events) == {good: "copied", bad_here: "failed"}


def test_a_blob_named_by_its_hash_is_not_read_again(tmp_path: Path, target: Store) -> None:
    source = open_store(FileStorage(base_path=str(tmp_path / "hash")))
    key = source.write(b"x" * 100)
    done(source, target)
    (tmp_path / "hash" / key).write_bytes(b"y" * 100)
    events = [*transfer(source, target)]
    assert events[:-1] == [TransferEvent("skipped", key, 100)]


def test_names_that_cannot_be_opened_are_said_and_markers_of_folders_are_not(
    source: Store, target: Store
) -> None:
    key = source.write(b"x")

    def others(entries: Iterator[Entry]) -> Iterator[Entry]:
        yield from entries
        yield Entry("results/a//b", 3)
        yield Entry("results/folder/", 0)
        yield Entry("results/../up", 3)

    Listing(source, others)
    events, totals = done(source, target, kind="results")
    assert outcomes(events) == {
        "results/../up": "failed",
        "results/a//b": "failed",
        key: "copied",
    }
    assert "an empty name stands between" in str([event.error for event in events])
    assert totals.failed == 2


def test_a_blob_that_is_deleted_meanwhile_is_said(source: Store, target: Store) -> None:
    keys = [*filled(source, 3)]

    def then_deleted(entries: Iterator[Entry]) -> Iterator[Entry]:
        for entry in entries:
            if entry.path == keys[1]:
                source.delete(keys[1])
            yield entry

    Listing(source, then_deleted)
    events, _ = done(source, target, kind="results")
    assert outcomes(events) == {keys[0]: "copied", keys[1]: "failed", keys[2]: "copied"}
    (failed,) = [event for event in events if event.outcome == "failed"]
    assert isinstance(failed.error, BlobNotFound)
    assert "it was deleted after it had been listed" in str(failed.error)


def test_a_file_that_grows_while_it_is_copied_is_said_and_not_left_there(
    tmp_path: Path, source: Store
) -> None:
    key = source.write(LARGE)
    target = local(tmp_path / "target")
    backend = target._backend
    put_stream = backend.put_stream

    def growing(path: str, file: object, *, overwrite: bool) -> None:
        put_stream(path, file, overwrite=overwrite)  # type: ignore[arg-type]
        with (tmp_path / "source" / key).open("ab") as blob:
            blob.write(b"more")

    backend.put_stream = growing  # type: ignore[method-assign, assignment]
    (event,), _ = done(source, target)
    assert str(event.error) == f"{key} changed while it was copied; run it again"
    assert contents(target) == {}
    backend.put_stream = put_stream  # type: ignore[method-assign]
    assert outcomes(done(source, target)[0]) == {key: "copied"}


def test_a_target_that_cannot_list_is_asked_for_each_blob(tmp_path: Path, source: Store) -> None:
    (key,) = filled(source, 1)
    target = odd(Unlistable, tmp_path / "unlistable")
    assert outcomes(done(source, target)[0]) == {key: "copied"}
    new = source.write(b"new")
    foreseen = [*transfer(source, target, dry_run=True)][:-1]
    assert {*foreseen} == {TransferEvent("skipped", key, 200), TransferEvent("planned", new, 3)}
    assert outcomes(done(source, target)[0]) == {key: "skipped", new: "copied"}


def test_a_source_that_cannot_list_is_an_error_after_the_totals(
    tmp_path: Path, target: Store
) -> None:
    events = transfer(odd(Unlistable, tmp_path / "unlistable"), target)
    assert isinstance(next(events), TransferTotals)
    with pytest.raises(UnsupportedOperation, match="cannot list"):
        next(events)


def test_what_is_listed_before_an_error_is_copied_before_it_is_raised(
    source: Store, target: Store
) -> None:
    keys = {*filled(source, 5)}

    def failing(entries: Iterator[Entry]) -> Iterator[Entry]:
        yield from entries
        raise AccessDenied("no more of it")

    Listing(source, failing)
    events = transfer(source, target, kind="results")
    with pytest.raises(AccessDenied, match="no more of it"):
        list(events)
    assert contents(target).keys() == keys


def test_few_are_on_their_way_at_a_time_and_closing_ends_the_rest(
    source: Store, target: Store
) -> None:
    filled(source, 200, 1)
    listed = 0

    def counted(entries: Iterator[Entry]) -> Iterator[Entry]:
        nonlocal listed
        for entry in entries:
            listed += 1
            yield entry

    Listing(source, counted)
    events = transfer(source, target, kind="results", jobs=4)
    for event in events:
        if isinstance(event, TransferEvent) and event.outcome == "copied":
            break
    assert listed < 12
    events.close()
    assert listed < 12
    assert len(contents(target)) < 20


def test_the_same_by_somebody_elses_threads(source: Store, target: Store) -> None:
    blobs = filled(source, 150)
    with ThreadPoolExecutor(3) as executor:
        events, totals = done(source, target, executor=executor, jobs=2)
        assert totals.copied == 150
        assert done(source, target, executor=executor)[1].skipped == 150
        assert executor.submit(len, "still").result() == 5
    assert contents(target) == blobs
    assert all(event.error is None for event in events)


def test_a_failure_for_which_nobody_is_prepared_is_said_without_what_it_says(
    source: Store, target: Store
) -> None:
    (key,) = filled(source, 1)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("a secret")

    target._backend.put = fails  # type: ignore[method-assign]
    (event,), _ = done(source, target)
    assert event.path == key
    assert type(event.error) is StorageError
    assert "unexpected RuntimeError" in str(event.error)
    assert "secret" not in str(event.error)
