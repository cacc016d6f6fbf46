"""Folders and files that may not be written: read fine, refused with one line, never widened.

These run in a child that is not root, for whom permissions do not hold.
"""

from __future__ import annotations

import os
import stat
import struct
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage_core.config.toml.edit import set_root
from storage_core.errors import ConfigurationError
from tests.children import NOBODY, shared_folder, without_root
from tests.config.rewriting import rewrite

ACL = "system.posix_acl_access"
OLD = 'default = "a"\n'


@pytest.fixture
def folder() -> Iterator[Path]:
    # Loads what a save imports late: the child cannot read root's Python.
    with shared_folder() as folder:
        rewrite(str(folder / "warm.toml"), set_default)
        for each in folder.iterdir():
            each.unlink()
        yield folder


def set_default(text: str) -> str:
    return set_root(text, "default", "b")


def attempt(path: Path) -> Callable[[], str]:
    """Reads the file and tries to save it; the outcome is the refusal, or `saved`."""

    def action() -> str:
        assert tomllib.loads(path.read_text())["default"] == "a"
        try:
            rewrite(str(path), set_default)
        except ConfigurationError as error:
            return str(error)
        return "saved"

    return action


def given(path: Path, mode: int = 0o600, owner: int = NOBODY, group: int = NOBODY) -> None:
    path.write_text(OLD)
    if os.geteuid() == 0:
        os.chown(path, owner, group)
    path.chmod(mode)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.mark.parametrize("has_lock", [False, True])
def test_a_read_only_folder_reads_fine_and_refuses_a_save(folder: Path, has_lock: bool) -> None:
    path = folder / "storage.toml"
    given(path)
    if has_lock:
        given(folder / ".storage.toml.lock")
    before = names(folder)
    folder.chmod(0o555)
    message = without_root(attempt(path))
    assert message.startswith(f"cannot save {path}: the folder {folder} is read-only; ")
    assert "\n" not in message
    assert path.read_text() == OLD
    assert names(folder) == before


def test_a_mounted_kubernetes_secret_reads_fine_and_refuses_a_save(folder: Path) -> None:
    version = folder / "..2026_11_22_10_00_00.1"
    version.mkdir()
    given(version / "storage.toml", 0o644)
    (folder / "..data").symlink_to(version.name)
    path = folder / "storage.toml"
    path.symlink_to("..data/storage.toml")
    version.chmod(0o555)
    folder.chmod(0o555)
    message = without_root(attempt(path))
    assert message.startswith(f"cannot save {path}: the folder {version} is read-only; ")
    assert path.is_symlink()
    assert names(version) == ["storage.toml"]
    assert path.read_text() == OLD


def test_a_folder_that_cannot_be_made_is_named(folder: Path) -> None:
    folder.chmod(0o555)
    path = folder / "new" / "storage.toml"

    def action() -> str:
        with pytest.raises(ConfigurationError) as caught:
            rewrite(str(path), set_default)
        return str(caught.value)

    assert f"cannot save {path}: the folder {folder} is read-only" in without_root(action)


def test_a_read_only_file_is_refused(folder: Path) -> None:
    path = folder / "storage.toml"
    given(path, 0o444)
    assert "the file is read-only" in without_root(attempt(path))
    assert path.read_text() == OLD


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
def test_a_file_of_another_user_that_may_only_be_read_is_refused(folder: Path) -> None:
    path = folder / "storage.toml"
    given(path, 0o644, owner=1, group=1)
    assert "the file is read-only" in without_root(attempt(path))
    assert path.read_text() == OLD


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
def test_a_lock_of_another_user_is_named(folder: Path) -> None:
    path = folder / "storage.toml"
    given(path)
    given(folder / ".storage.toml.lock", 0o600, owner=0, group=0)
    message = without_root(attempt(path))
    assert f"its lock file {folder}/.storage.toml.lock belongs to another user" in message


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
@pytest.mark.parametrize(
    ("group", "before", "after"),
    [
        (NOBODY, 0o660, 0o660),
        (1, 0o606, 0o606),
        (1, 0o646, 0o606),
        (1, 0o666, 0o606),
    ],
)
def test_permissions_of_a_group_never_go_to_another_group(
    folder: Path, group: int, before: int, after: int
) -> None:
    path = folder / "storage.toml"
    given(path, before, owner=1, group=group)
    assert without_root(attempt(path)) == "saved"
    assert stat.S_IMODE(path.stat().st_mode) == after
    assert path.stat().st_gid == NOBODY


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
def test_root_saves_a_file_of_a_user_as_that_users(folder: Path) -> None:
    path = folder / "storage.toml"
    given(path, 0o640, owner=1234, group=4321)
    rewrite(str(path), set_default)
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 4321, 0o640)


def with_access_list(path: Path) -> bytes:
    """Let user 1234 and others write, and the group do nothing; the mode shows its mask."""
    none = 0xFFFFFFFF
    entries = ((1, 6, none), (2, 6, 1234), (4, 0, none), (16, 6, none), (32, 6, none))
    access_list = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *each) for each in entries)
    if sys.platform == "linux":
        os.setxattr(path, ACL, access_list)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666
    return access_list


@pytest.mark.skipif(sys.platform != "linux", reason="access lists are read so on Linux only")
def test_an_access_list_keeps_shutting_the_group_out(folder: Path) -> None:
    path = folder / "storage.toml"
    given(path)
    access_list = with_access_list(path)
    assert without_root(attempt(path)) == "saved"
    assert os.getxattr(path, ACL) == access_list


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
def test_an_access_list_does_not_follow_to_another_group(folder: Path) -> None:
    path = folder / "storage.toml"
    given(path, owner=1, group=1)
    with_access_list(path)
    assert without_root(attempt(path)) == "saved"
    assert stat.S_IMODE(path.stat().st_mode) == 0o606
    with pytest.raises(OSError, match="No data"):
        os.getxattr(path, ACL)
