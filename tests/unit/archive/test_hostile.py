"""Archives that mean harm, or are none: refused, and nothing of them is left behind."""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import tracemalloc
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from backports import zstd
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storage_core import IntegrityError, StorageError, Store, open_store
from storage_core.types.temporary import TemporaryLocalStorage
from tests.unit.archive.folders import FIXED, contents, filled

MIB: Final = 1024 * 1024


@pytest.fixture
def store() -> Store:
    return open_store(TemporaryLocalStorage())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder in which nothing but what is unpacked may appear."""
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


def stored(store: Store, data: bytes, compress: Callable[[bytes], bytes] | None = None) -> str:
    """Store an archive under the key that its bytes ask for, as anybody can who may write."""
    suffix = "" if compress is None else ".gz" if compress is gzip.compress else ".zst"
    key = f"flows/{sha256(data).hexdigest()}.tar{suffix}"
    if store.exists(key):
        store.delete(key)
    return store.write(compress(data) if compress else data, key=key)


def member(name: str = "x", data: bytes = b"", **more: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for field, value in more.items():
        setattr(info, field, value)
    return info, data


def archive(*members: tuple[tarfile.TarInfo, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=format) as into:
        for info, data in members:
            into.addfile(info, io.BytesIO(data))
    return written.getvalue()


def link(kind: bytes, name: str = "x", target: str = "/etc/passwd") -> Any:
    return member(name, type=kind, linkname=target)


def pax(**records: str) -> Any:
    return member("x", b"data", pax_headers=records)


def patched(data: bytes, start: int, new: bytes) -> bytes:
    """The first header with other bytes in it, and the checksum that belongs to it."""
    block = bytearray(data[:512])
    block[start : start + len(new)] = new
    block[148:156] = b" " * 8
    block[148:155] = b"%06o\0" % sum(block)
    return bytes(block) + data[512:]


GOOD: Final = archive(member("a/file.py", b"print(1)\n"), member("run", b"#!/bin/sh\n", mode=0o755))
ONE: Final = archive(member("x", b"data"))
LONG: Final = archive(member("é" * 60, b"data"))
"""Begins with a PAX header, whose records are in the second block."""

HOSTILE: Final[dict[str, tuple[bytes, str]]] = {
    "a symbolic link": (archive(link(tarfile.SYMTYPE)), "x is a symbolic link"),
    "a hard link": (archive(link(tarfile.LNKTYPE)), "x is a hard link"),
    "a file behind a link": (
        archive(link(tarfile.SYMTYPE, "d", "/tmp"), member("d/x", b"data")),
        "d is a symbolic link",
    ),
    "a device": (archive(member(type=tarfile.CHRTYPE, devmajor=1, devminor=3)), "x is a device"),
    "a disk": (archive(member(type=tarfile.BLKTYPE, devmajor=8)), "x is a device"),
    "a named pipe": (archive(member(type=tarfile.FIFOTYPE)), "x is a named pipe"),
    "an unknown kind": (archive(member(type=b"Z")), "x is of an unknown kind"),
    "an absolute name": (archive(member("/etc/x", b"data")), "/etc/x is no path inside"),
    "..": (archive(member("../x", b"data")), r"\.\./x has an empty name, \. or \.\. in it"),
    ".. further down": (archive(member("a/../../x", b"data")), "a/../../x has an empty"),
    "a folder ..": (archive(member("..", type=tarfile.DIRTYPE)), "holds a name that it cannot"),
    ".": (archive(member("./x", b"data")), "holds a name that it cannot"),
    "the folder itself": (
        archive(member(".", type=tarfile.DIRTYPE)),
        "holds a name that it cannot",
    ),
    "two slashes": (archive(member("a//x", b"data")), "holds a name that it cannot"),
    "a slash at the end of a file": (archive(member("é/", b"data")), "holds a name that it cannot"),
    "no name": (archive(member("", b"data")), "holds a name that it cannot"),
    "a git folder": (archive(member(".git/config", b"data")), r"\.git/config has \.git or"),
    "a git folder on macOS": (archive(member("a/.GIT/config", b"data")), r"has \.git or"),
    "compiled Python": (archive(member("a/__pycache__/x.pyc", b"data")), "has .git or __pyc"),
    "a NUL": (archive(pax(path="a\0b")), "has a NUL"),
    "a name that is not UTF-8": (
        LONG.replace("é".encode(), b"\xff\xfe"),
        r"not UTF-8: \\xff\\xfe",
    ),
    "a name too long": (archive(member(f"{'a' * 200}/" * 21 + "x")), "longer than 4096 bytes"),
    "too deep": (archive(member("a/" * 100 + "x")), "more than 100 folders deep"),
    "one name twice": (archive(member("a", b"1"), member("a", b"2")), "a is there twice"),
    "one name by case": (archive(member("Ab/c", b"1"), member("aB/d", b"2")), "Ab and aB are one"),
    "one name by normal form": (
        archive(member("\u00e9", b"1"), member("e\u0301", b"2")),
        r"'\\xe9' and 'e\\u0301' are one",
    ),
    "a file as a folder": (archive(member("a", b"1"), member("a/b", b"2")), "both a file and"),
    "a folder as a file": (archive(member("a/b", b"1"), member("a", b"2")), "both a file and"),
    "a folder with bytes": (patched(ONE, 156, b"5"), "a folder that has bytes"),
    "a PAX header of 8 GiB": (patched(LONG, 124, b"77777777777"), "a PAX header of 8589934591"),
    "a PAX header of 64 KiB": (archive(pax(path="a" * 70_000)), "a PAX header of 71168|70"),
    "a PAX header of nothing": (patched(LONG, 124, b"00000000000"), "a PAX header of 0"),
    "a PAX header and no file": (LONG[:1024] + bytes(1024), "is no tar"),
    "a PAX header before another": (LONG[:1024] + LONG, "x|unknown kind"),
    "a PAX record without an end": (LONG.replace(b"\n\0", b"\0\0"), "a damaged PAX header"),
    "a PAX record that is longer": (LONG.replace(b"130 path", b"999 path"), "a damaged PAX"),
    "a PAX record of no length": (LONG.replace(b"130 path", b"000 path"), "a damaged PAX"),
    "a link by PAX": (archive(pax(linkpath="/etc/passwd")), "not: linkpath"),
    "a file with holes": (patched(ONE, 156, b"S"), "a file with holes"),
    "holes by PAX": (archive(pax(**{"GNU.sparse.major": "1", "GNU.sparse.minor": "0"})), "sparse"),
    "another size by PAX": (archive(pax(size="99999999999999")), "more than 16,000,000 bytes"),
    "a size that is none": (archive(pax(size="-1")), "a number in its header that is none"),
    "a size of 30 digits": (archive(pax(size="9" * 30)), "a number in its header that is none"),
    "a global header": (archive(pax(comment="x")), "not: comment"),
    "a long name of GNU tar": (
        archive(member("a" * 200), format=tarfile.GNU_FORMAT),
        "a long name of GNU tar",
    ),
    "a size in base 256": (
        patched(ONE, 124, b"\x80" + bytes(10) + b"\x04"),
        "number in its header",
    ),
    "a negative size": (patched(ONE, 124, b"\xff" * 12), "a number in its header that is none"),
    "a damaged header": (b"y" + ONE[1:], "has a damaged header"),
    "no tar": (b"print('hello')\n" * 100, "is no tar"),
    "nothing": (b"", "has no end"),
    "zeros only": (bytes(100), "is cut off"),
    "bytes after the end": (ONE + b"more", "bytes after its end"),
    "a second archive": (ONE + archive(member("y")), "bytes after its end"),
    "bytes in the last block": (ONE[:-1] + b"!", "bytes after its end"),
    "a MiB of zeros after the end": (ONE + bytes(MIB), "bytes after its end"),
    "bytes between the files": (ONE.replace(b"data\0", b"data!"), "bytes between its files"),
    "one empty block for an end": (
        ONE[:1024] + bytes(512) + b"x" * 512,
        "has no proper end",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_and_nothing_is_left(store: Store, place: Path, name: str) -> None:
    data, said = HOSTILE[name]
    key = stored(store, data)
    with pytest.raises(StorageError, match=said) as caught:
        store.load_flow(key, place / "out", max_bytes=16_000_000)
    assert type(caught.value) is StorageError
    assert key in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not list(place.iterdir())


def test_the_good_one_is_taken(store: Store, place: Path) -> None:
    """Else all of the above might be refused for another reason."""
    for number, data in enumerate(
        (GOOD, ONE, LONG, archive(member("d", type=b"5"), member("d/x")))
    ):
        assert store.load_flow(stored(store, data), place / str(number))


@pytest.mark.parametrize("compress", [None, gzip.compress, zstd.compress])
def test_one_that_is_cut_off_anywhere_is_refused(
    store: Store, place: Path, compress: Callable[[bytes], bytes] | None
) -> None:
    for size in (*range(0, len(GOOD) - 8192, 256), 1, 511, 513, 1023):
        key = stored(store, GOOD[:size], compress)
        with pytest.raises(StorageError, match=r"cut off|has no end|no proper end"):
            store.load_flow(key, place / "out")
    assert not list(place.iterdir())


@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
def test_a_compressed_one_ends_where_its_stream_does(
    store: Store, place: Path, compress: Callable[[bytes], bytes]
) -> None:
    whole = compress(GOOD)
    for data in (
        whole[:-1],
        whole[:20],
        b"",
        whole + b"x",
        whole + whole,
        GOOD,
        whole[:30] + whole,
    ):
        key = stored(store, GOOD, compress)
        store.delete(key)
        store.write(data, key=key)
        with pytest.raises(IntegrityError, match="not those that were written"):
            store.load_flow(key, place / "out")
    assert not list(place.iterdir())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    at=st.integers(0, 2047),
    new=st.binary(min_size=1, max_size=12),
    mends=st.booleans(),
)
@example(at=100, new=b"0006777", mends=True)
def test_whatever_bytes_are_others_nothing_is_written_elsewhere(
    store: Store, place: Path, at: int, new: bytes, mends: bool
) -> None:
    data = patched(GOOD, at, new) if mends and at < 500 else GOOD[:at] + new + GOOD[at + len(new) :]
    before = {*place.iterdir()}
    out = place / f"{len(before)}"
    try:
        names = store.load_flow(stored(store, data), out)
    except StorageError:
        assert {*place.iterdir()} == before
    else:
        assert contents(out).keys() == set(names)
        assert not any(path.stat().st_mode & 0o7000 for path in out.rglob("*"))
        assert {*place.iterdir()} == before | {out}


@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
def test_a_bomb_is_not_unpacked(
    store: Store, place: Path, compress: Callable[[bytes], bytes]
) -> None:
    key = stored(store, archive(member("zeros", bytes(64 * MIB))), compress)
    assert len(store.read(key)) < 100_000
    tracemalloc.start()
    with pytest.raises(StorageError, match=r"more than 1,000,000 bytes.*raise max_bytes"):
        store.load_flow(key, place / "out", max_bytes=1_000_000)
    assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    tracemalloc.stop()
    assert not list(place.iterdir())


def test_a_bomb_is_not_even_received(store: Store, place: Path) -> None:
    """Whatever it would turn out to be: nothing that may be unpacked has so many bytes."""
    key = stored(store, bytes(64 * MIB), gzip.compress)
    with pytest.raises(StorageError, match=r"more than 1,000 bytes.*raise max_bytes"):
        store.load_flow(key, place / "out", max_bytes=1000, max_files=10)
    with pytest.raises(StorageError, match=r"is cut off|no proper end|after its end|has no end"):
        store.load_flow(key, place / "out")
    assert not list(place.iterdir())


def test_so_is_none_of_many_files_or_folders(store: Store, place: Path) -> None:
    for many in (
        [member(str(number)) for number in range(101)],
        [member(str(number), type=tarfile.DIRTYPE) for number in range(101)],
        [member("a/" * 60 + "x"), member("b/" * 60 + "x")],
        [member("d", type=tarfile.DIRTYPE)] * 102,
    ):
        with pytest.raises(StorageError, match=r"more than 100 files and folders.*max_files"):
            store.load_flow(stored(store, archive(*many)), place / "out", max_files=100)
    assert not list(place.iterdir())
    assert store.load_flow(stored(store, archive(*many)), place / "out", max_files=102) == []


def test_limits_that_are_none_are_refused(store: Store, place: Path) -> None:
    key = stored(store, GOOD)
    for limit in (0, -1):
        with pytest.raises(ValueError, match="max_files must be at least 1"):
            store.load_flow(key, place / "out", max_files=limit)
    with pytest.raises(TypeError, match="max_bytes must be a whole number"):
        store.load_flow(key, place / "out", max_bytes=1e9)  # type: ignore[arg-type]
    assert not list(place.iterdir())


def test_one_whose_bytes_are_others_is_damaged_before_anything_else(
    store: Store, place: Path
) -> None:
    key = stored(store, GOOD)
    store.delete(key)
    store.write(ONE, key=key)
    with pytest.raises(IntegrityError, match=f"{key}: the bytes are not those"):
        store.load_flow(key, place / "out")
    assert not list(place.iterdir())


def test_no_owner_time_or_mode_comes_out_of_it(store: Store, place: Path) -> None:
    data = archive(member("x", b"1", mode=0o6777, uid=12345, mtime=1), member("y", b"", mode=0))
    before = os.umask(0o027)
    try:
        store.load_flow(stored(store, data), place / "out")
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.rglob("*")}
    assert modes == {"out": 0o750, "x": 0o750, "y": 0o640}
    found = (place / "out" / "x").stat()
    assert (found.st_uid, found.st_mtime > 1e9) == (os.getuid(), True)


def test_a_fixed_folder_comes_back(store: Store, place: Path) -> None:
    key = store.save_flow(filled(place / "in", FIXED))
    assert len(store.load_flow(key, place / "out")) == len(FIXED)
