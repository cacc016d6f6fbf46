"""The bytes of a tar (PAX): written in exactly one way, and only that is read.

Written without `tarfile`: the name of a blob is the hash of these bytes, so no release of Python
may change one of them. Read without it because of malicious archives: `tarfile` reads headers of
any size into memory, follows links, and differs between releases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from storage_core.blobs.archive.names import fault_of, shown
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BLOCK: Final = 512
_RECORD: Final = 20 * BLOCK
"""The size of an archive is a multiple of this many bytes, as with every `tar`."""

LONGEST_HEADER: Final = 64 * 1024
"""The most bytes of the PAX records of one member; the longest name takes 4,108."""

_LARGEST_OCTAL: Final = 8**11 - 1
_PIECE: Final = 1024 * 1024

_FILE: Final = b"0"
_OLD_FILE: Final = b"\0"
_FOLDER: Final = b"5"
_PAX: Final = b"x"
_OTHER_KINDS: Final = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"6": "a named pipe",
    b"7": "a contiguous file",
    b"S": "a file with holes",
    b"g": "a global PAX header",
    b"K": "a long link of GNU tar",
    b"L": "a long name of GNU tar",
}


class Refused(StorageError):
    """The archive is not one that flow code is saved as."""


class Member(NamedTuple):
    """One file or folder of an archive."""

    name: str
    size: int
    is_folder: bool
    is_executable: bool


def header(name: str, size: int, *, is_executable: bool) -> bytes:
    """The header before the bytes of a file."""
    encoded = name.encode()
    records = b""
    if not name.isascii() or len(encoded) > 100:
        records += _record(b"path", encoded)
    if size > _LARGEST_OCTAL:
        records += _record(b"size", b"%d" % size)
    mode = 0o755 if is_executable else 0o644
    short = name.encode("ascii", "replace")[:100]
    block = _block(short, mode, size if size <= _LARGEST_OCTAL else 0, _FILE)
    if not records:
        return block
    return (
        _block(b"././@PaxHeader", 0, len(records), _PAX) + records + padding(len(records)) + block
    )


def padding(size: int, unit: int = BLOCK) -> bytes:
    """The bytes that fill `size` bytes up to whole blocks."""
    return bytes(-size % unit)


def end(size: int) -> bytes:
    """The end of an archive whose members take `size` bytes."""
    return bytes(2 * BLOCK) + padding(size + 2 * BLOCK, _RECORD)


class Reader:
    """Reads the members of an archive, one after the other.

    What it holds in memory is bounded; the total size of the members is for the caller to count.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        """Take a function that reads up to so many bytes; fewer than asked for mean the end."""
        self._read = read
        self._left = 0
        """How many bytes of the member have not been read yet."""

    def members(self) -> Iterator[tuple[Member, Iterator[bytes]]]:
        """Yield each member with its bytes, which are to be read before the next is asked for.

        Raises:
            Refused: it is cut off or damaged, or holds something that is neither file nor folder.
        """
        while (block := self._exactly(BLOCK)) != bytes(BLOCK):
            records: dict[str, str] = {}
            kind, size = _kind(block), _size(block)
            if kind == _PAX:
                if not 0 < size <= LONGEST_HEADER:
                    raise Refused(f"has a PAX header of {size} bytes")
                records = _records(self._exactly(size))
                self._skip_padding(size)
                block = self._exactly(BLOCK)
                kind, size = _kind(block), _size(block)
            member = _member(block, kind, size, records)
            self._left = member.size
            yield member, self._content()
            if self._left:
                raise AssertionError("the bytes of a member were not read")
            self._skip_padding(member.size)
        self._require_nothing_more()

    def _content(self) -> Iterator[bytes]:
        while self._left:
            piece = self._read(min(self._left, _PIECE))
            if not piece:
                raise Refused("is cut off")
            self._left -= len(piece)
            yield piece

    def _exactly(self, size: int) -> bytes:
        data = self._read(size)
        if len(data) != size:
            raise Refused("is cut off" if data else "has no end")
        return data

    def _skip_padding(self, size: int) -> None:
        if any(self._exactly(-size % BLOCK)):
            raise Refused("has bytes between its files")

    def _require_nothing_more(self) -> None:
        if self._exactly(BLOCK) != bytes(BLOCK):
            raise Refused("has no proper end")
        more = self._read(_RECORD)
        if any(more) or len(more) >= _RECORD:
            raise Refused("has more bytes after its end")


def _block(name: bytes, mode: int, size: int, kind: bytes) -> bytes:
    block = b"".join(
        (
            name.ljust(100, b"\0"),
            *(b"%07o\0" % number for number in (mode, 0, 0)),  # uid and gid are 0
            b"%011o\0" % size,
            b"%011o\0" % 0,  # the time
            b" " * 8,  # stands for the checksum while that is made
            kind,
            bytes(100),
            b"ustar\x0000",
            bytes(BLOCK - 265),  # no owner's names
        )
    )
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def _record(key: bytes, value: bytes) -> bytes:
    """A PAX record, which begins with its own length."""
    rest = b" %b=%b\n" % (key, value)
    length = len(rest) + 1
    while len(b"%d" % length) + len(rest) != length:
        length = len(b"%d" % length) + len(rest)
    return b"%d" % length + rest


def _kind(block: bytes) -> bytes:
    """The type of a member, of a header that is whole."""
    if block[257:262] != b"ustar":
        raise Refused("is no tar")
    checksum = sum(block[:148]) + 8 * 32 + sum(block[156:])
    if _octal(block[148:156]) != checksum:
        raise Refused("has a damaged header")
    return block[156:157]


def _size(block: bytes) -> int:
    return _octal(block[124:136])


def _octal(field: bytes) -> int:
    digits = field.rstrip(b" \0").lstrip(b" ")
    if digits.strip(b"01234567"):
        raise Refused("has a number in its header that is none")
    return int(digits or b"0", 8)


def _records(data: bytes) -> dict[str, str]:
    """The PAX records of one member: its name and size, and nothing else."""
    found: dict[str, str] = {}
    while data:
        length, blank, _ = data.partition(b" ")
        if not blank or len(length) > 6 or not length.isdigit() or int(length) > len(data):
            raise Refused("has a damaged PAX header")
        record, data = data[len(length) + 1 : int(length)], data[int(length) :]
        key, equals, value = record.partition(b"=")
        if not equals or not value.endswith(b"\n"):
            raise Refused("has a damaged PAX header")
        if key not in (b"path", b"size") or key.decode() in found:
            raise Refused(f"has a PAX record that flow code has not: {shown(key[:40])}")
        found[key.decode()] = _text(value[:-1])
    return found


def _member(block: bytes, kind: bytes, size: int, records: dict[str, str]) -> Member:
    name = records.get("path")
    if name is None:
        prefix = block[345:500].partition(b"\0")[0]
        name = _text((prefix + b"/" if prefix else b"") + block[:100].partition(b"\0")[0])
    if kind not in (_FILE, _OLD_FILE, _FOLDER):
        what = _OTHER_KINDS.get(kind, "of an unknown kind")
        raise Refused(f"holds what is neither file nor folder: {shown(name[:200])} is {what}")
    is_folder = kind == _FOLDER
    name = name.removesuffix("/") if is_folder else name
    if why := fault_of(name):
        raise Refused(f"holds a name that it cannot: {shown(name[:200])} {why}")
    if "size" in records:
        if len(records["size"]) > 20 or not (
            records["size"].isascii() and records["size"].isdigit()
        ):
            raise Refused("has a number in its header that is none")
        size = int(records["size"])
    if is_folder and size:
        raise Refused(f"holds a folder that has bytes: {shown(name[:200])}")
    return Member(name, size, is_folder, is_executable=bool(_octal(block[100:108]) & 0o100))


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Refused(f"holds a name that is not UTF-8: {shown(value[:200])}") from None
