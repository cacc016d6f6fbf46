"""Figure 3 for blobs on the local disk: the calls that a write makes, and each of them failing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage_core import Store
from storage_core.errors import IntegrityError, StorageError
from tests.reliability.local_stores import files


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
            subject = "~" if subject.startswith("~") else Path(subject).name
            self.made.append(f"{name} {subject}")
            if len(self.made) - 1 == self.failing:
                raise OSError(self.error, os.strerror(self.error))
            result = real(*args, **options)
            if name == "open":
                self._names[result] = subject
            return result

        return call


OPENED = ("open home", "open results", "open ~", "write ~", "fsync ~")
GENERATED = (*OPENED, "replace ~", "fsync results")
CHOSEN = (*OPENED, "link ~", "unlink ~", "fsync results")
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EBUSY)


@pytest.mark.parametrize(
    ("key", "expected"),
    [(None, GENERATED), ("results/chosen", CHOSEN)],
    ids=["generated", "chosen"],
)
def test_a_blob_is_on_the_disk_before_it_has_its_name_and_before_the_write_returns(
    local_store: Store, monkeypatch: pytest.MonkeyPatch, key: str | None, expected: tuple[str, ...]
) -> None:
    local_store.write(b"the folders are there now")
    with monkeypatch.context() as patched:
        calls = Calls(patched)
        local_store.write(b"x", key=key)
    assert tuple(calls.made) == expected


def test_new_folders_are_on_the_disk_before_a_blob_is_written_into_them(
    local_store: Store, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        calls = Calls(patched)
        local_store.write(b"x")
    made = [call for call in calls.made if call.startswith("fsync")]
    assert made == [f"fsync {data.parent.name}", "fsync home", "fsync ~", "fsync results"]


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
    local_store: Store, data: Path, monkeypatch: pytest.MonkeyPatch, key: str | None, error: int
) -> None:
    old = local_store.write(b"old", key="results/old")
    for failing, call in enumerate(GENERATED if key is None else CHOSEN):
        with monkeypatch.context() as patched:
            calls = Calls(patched)
            calls.failing, calls.error = failing, error
            try:
                local_store.write(b"new", key=key)
            except StorageError as caught:
                told = str(caught)
            else:
                told = ""
        # A link that cannot be made is done without; a name that stays is swept later.
        spared = call == "unlink ~" or (call == "link ~" and error == errno.EACCES)
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
