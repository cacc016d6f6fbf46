"""What flow code cannot hold is refused by name, and nothing is stored."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage_core import StorageError, Store, open_store
from storage_core.blobs.archive.saving import Saving
from storage_core.types.local import LocalStorage
from tests.children import shared_folder, without_root
from tests.unit.archive.folders import contents, filled


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(LocalStorage(storage_path=str(tmp_path / "stored")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return filled(tmp_path / "flow", {"flow.py": b"print(1)\n"})


def refusal(store: Store, folder: Path) -> str:
    with pytest.raises(StorageError) as caught:
        store.save_flow(folder)
    assert list(store.list()) == []
    said = str(caught.value)
    assert "\n" not in said
    return said


def a_link(at: Path) -> None:
    at.symlink_to("flow.py")


def a_link_to_a_folder(at: Path) -> None:
    at.symlink_to("/etc")


def a_link_to_nothing(at: Path) -> None:
    at.symlink_to("nothing")


def a_pipe(at: Path) -> None:
    os.mkfifo(at)


def a_socket(at: Path) -> None:
    with socket.socket(socket.AF_UNIX) as opened:
        # Its whole path may be longer than a socket's may be.
        os.chdir(at.parent)
        opened.bind(at.name)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (a_link, "a symbolic link"),
        (a_link_to_a_folder, "a symbolic link"),
        (a_link_to_nothing, "a symbolic link"),
        (a_pipe, "a named pipe"),
        (a_socket, "a socket"),
    ],
)
def test_what_is_no_file_is_refused_unless_it_is_left_out(
    store: Store,
    folder: Path,
    make: Callable[[Path], None],
    what: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    (folder / "sub").mkdir()
    make(folder / "sub" / "odd")
    assert refusal(store, folder) == (
        f"{folder} holds what flow code cannot: sub/odd is {what}; "
        "remove or rename it, or name it in .storageignore"
    )
    filled(folder, {".storageignore": b"odd\n"})
    assert store.save_flow(folder)


def test_names_that_are_not_utf_8_are_refused(store: Store, folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9")).mkdir()
    os.close(os.open(os.fsencode(folder) + b"/caf\xe9/x", os.O_CREAT))
    assert r"caf\xe9/x has a name that is not UTF-8;" in refusal(store, folder)
    filled(folder, {".storageignore": b"caf\xe9/\n"})
    assert store.save_flow(folder)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("Read.me", "README/read.me", "read.ME"), "are one name where case does not count"),
        (("A/x", "a/y"), "one name where case does not count"),
        (("Strasse", "straße"), "one name where case does not count"),
        (("é", "e\u0301"), r"'\xe9'"),
        (("d/é/x", "d/e\u0301/y"), "are one name in another normal form"),
        (("\u212b", "\u00c5"), "are one name in another normal form"),
        (("İx", "i̇x"), "one name where case does not count"),
    ],
)
def test_names_that_are_one_elsewhere_are_refused(
    store: Store, folder: Path, names: tuple[str, ...], said: str
) -> None:
    filled(folder, dict.fromkeys(names, b""))
    assert said in refusal(store, folder)


def test_the_same_names_in_two_folders_are_none(store: Store, folder: Path) -> None:
    filled(folder, {"a/x": b"", "b/X": b"", "x/a": b"", "c/x/X/x": b""})
    assert store.save_flow(folder)


def test_a_folder_that_is_too_deep_is_refused(store: Store, folder: Path) -> None:
    filled(folder, {"a/" * 100 + "x": b""})
    assert "lies more than 100 folders deep" in refusal(store, folder)


def test_all_that_is_wrong_is_told_at_once_and_a_long_list_counted(
    store: Store, folder: Path
) -> None:
    for number in range(9):
        a_link(folder / f"link{number}")
    said = refusal(store, folder)
    assert len(re.findall(r"link\d is a symbolic link;", said)) == 5
    assert "; and 4 more; remove" in said


def test_names_cannot_control_the_terminal(store: Store, folder: Path) -> None:
    a_link(folder / "\x1b[2J\nx")
    assert r"\x1b[2J\nx is a symbolic link" in refusal(store, folder)


def test_nothing_to_store_is_said(store: Store, tmp_path: Path) -> None:
    (tmp_path / "empty" / "inner").mkdir(parents=True)
    assert f"{tmp_path / 'empty'} holds no files; name" in refusal(store, tmp_path / "empty")
    folder = filled(tmp_path / "ignored", {".gitignore": b"*", "a": b"", "b/c": b""})
    assert "holds no files but what is left out (3); name" in refusal(store, folder)


def test_what_is_no_folder_or_script_is_said(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "it is a named pipe; name a folder or a script" in refusal(store, tmp_path / "pipe")
    assert "No such file or directory; name" in refusal(store, tmp_path / "nowhere")
    assert "not a valid path" in refusal(store, Path("a\0b"))
    os.close(os.open(os.fsencode(tmp_path) + b"/caf\xe9.py", os.O_CREAT))
    assert r"caf\xe9.py: it has a name that is not UTF-8; rename it" in refusal(
        store, Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.py"))
    )


def test_a_file_that_says_nothing_of_its_size_is_not_taken_for_empty(store: Store) -> None:
    assert refusal(store, Path("/proc/version")) == (
        "/proc/version changed while it was being stored; try again"
    )


def test_a_link_that_is_named_is_followed(store: Store, folder: Path) -> None:
    key = store.save_flow(folder)
    (folder.parent / "current").symlink_to(folder)
    assert store.save_flow(folder.parent / "current") == key
    (folder.parent / "flow.py").symlink_to(folder / "flow.py")
    assert store.save_flow(folder.parent / "flow.py") == key


@pytest.mark.parametrize(
    "name", ["secret", "sub/secret", "sub", ".gitignore", "sub/.storageignore"]
)
def test_what_cannot_be_read_is_said(name: str) -> None:
    with shared_folder() as folder:
        filled(folder, {"a": b"", "sub/b": b""})
        if name != "sub":
            filled(folder, {name: b""})
        for each in folder.rglob("*"):
            each.chmod(0o755)
        (folder / name).chmod(0)

        def saved() -> str:
            try:
                with Saving(folder) as saving:
                    list(saving.pack())
            except StorageError as error:
                return str(error)
            return "packed"

        # Once as root, who may read it, so that all is loaded.
        saved()
        assert without_root(saved).startswith(f"cannot read {folder / name}: Permission denied; ")


class Meddler:
    """Changes a folder while it is being packed, between one piece of it and the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def packed(self, change: Callable[[], Any]) -> str:
        with Saving(self.folder) as saving:
            pieces = saving.pack()
            next(pieces)
            change()
            with pytest.raises(StorageError) as caught:
                list(pieces)
        return str(caught.value)


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    mib = 1024 * 1024
    folder = filled(tmp_path / "flow", {"a": bytes(3 * mib), "b": b"b" * 10})
    meddler = Meddler(folder)

    def grow() -> None:
        with (folder / "a").open("ab") as file:
            file.write(b"more")

    def shrink() -> None:
        os.truncate(folder / "a", mib)

    def rewrite() -> None:
        (folder / "a").write_bytes(b"1" * 3 * mib)

    def replace() -> None:
        (folder / "new").write_bytes(b"b" * 10)
        (folder / "new").replace(folder / "b")

    def remove() -> None:
        (folder / "b").unlink()

    def link() -> None:
        (folder / "b").unlink()
        (folder / "b").symlink_to("a")

    def pipe() -> None:
        (folder / "b").unlink()
        os.mkfifo(folder / "b")

    for change, name in (
        *((change, "a") for change in (grow, shrink, rewrite)),
        *((change, "b") for change in (replace, remove, link, pipe)),
    ):
        assert meddler.packed(change) == (
            f"{folder / name} changed while it was being stored; try again"
        ), change
        assert contents(folder).keys() <= {"a", "b"}
        (folder / "b").unlink(missing_ok=True)
        filled(folder, {"a": bytes(3 * mib), "b": b"b" * 10})
