"""Figure 3 for blobs on the local disk: the calls that a write makes, and each of them failing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage_core import Store
from storage_core.errors import BlobExists, IntegrityError, StorageError
from tests.reliability.local_stores import MIB, files, opened


class Calls:
    """Records the calls of `os` that a write makes, and lets the Nth fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[str] = []
        self.failing: int | None = None
        self.error = 0
        self._names: dict[int, str] = {}
        for name in ("open", "write", "fsync", "replace", "link", "unlink"):
            monkeypatch.setattr(os, name, self._watched(name, getattr(os, name)))

    def _watched(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            subject = self._names.get(args[0], "?") if isinstance(args[0], int) else str(args[0])
            if subject == "." or subject.startswith("/proc/self/fd/"):
                subject = "unnamed"
            subject = "~" if subject.startswith("~") else Path(subject).name
            self.made.append(f"{name} {subject}")
            if len(self.made) - 1 == self.failing:
                raise OSError(self.error, os.strerror(self.error))
            result = real(*args, **options)
            if name == "open":
                self._names[result] = subject
            return result

        return call


FOLDERS = ("open home", "open results")
OPENED = (*FOLDERS, "open ~", "write ~", "fsync ~")
GENERATED = (*OPENED, "replace ~", "fsync results")
CHOSEN = (*OPENED, "link ~", "unlink ~", "fsync results")
UNNAMED = (
    *(*FOLDERS, "open unnamed", "write unnamed", "fsync unnamed"),
    *("link unnamed", "fsync results"),
)
REPLACED = (*UNNAMED[:-1], "link unnamed", "replace ~", "fsync results")
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EBUSY)


@pytest.mark.parametrize(
    ("key", "with_name"),
    [(None, GENERATED), ("results/chosen", CHOSEN)],
    ids=["generated", "chosen"],
)
def test_a_blob_is_on_the_disk_before_it_has_its_name_and_before_the_write_returns(
    local_store: Store,
    monkeypatch: pytest.MonkeyPatch,
    key: str | None,
    with_name: tuple[str, ...],
    unnamed: bool,
) -> None:
    local_store.write(b"the folders are there now")
    with monkeypatch.context() as patched:
        calls = Calls(patched)
        local_store.write(b"x", key=key)
    assert tuple(calls.made) == (UNNAMED if unnamed else with_name)


def test_a_blob_that_is_replaced_is_there_at_every_moment(
    data: Path, monkeypatch: pytest.MonkeyPatch, unnamed: bool
) -> None:
    store = opened("file", data)
    key = store.write(b"x")
    with monkeypatch.context() as patched:
        calls = Calls(patched)
        assert store.write(b"x") == key
    assert tuple(calls.made) == (REPLACED if unnamed else GENERATED)
    assert files(data) == [data / key]


def test_where_a_file_without_a_name_cannot_get_one_its_bytes_are_written_again(
    local_store: Store, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on file systems without links, and where /proc belongs to somebody else."""
    real = os.link

    def link(source: str, *args: Any, **options: Any) -> None:
        if source.startswith("/proc/"):
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))
        real(source, *args, **options)

    content = os.urandom(3 * MIB + 1)
    monkeypatch.setattr(os, "link", link)
    for key in (None, "results/chosen"):
        assert local_store.read(local_store.write(content, key=key)) == content
    with pytest.raises(BlobExists):
        local_store.write(b"other", key="results/chosen")
    assert {path.read_bytes() for path in files(data)} == {content}


def test_new_folders_are_on_the_disk_before_a_blob_is_written_into_them(
    local_store: Store, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        calls = Calls(patched)
        local_store.write(b"x")
    made = [call for call in calls.made if call.startswith("fsync")]
    assert made == [f"fsync {data.parent.name}", "fsync home", made[2], "fsync results"]
    assert made[2] in ("fsync ~", "fsync unnamed")


def test_a_deletion_is_on_the_disk_before_it_returns(
    local_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = local_store.write(b"x")
    with monkeypatch.context() as patched:
        calls = Calls(patched)
        local_store.delete(key)
    assert calls.made[-2:] == [f"unlink {key.partition('/')[2]}", "fsync results"]


@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("key", [None, "results/chosen"], ids=["generated", "chosen"])
def test_a_call_that_fails_leaves_a_whole_blob_or_none(
    local_store: Store,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    key: str | None,
    error: int,
    unnamed: bool,
) -> None:
    old = local_store.write(b"old", key="results/old")
    for failing, call in enumerate(UNNAMED if unnamed else GENERATED if key is None else CHOSEN):
        with monkeypatch.context() as patched:
            calls = Calls(patched)
            calls.failing, calls.error = failing, error
            try:
                local_store.write(b"new", key=key)
            except StorageError as caught:
                told = str(caught)
            else:
                told = ""
        # A link that cannot be made is done without, and so is a file without a name; a name that
        # stays is swept later.
        is_link = call in ("link ~", "link unnamed")
        spared = call in ("unlink ~", "open unnamed") or (is_link and error == errno.EACCES)
        assert bool(told) is not spared
        assert "\n" not in told
        assert local_store.read(old) == b"old"
        for path in files(data):
            assert path.read_bytes() in (b"old", b"new")
            if path.name != "old":
                assert call in ("fsync results", "unlink ~") or spared
                path.unlink()


def test_bytes_that_the_disk_swallows_are_noticed(
    local_store: Store, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda file, piece: real(file, piece[:1]) and len(piece))
        with pytest.raises(IntegrityError, match="but the disk holds 1"):
            local_store.write(b"some bytes")
    assert not files(data)


def test_writes_in_small_pieces_are_put_together(
    local_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda file, piece: real(file, piece[:3]))
        key = local_store.write(b"some bytes")
    assert local_store.read(key) == b"some bytes"
