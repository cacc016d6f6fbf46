"""The same content has the same key: on any machine, Python and day, for any user and umask."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from storage_core import Store, open_store
from storage_core.blobs.archive import tar
from storage_core.blobs.archive.names import fault_of
from storage_core.types.temporary import TemporaryLocalStorage
from tests.unit.archive.folders import FIXED, KEY, contents, filled, in_archive

CHECKOUT: Final = Path(__file__).parents[3]

CHILD: Final = """
import os, sys
from storage_core.blobs.archive.saving import Saving

def packed():
    with Saving(sys.argv[1]) as saving:
        for _ in saving.pack():
            pass
        print(saving.key)

packed()
if os.getuid() == 0:
    # Now that everything is loaded, which another user may not be able to reach.
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
packed()
"""


@pytest.fixture
def store() -> Store:
    return open_store(TemporaryLocalStorage())


def test_the_key_of_a_fixed_folder(store: Store, tmp_path: Path) -> None:
    assert store.save_flow(filled(tmp_path / "folder", FIXED)) == KEY


def pythons() -> list[Path]:
    """This Python, and what others of at least 3.11 there are: on PATH, or installed beside it."""
    others: dict[str, Path] = {}
    for minor in range(11, 20):
        name = f"python3.{minor}"
        installed = Path(sys.base_prefix).parent.glob(f"*/bin/{name}")
        for path in (*map(Path, filter(None, [shutil.which(name)])), *installed):
            if minor != sys.version_info.minor and _runs(path):
                others.setdefault(name, path)
    return [Path(sys.executable), *others.values()]


def _runs(python: Path) -> bool:
    return not subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode


@pytest.mark.parametrize("python", pythons(), ids=lambda path: path.name)
def test_neither_python_nor_user_umask_time_zone_or_locale_change_it(
    python: Path, tmp_path: Path
) -> None:
    folder = filled(tmp_path / "another name", dict(reversed(FIXED.items())))
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (1e9 + 0.123456, 1e9 + 0.123456))
        path.chmod(0o707 if path.is_dir() else 0o604)
    tmp_path.chmod(0o705)
    printed = subprocess.run(
        [python, "-c", CHILD, folder.name],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "7",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
            "LC_ALL": "C",
            "TZ": "<+14>-14",
        },
        cwd=tmp_path,
        umask=0o077,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (printed.stdout.split(), printed.stderr) == ([KEY, KEY], "")


def test_the_order_of_the_disk_does_not_count_and_neither_does_an_empty_folder(
    store: Store, tmp_path: Path
) -> None:
    folder = filled(tmp_path / "a", dict(reversed(FIXED.items())))
    (folder / "empty folder" / "in it").mkdir(parents=True)
    assert store.save_flow(folder) == KEY


def test_hard_links_are_files(store: Store, tmp_path: Path) -> None:
    one = filled(tmp_path / "one", {"a": b"same", "b": b"same"})
    two = filled(tmp_path / "two", {"a": b"same"})
    os.link(two / "a", two / "b")
    assert store.save_flow(one) == store.save_flow(two)


def test_the_digest_is_that_of_the_tar_itself_however_it_is_compressed(
    store: Store, tmp_path: Path
) -> None:
    folder = filled(tmp_path / "folder", FIXED)
    assert store.save_flow(folder, compression="gzip") == f"{KEY}.gz"
    assert store.save_flow(folder, compression="zstd") == f"{KEY}.zst"
    plain = store.read(store.save_flow(folder))
    assert hashlib.sha256(plain).hexdigest() == KEY[6:-4]
    assert gzip.decompress(store.read(f"{KEY}.gz")) == plain
    with pytest.raises(ValueError, match="'gzip' or 'zstd'"):
        store.save_flow(folder, compression="gz")  # type: ignore[arg-type]


def test_it_is_the_tar_that_python_would_write(store: Store, tmp_path: Path) -> None:
    """expected and found: `tarfile` of Python 3.11.7 to 3.14 writes the same bytes today."""
    folder = filled(tmp_path / "folder", FIXED)
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in sorted(in_archive(FIXED).items(), key=lambda file: file[0].encode()):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mode = 0o755 if data.startswith(b"#!") else 0o644
            archive.addfile(info, io.BytesIO(data))
    assert store.read(store.save_flow(folder)) == written.getvalue()


@given(
    name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=300), size=st.integers(0, 2**40)
)
@example(name="a" * 100, size=8**11 - 1)
@example(name="a" * 101, size=8**11)
@example(name="é" * 50, size=0)
def test_every_header_is_as_python_writes_and_reads_it(name: str, size: int) -> None:
    assume(not fault_of(name))
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o755
    assert tar.header(name, size, is_executable=True) == info.tobuf(tarfile.PAX_FORMAT)


def test_gnu_tar_reads_it(store: Store, tmp_path: Path) -> None:
    key = store.save_flow(filled(tmp_path / "folder", FIXED))
    (tmp_path / "out").mkdir()
    store.read_file(key, tmp_path / "flow.tar")
    subprocess.run(["tar", "-xf", "flow.tar", "-C", "out"], cwd=tmp_path, check=True)
    assert contents(tmp_path / "out") == in_archive(FIXED)


def test_a_script_is_an_archive_of_one_file_whatever_its_folder(
    store: Store, tmp_path: Path
) -> None:
    one = filled(tmp_path / "one", {"flow.py": b"#!/usr/bin/env python\n"})
    two = filled(tmp_path / "two", {"flow.py": b"#!/usr/bin/env python\n", ".gitignore": b"*"})
    key = store.save_flow(one)
    assert store.save_flow(one / "flow.py") == key
    assert store.save_flow(str(two / "flow.py")) == key
    assert store.load_flow(key, tmp_path / "out") == ["flow.py"]
    assert os.access(tmp_path / "out" / "flow.py", os.X_OK)
