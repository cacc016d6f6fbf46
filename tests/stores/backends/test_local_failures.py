"""What a person reads when the disk refuses: what is wrong with it, and what mends that."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core import ConfigFile, LocalStorage, open_store
from storage_core.errors import AccessDenied, ConfigurationError, StorageUnavailable
from tests.children import shared_folder, without_root

ADVICE = {
    errno.EROFS: (AccessDenied, "remount it for writing"),
    errno.EPERM: (AccessDenied, "lsattr"),
    errno.ENOSPC: (StorageUnavailable, "make room there"),
    errno.EDQUOT: (StorageUnavailable, "quota"),
    errno.EFBIG: (StorageUnavailable, "no file may be so large"),
    errno.EMFILE: (StorageUnavailable, "ulimit -n"),
    errno.ENAMETOOLONG: (ConfigurationError, "choose a shorter one"),
    errno.ESTALE: (StorageUnavailable, "mount it again"),
    errno.EIO: (StorageUnavailable, "the disk fails"),
}


@pytest.mark.parametrize("number", ADVICE, ids=errno.errorcode.get)
def test_each_way_in_which_a_disk_refuses_has_advice_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    kind, advice = ADVICE[number]
    path = tmp_path / "storage.toml"
    path.write_text('[storage.x]\ntype = "temporary"\n')
    store = open_store(LocalStorage(storage_path=str(tmp_path / "data")))
    real = os.write

    def refuse(descriptor: int, data: bytes) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.write", refuse)
    with pytest.raises(kind) as blob:
        store.write(b"x")
    with pytest.raises(ConfigurationError, match=r"cannot save") as file:
        ConfigFile(path).rename("x", "y")
    monkeypatch.setattr("os.write", real)
    assert advice in str(blob.value)
    assert os.strerror(number) in str(blob.value)
    for message in (str(blob.value), str(file.value)):
        assert "chmod" not in message
        assert "permissions" not in message
    if number not in (errno.ENOSPC, errno.EFBIG, errno.ENAMETOOLONG):
        assert advice in str(file.value)


def test_the_folder_that_lets_nobody_in_is_named() -> None:
    with shared_folder() as folder:
        store = open_store(LocalStorage(storage_path=str(folder / "closed" / "data")))
        store.write(b"x")
        (folder / "closed").chmod(0)

        def refused() -> str:
            with pytest.raises(AccessDenied) as caught:
                store.write(b"x")
            return str(caught.value)

        message = without_root(refused)
        assert f"change the permissions of {folder}/closed or choose another" in message


@pytest.mark.parametrize(
    ("inner", "mode", "call"),
    [
        ("results/no", 0, "list"),
        ("results/no", 0o111, "list"),
        ("results/no", 0o444, "list"),
        ("results/no", 0, "has_folder"),
        ("results/no", 0, "make_folder"),
        ("results/no", 0o111, "read"),
        ("results/no", 0, "read"),
        ("results/no/sealed", 0, "read"),
        ("results", 0, "list"),
        ("", 0, "list"),
        ("", 0, "check"),
        ("results/no", 0o555, "delete"),
        ("results/no", 0o555, "write"),
        ("results", 0o555, "remove_folder"),
    ],
)
def test_what_denies_is_blamed_and_no_other(inner: str, mode: int, call: str) -> None:
    with shared_folder() as folder:
        store = open_store(LocalStorage(storage_path=str(folder / "A")))
        store.write(b"x", key="results/yes")
        below, blob = "results/no/", "results/no/sealed"
        store.backend.put(blob, b"x", overwrite=False)
        there = folder / "A" / "results" / "no"
        # Not what is asked where it is to be deleted or replaced.
        (there / "sealed").chmod(0)
        if call == "remove_folder":
            (there / "sealed").unlink()
        (folder / "A" / inner).chmod(mode)

        def refused() -> str:
            backend = store.backend
            with pytest.raises(AccessDenied) as caught:
                {
                    "list": lambda: [*backend.list()],
                    "check": backend.check,
                    "has_folder": lambda: backend.has_folder(below),
                    "make_folder": lambda: backend.make_folder(below),
                    "remove_folder": lambda: backend.remove_folder(below),
                    "read": lambda: backend.get(blob),
                    "delete": lambda: backend.delete(blob),
                    "write": lambda: backend.put(blob, b"y", overwrite=True),
                }[call]()
            return str(caught.value)

        message = without_root(refused)
        named = str(folder / "A" / inner)
        assert f"change the permissions of {named} or choose another" in message


MOUNTED = """
set -e
mount -t tmpfs none "$1"
mkdir "$1/data"
printf '[storage.x]\\ntype = "local"\\nstorage_path = "%s/data"\\n' "$1" > "$1/storage.toml"
mount -o remount,ro "$1"
exec "$2" -c '
import sys
import storage_core
file = storage_core.ConfigFile(sys.argv[1] + "/storage.toml")
store = storage_core.open_store(file.load()["x"])
new = storage_core.open_store(storage_core.LocalStorage(storage_path=sys.argv[1] + "/new"))
for call in (lambda: store.write(b"x"), new.backend.check, lambda: file.rename("x", "y")):
    try:
        call()
    except storage_core.StorageError as error:
        print(error)
' "$1"
"""


def _may_mount() -> bool:
    try:
        return not subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not _may_mount(), reason="the system lets nobody mount")
def test_a_read_only_mount_is_called_one(tmp_path: Path) -> None:
    there = tmp_path / token_hex(4)
    there.mkdir()
    arguments = ["unshare", "-rm", "sh", "-c", MOUNTED, "sh", str(there), sys.executable]
    run = subprocess.run(arguments, capture_output=True, text=True, check=True)
    lines = run.stdout.splitlines()
    assert len(lines) == 3, run.stderr
    for line in lines:
        assert "remount it for writing" in line
        assert "chmod" not in line
        assert "permissions" not in line
    assert lines[2].startswith(f"cannot save {there}/storage.toml: {there}/storage.toml is on a")
