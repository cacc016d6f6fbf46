"""Saving the configuration file: what stays, what is refused, and what a person reads then."""

from __future__ import annotations

import os
import stat
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core.config.saving.lock import locked
from storage_core.config.saving.replace import fingerprint, write
from storage_core.config.toml.edit import set_root
from storage_core.errors import ConfigConflict, ConfigurationError
from tests.config.rewriting import rewrite

SECRET = token_hex(16)
OLD = f'# mine\ndefault = "a"\nsecret = "{SECRET}"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "storage.toml"
    path.parent.mkdir()
    path.write_text(OLD)
    path.chmod(0o600)
    return path


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def set_default(text: str) -> str:
    return set_root(text, "default", "b")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def is_saved(path: Path) -> bool:
    return bool(tomllib.loads(path.read_text())["default"] == "b")


def refusal(path: Path) -> str:
    """The one line that a save is refused with; the content is not in it."""
    with pytest.raises(ConfigurationError) as caught:
        rewrite(str(path), set_default)
    message = str(caught.value)
    assert "\n" not in message
    assert SECRET not in repr(caught.value) + repr(caught.value.__cause__)
    assert str(path) in message
    return message


def left_in(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()} - {".storage.toml.lock"}


def test_an_edit_is_saved_and_nothing_else_is_left_behind(path: Path) -> None:
    assert rewrite(str(path), set_default) == path.read_text() == OLD.replace('"a"', '"b"')
    assert left_in(path.parent) == {"storage.toml"}


def test_a_new_file_and_its_folders_are_for_the_owner_only_under_any_umask(tmp_path: Path) -> None:
    path = tmp_path / "new" / "home" / "storage.toml"
    with umask(0o000):
        rewrite(str(path), set_default)
    assert is_saved(path)
    assert mode(path) == 0o600
    assert mode(path.parent) == mode(path.parent.parent) == 0o700
    assert mode(path.parent / ".storage.toml.lock") == 0o600


def test_a_new_file_can_be_read_by_its_owner_under_the_strictest_umask(tmp_path: Path) -> None:
    with umask(0o777):
        rewrite(str(tmp_path / "storage.toml"), set_default)
    assert mode(tmp_path / "storage.toml") == 0o600


@pytest.mark.parametrize("kept", [0o600, 0o640, 0o644, 0o660, 0o700])
@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_permissions_of_the_file_are_kept(path: Path, kept: int, mask: int) -> None:
    path.chmod(kept)
    with umask(mask):
        rewrite(str(path), set_default)
    assert is_saved(path)
    assert mode(path) == kept


def test_the_temporary_file_is_for_the_owner_only_while_it_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.chmod(0o644)
    modes = []
    real_write = os.write

    def spy(file: int, data: bytes) -> int:
        modes.append(stat.S_IMODE(os.fstat(file).st_mode))
        return real_write(file, data)

    with umask(0o000):
        monkeypatch.setattr(os, "write", spy)
        rewrite(str(path), set_default)
    assert modes == [0o600]


@pytest.mark.parametrize("form", ["absolute", "relative", "dangling", "folder"])
def test_symbolic_links_stay_links(tmp_path: Path, form: str) -> None:
    real = tmp_path / "dotfiles" / "storage.toml"
    real.parent.mkdir()
    first, second = tmp_path / "one.toml", tmp_path / "storage.toml"
    match form:
        case "absolute":
            first.symlink_to(real)
            second.symlink_to(first)
        case "relative" | "dangling":
            first.symlink_to("dotfiles/../dotfiles/storage.toml")
            second.symlink_to("one.toml")
        case _:
            first.symlink_to("dotfiles", target_is_directory=True)
            second = first / "storage.toml"
    if form != "dangling":
        real.write_text(OLD)
    before = {link: link.readlink() for link in (first, second) if link.is_symlink()}
    rewrite(str(second), set_default)
    assert is_saved(real)
    assert {link: link.readlink() for link in before} == before
    assert left_in(real.parent) == {"storage.toml"}
    assert not list(tmp_path.glob(".*"))


def test_all_links_to_one_file_share_one_lock(tmp_path: Path, path: Path) -> None:
    link = tmp_path / "elsewhere.toml"
    link.symlink_to(path)
    with locked(str(path)), pytest.raises(ConfigurationError, match="another program"):
        rewrite(str(link), set_default, timeout=0)


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "storage.toml"
    path.symlink_to("other.toml")
    (tmp_path / "other.toml").symlink_to("storage.toml")
    assert "circle" in refusal(path)


def test_a_folder_in_place_of_the_file_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "storage.toml"
    path.mkdir()
    assert "it is a folder" in refusal(path)
    assert path.is_dir()


def test_a_pipe_or_device_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "storage.toml"
    os.mkfifo(path)
    assert "not a file" in refusal(path)
    assert path.is_fifo()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("x")
    assert "is not a folder" in refusal(tmp_path / "home" / "storage.toml")
    assert "is not a folder" in refusal(tmp_path / "home" / "deeper" / "storage.toml")


def test_a_read_only_file_is_refused_even_for_root(path: Path) -> None:
    path.chmod(0o400)
    assert "chmod u+w" in refusal(path)
    assert path.read_text() == OLD


def test_a_file_that_is_not_toml_is_never_edited(path: Path) -> None:
    path.write_text(f"ok = 1\nbroken = \nsecret = '{SECRET}'\n")
    before = path.read_bytes()
    message = refusal(path)
    assert f"{path}:2: not TOML" in message
    with pytest.raises(ConfigurationError, match="2: not TOML"):
        rewrite(str(path), lambda _: "nothing = 'left'\n")
    assert path.read_bytes() == before


def test_a_file_that_is_not_utf_8_is_never_edited(path: Path) -> None:
    path.write_bytes(b"a = 1\nb = '\xff'\n")
    assert f"{path}:2: not UTF-8" in refusal(path)
    assert path.read_bytes() == b"a = 1\nb = '\xff'\n"


def test_a_huge_file_is_refused(path: Path) -> None:
    path.write_bytes(b"#" * (16 * 1024 * 1024 + 1))
    assert "larger than 16 MiB" in refusal(path)


def test_what_an_edit_makes_must_be_toml(path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not TOML"):
        rewrite(str(path), lambda text: text + "[half")
    assert path.read_text() == OLD
    assert left_in(path.parent) == {"storage.toml"}


def test_half_a_character_is_refused(path: Path) -> None:
    with pytest.raises(ConfigurationError, match="half a Unicode character"):
        rewrite(str(path), lambda text: text + "x = '\ud800'\n")
    assert path.read_text() == OLD


def test_an_edit_that_fails_leaves_the_file_alone_and_frees_the_lock(path: Path) -> None:
    def fail(text: str) -> str:
        raise KeyError(text[:1])

    before = fingerprint(str(path))
    with pytest.raises(KeyError):
        rewrite(str(path), fail)
    assert fingerprint(str(path)) == before
    rewrite(str(path), set_default, timeout=0)
    assert is_saved(path)


def test_an_edit_that_changes_nothing_writes_nothing(path: Path) -> None:
    before = fingerprint(str(path))
    assert rewrite(str(path), lambda text: text) == OLD
    assert fingerprint(str(path)) == before


def test_byte_order_mark_and_windows_newlines_are_kept(path: Path) -> None:
    path.write_bytes(b'\xef\xbb\xbfdefault = "a"\r\n')
    rewrite(str(path), set_default)
    assert path.read_bytes() == b'\xef\xbb\xbfdefault = "b"\r\n'


def test_a_change_by_a_program_that_takes_no_lock_is_noticed(path: Path) -> None:
    def meanwhile(text: str) -> str:
        path.write_text("theirs = 1\n")
        return set_default(text)

    with pytest.raises(ConfigConflict, match="changed by another program"):
        rewrite(str(path), meanwhile)
    assert path.read_text() == "theirs = 1\n"
    assert left_in(path.parent) == {"storage.toml"}


def test_a_file_made_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "storage.toml"

    def meanwhile(text: str) -> str:
        path.write_text("theirs = 1\n")
        return set_default(text)

    with pytest.raises(ConfigConflict):
        rewrite(str(path), meanwhile)
    assert path.read_text() == "theirs = 1\n"


def test_a_second_writer_waits_for_the_first(path: Path) -> None:
    holding, release = threading.Event(), threading.Event()

    def slow(text: str) -> str:
        holding.set()
        assert release.wait(60)
        return set_root(text, "one", 1)

    first = threading.Thread(target=rewrite, args=(str(path), slow))
    first.start()
    assert holding.wait(60)
    with pytest.raises(ConfigurationError, match="another program has been writing"):
        rewrite(str(path), set_default, timeout=0.01)
    second = threading.Thread(target=rewrite, args=(str(path), set_default))
    second.start()
    release.set()
    first.join()
    second.join()
    assert tomllib.loads(path.read_text()) == {"default": "b", "secret": SECRET, "one": 1}


@pytest.mark.skipif(sys.platform != "linux", reason="no other system has a folder like this")
def test_nobody_is_waited_for_where_no_lock_can_be_made() -> None:
    with pytest.raises(ConfigurationError) as caught:
        rewrite("/proc/storage.toml", set_default, timeout=3600)
    # Which of the two depends on who runs the tests.
    assert str(caught.value) in {
        f"cannot save /proc/storage.toml: {why} with --config or STORAGE_CONFIG"
        for why in (
            "no file can be made in /proc; name a file elsewhere",
            "the folder /proc is read-only; allow writing to it, or name a file elsewhere",
        )
    }


def test_strays_of_broken_saves_are_swept_and_nothing_else(path: Path) -> None:
    stray = path.parent / f".storage.toml.{token_hex(8)}.tmp"
    planted = path.parent / f".storage.toml.{token_hex(8)}.tmp"
    foreign = [
        path.parent / ".storage.toml.notes.tmp",
        path.parent / f".other.toml.{token_hex(8)}.tmp",
        path.parent / f".storageXtoml.{token_hex(8)}.tmp",
        path.parent / "precious",
    ]
    for each in (stray, *foreign):
        each.write_text(SECRET)
    planted.symlink_to("precious")
    with locked(str(path)):
        assert not stray.exists()
        assert not planted.is_symlink()
        assert all(each.read_text() == SECRET for each in foreign)


def test_a_lock_that_is_a_planted_link_is_refused(path: Path) -> None:
    victim = path.parent / "victim"
    (path.parent / ".storage.toml.lock").symlink_to(victim)
    assert "is a symbolic link" in refusal(path)
    assert not victim.exists()


def test_an_interrupt_while_writing_leaves_no_temporary_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(file: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        rewrite(str(path), set_default)
    assert path.read_text() == OLD
    assert left_in(path.parent) == {"storage.toml"}


def test_a_fingerprint_tells_versions_apart(path: Path, tmp_path: Path) -> None:
    before = fingerprint(str(path))
    rewrite(str(path), set_default)
    assert before is not None
    assert fingerprint(str(path)) not in (before, None)
    assert fingerprint(str(tmp_path / "none")) is None
    assert fingerprint("\0") is None


def test_write_replaces_the_file_under_the_lock(path: Path) -> None:
    with locked(str(path)) as target:
        write(str(path), "restored = 1\n", fingerprint(target))
    assert path.read_text() == "restored = 1\n"
    assert mode(path) == 0o600
