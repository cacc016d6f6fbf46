"""Shows a tar, such as flow code, as the list of its members, without reading their content."""

from __future__ import annotations

from typing import Final, NamedTuple

from storage_core.printable import printable
from storage_core.quantities import human_size
from tui.session.preview.grid import Column, Grid
from tui.session.preview.look import Preview
from tui.session.preview.source import OutOfReach, Source, Unreadable

MOST_MEMBERS: Final = 2000

_BLOCK: Final = 512
_READ: Final = 16 * 1024
"""Bytes that are read at a member's header, so that small members after it need no request."""

_LARGEST_RECORD: Final = 64 * 1024
"""Bytes that are read of a record that only describes the member after it."""

_KINDS: Final = {
    b"1": "hard link", b"2": "link", b"3": "device", b"4": "device", b"5": "folder", b"6": "pipe",
}  # fmt: skip


class Member(NamedTuple):
    """One line of the list."""

    name: str
    size: int
    kind: str
    mode: int


def is_tar(data: bytes) -> bool:
    """Whether this is the beginning of a tar."""
    return data[257:262] == b"ustar" and _is_header(data[:_BLOCK])


def tar_preview(source: Source) -> Preview:
    """Preview a tar.

    Raises:
        Unreadable: it is not a tar.
    """
    members, notes, ended = _members(source)
    if not members and not ended:
        raise Unreadable("it does not begin as a tar does")
    size = sum(member.size for member in members)
    what = f"tar · {_many(members)} · {human_size(size)}"
    rows = [
        [
            member.kind or ("program" if member.mode & 0o100 else "file"),
            "" if member.kind else human_size(member.size),
            printable(member.name),
        ]
        for member in members
    ]
    columns = [Column(""), Column("size", number=True), Column("name")]
    cut = "" if ended or notes else f"only the first {_many(members)}"
    grid = Grid(columns, rows, name="members", looks=["muted", "muted"], cut=cut)
    return Preview(what, (grid,), tuple(notes))


def _many(members: list[Member]) -> str:
    return f"{len(members):,} member{'' if len(members) == 1 else 's'}"


def _members(source: Source) -> tuple[list[Member], list[str], bool]:
    """The members found, notes about them, and whether the end was reached."""
    members: list[Member] = []
    meant: dict[str, str] = {}
    reader, place = _Reader(source), 0
    while len(members) < MOST_MEMBERS:
        try:
            header = reader.at(place, _BLOCK)
            if not header.strip(b"\0"):
                # It ends with zeros, or just ends.
                return members, [], bool(header) or place > 0
            if len(header) < _BLOCK or not _is_header(header):
                return members, ["What comes behind these is damaged."] if members else [], False
            kind, size = header[156:157], _number(header[124:136])
            if kind in b"xgLK" and kind != b"":
                if size > _LARGEST_RECORD:
                    return members, ["What comes behind these has names too long to read."], False
                meant.update(_named(kind, reader.at(place + _BLOCK, size)))
            else:
                size = int(meant.get("size", size))
                name = meant.get("path") or _name(header)
                told = _KINDS.get(kind, "")
                members.append(Member(name, 0 if told else size, told, _number(header[100:108])))
                meant = {}
                size = 0 if told else size
        except OutOfReach:
            return members, [], False
        except ValueError:
            return members, ["What comes behind these is damaged."] if members else [], False
        place += _BLOCK + -(-size // _BLOCK) * _BLOCK
    return members, [], False


class _Reader:
    """Reads bytes of a tar, and keeps those beyond a request for the next one."""

    def __init__(self, source: Source) -> None:
        self._source, self._begin, self._data = source, 0, source.start

    def at(self, place: int, size: int) -> bytes:
        if not self._begin <= place <= place + size <= self._begin + len(self._data):
            self._data = self._source.range(place, max(size, _READ))
            self._begin = place
        return self._data[place - self._begin : place - self._begin + size]


def _is_header(header: bytes) -> bool:
    """Whether its checksum is right."""
    try:
        told = _number(header[148:156])
    except ValueError:
        return False
    return told == sum(header[:148]) + 8 * 0x20 + sum(header[156:])


def _number(field: bytes) -> int:
    if field[:1] in (b"\x80", b"\xff"):
        number = int.from_bytes(field[1:], "big")
        if field[:1] == b"\xff" or number >= 2**62:
            raise ValueError
        return number
    return int(field.split(b"\0")[0].strip() or b"0", 8)


def _name(header: bytes) -> str:
    name = header[:100].split(b"\0")[0]
    prefix = header[345:500].split(b"\0")[0] if header[257:263] == b"ustar\0" else b""
    return (prefix + b"/" + name if prefix else name).decode("utf-8", "backslashreplace")


def _named(kind: bytes, data: bytes) -> dict[str, str]:
    """What a record says about the member after it: its path or its size."""
    if kind == b"L":
        return {"path": data.rstrip(b"\0").decode("utf-8", "backslashreplace")}
    found: dict[str, str] = {}
    while kind == b"x" and data:
        length, blank, _ = data.partition(b" ")
        if not blank or not length.isdigit() or len(length) > 6 or not 0 < int(length) <= len(data):
            raise ValueError
        name, _, value = data[len(length) + 1 : int(length)].rstrip(b"\n").partition(b"=")
        if name == b"path":
            found["path"] = value.decode("utf-8", "backslashreplace")
        elif name == b"size":
            if not value.isdigit() or len(value) > 18:
                raise ValueError
            found["size"] = value.decode()
        data = data[int(length) :]
    return found
