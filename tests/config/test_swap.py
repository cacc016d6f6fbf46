"""Programs that take no lock beside ours: what they change in the same moment is never lost."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from storage_core.config.saving import replace, swap
from storage_core.errors import ConfigConflict
from tests.config.rewriting import rewrite

OLD = "version = 1\nours = 0\ntheirs = 0\n"
THEIRS = OLD.replace("theirs = 0", "theirs = 1")

pytestmark = pytest.mark.skipif(
    sys.platform not in ("linux", "darwin"), reason="two files cannot swap their names here"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "storage.toml"
    path.write_text(OLD)
    return path


def ours(text: str) -> str:
    return text.replace("ours = 0", "ours = 1")


def in_place(path: Path) -> None:
    with path.open("r+") as file:
        file.write(THEIRS)


def by_another_file(path: Path) -> None:
    new = path.with_suffix(".new")
    new.write_text(THEIRS)
    new.replace(path)


@pytest.mark.parametrize("change", [in_place, by_another_file])
def test_a_change_between_the_last_look_and_the_swap_is_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    real = replace.swap

    def late(one: str, other: str) -> bool:
        monkeypatch.setattr(replace, "swap", real)
        change(path)
        return real(one, other)

    monkeypatch.setattr(replace, "swap", late)
    with pytest.raises(ConfigConflict, match="was changed by another program just now"):
        rewrite(str(path), ours)
    assert path.read_text() == THEIRS
    assert not list(path.parent.glob(".*.tmp"))
    assert rewrite(str(path), ours) == path.read_text() == ours(THEIRS)


def test_a_change_of_the_same_size_within_one_tick_is_seen(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, status = replace.swap, path.stat()

    def late(one: str, other: str) -> bool:
        monkeypatch.setattr(replace, "swap", real)
        in_place(path)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        return real(one, other)

    monkeypatch.setattr(replace, "swap", late)
    with pytest.raises(ConfigConflict):
        rewrite(str(path), ours)
    assert path.read_text() == THEIRS


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says who has a file open")
def test_who_has_the_old_file_open_is_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = replace.swap
    # A writer on a busy machine takes its time.
    monkeypatch.setattr(swap, "_PATIENCE", 30)
    with path.open("r+") as file:

        def write() -> None:
            time.sleep(0.02)
            file.write(THEIRS)
            file.close()

        writer = threading.Thread(target=write)

        def early(one: str, other: str) -> bool:
            monkeypatch.setattr(replace, "swap", real)
            swapped = real(one, other)
            writer.start()
            return swapped

        monkeypatch.setattr(replace, "swap", early)
        with pytest.raises(ConfigConflict):
            rewrite(str(path), ours)
        writer.join()
    assert path.read_text() == THEIRS


def test_who_keeps_it_open_for_good_is_not_waited_for_long(path: Path) -> None:
    with path.open("r+"):
        start = time.monotonic()
        assert rewrite(str(path), ours) == path.read_text() == ours(OLD)
        assert time.monotonic() - start < 5


def test_a_file_that_another_program_makes_first_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = tmp_path / "storage.toml", os.link

    def late(source: str, target: str) -> None:
        path.write_text(THEIRS)
        real(source, target)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(ConfigConflict):
        rewrite(str(path), lambda text: OLD)
    assert path.read_text() == THEIRS
    assert not list(tmp_path.glob(".*.tmp"))


def test_where_files_cannot_swap_or_be_linked_they_are_replaced(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replace, "swap", lambda one, other: False)
    assert rewrite(str(path), ours) == path.read_text() == ours(OLD)

    def link(source: str, target: str) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", link)
    new = tmp_path / "new.toml"
    assert rewrite(str(new), lambda text: OLD) == new.read_text() == OLD
